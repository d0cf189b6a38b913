import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openDirectoryStore } from '../../src/store/directory.ts';
import { absent, ifVersion, type Store } from '../../src/store/store.ts';
import { collect } from '../contract/store.ts';

const script = join(import.meta.dirname, 'increment.ts');
const key = 'runs/a/state.json';
let root: string;
let store: Store;

beforeEach(async () => {
  root = mkdtempSync(join(tmpdir(), 'muster-processes-'));
  store = openDirectoryStore(root);
  await store.put(key, '0', absent);
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

test('three processes that count at once lose no increment', async () => {
  const children = [1, 2, 3].map(() => counter(60));
  await Promise.all(children.map(({ ended }) => ended));
  expect(await value()).toBe(180);
});

test('no number is given to two processes', async () => {
  const outputs = await Promise.all([1, 2, 3].map(() => counter(40)).map(({ output }) => output));
  const numbers = outputs.flatMap((output) => output.trim().split('\n').map(Number));
  expect(numbers.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 120 }, (_, index) => index + 1));
});

test('a reader beside writers and their pruning sees only whole, ever newer values', async () => {
  const child = counter(150);
  let running = true;
  const ended = child.ended.finally(() => {
    running = false;
  });
  let last = 0;
  while (running) {
    const seen = await value();
    expect(seen).toBeGreaterThanOrEqual(last);
    last = seen;
    await sleep(1);
  }
  await ended;
});

test('kill -9 of a writer leaves the value it reported or the next, and the store usable', async () => {
  let reported = 0;
  for (const delay of [5, 20, 45, 90]) {
    const { child, output, ended } = counter(1_000_000);
    await once(child.stdout, 'readable');
    await sleep(delay);
    child.kill('SIGKILL');
    await ended;
    reported = Number((await output).trim().split('\n').at(-1));
    expect([reported, reported + 1]).toContain(await value());
  }
  const seen = await store.get(key);
  const outcome = await store.put(key, '7', ifVersion(seen?.version ?? ''));
  expect(outcome.outcome).toBe('written');
  expect(await collect(store.list(''))).toMatchObject([{ key, size: 1 }]);
});

test('old versions are pruned', async () => {
  await counter(50).ended;
  const chain = join(root, '.muster/versions/runs.d/a.d/state.json.v');
  const [headFolder = '', ...others] = readdirSync(chain).filter((name) => name !== 'first');
  expect(others).toEqual([]);
  expect(readdirSync(join(chain, headFolder))).toHaveLength(1);
});

function counter(times: number) {
  const child = spawn(process.execPath, [script, root, key, String(times)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  return { child, output: text(child.stdout), ended: once(child, 'close') };
}

async function value(): Promise<number> {
  const object = await store.get(key);
  if (object === undefined) throw new Error('the counter is gone');
  return Number(Buffer.from(object.bytes).toString());
}
