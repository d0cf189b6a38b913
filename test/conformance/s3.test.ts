import { spawn } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { probeConditionalWrites } from '../../src/store/s3/probe.ts';
import { openS3Store } from '../../src/store/s3.ts';
import { absent, ifVersion, type Store } from '../../src/store/store.ts';
import { collect, describeStore } from '../contract/store.ts';
import { moto, newBucket } from './moto.ts';

describeStore(
  'the S3 store on moto',
  async () => ({
    store: await openS3Store(`s3://${await newBucket('contract')}/lab`, { aws: moto }),
    dispose: async () => {},
  }),
  ['spaces and\ttabs\n'],
);

describe('the S3 store on moto', () => {
  let url: string;
  let store: Store;
  beforeAll(async () => {
    url = `s3://${await newBucket('more')}/lab`;
    store = await openS3Store(url, { aws: moto });
  });

  test('moto keeps conditions', async () => {
    await expect(probeConditionalWrites(store)).resolves.toBeUndefined();
  });

  test('processes that count at once lose no increment and are never told the same number', async () => {
    await store.put('counter', '0', absent);
    const outputs = await Promise.all([1, 2, 3, 4].map(() => counted(url, 'counter', 15)));
    const told = outputs.flatMap((output) => output.trim().split('\n').map(Number));
    expect(told.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 60 }, (_, index) => index + 1));
    expect(Buffer.from((await store.get('counter'))?.bytes ?? []).toString()).toBe('60');
  });

  test('stores of 20 clients that create one key have one winner', async () => {
    const stores = await Promise.all(
      Array.from({ length: 20 }, async () => await openS3Store(url, { aws: moto })),
    );
    const outcomes = await Promise.all(
      stores.map((one, index) => one.put('race', `writer ${index}`, absent)),
    );
    expect(outcomes.filter(({ outcome }) => outcome === 'written')).toHaveLength(1);
  });

  test('stores of 20 clients that replace one version have one winner', async () => {
    const made = await store.put('swap', 'first', absent);
    if (made.outcome !== 'written') throw new Error('not written');
    const stores = await Promise.all(
      Array.from({ length: 20 }, async () => await openS3Store(url, { aws: moto })),
    );
    const outcomes = await Promise.all(
      stores.map((one, index) => one.put('swap', `writer ${index}`, ifVersion(made.version))),
    );
    expect(outcomes.filter(({ outcome }) => outcome === 'written')).toHaveLength(1);
  });

  test('2,500 keys come in order, over pages, from anywhere', async () => {
    const keys = Array.from({ length: 2500 }, (_, index) => `many/${String(index).padStart(5, '0')}`);
    await Promise.all(keys.map((key) => store.put(key, '', absent)));
    expect((await collect(store.list('many/'))).map(({ key }) => key)).toEqual(keys);
    const rest = await collect(store.list('many/', { after: keys[1234] ?? '' }));
    expect(rest.map(({ key }) => key)).toEqual(keys.slice(1235));
  });
});

describe('large files on moto', () => {
  let store: Store;
  let local: string;
  let path: string;
  /** Three parts. */
  const bytes = randomBytes(20_000_000);
  beforeAll(async () => {
    store = await openS3Store(`s3://${await newBucket('files')}`, { aws: moto });
    local = mkdtempSync(join(tmpdir(), 'muster-moto-'));
    path = join(local, 'large');
    writeFileSync(path, bytes);
  });
  afterAll(() => rmSync(local, { recursive: true, force: true }));

  test('go up in parts and come down as they were', async () => {
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    const outcome = await store.putFile('large', path);
    expect(outcome).toMatchObject({ outcome: 'written', size: bytes.length, sha256 });
    // So S3 names what came in several parts.
    expect(outcome.outcome === 'written' && outcome.version).toMatch(/-[2-9]$/);
    expect(await store.stat('large')).toMatchObject({ size: bytes.length, sha256 });
    await store.getFile('large', join(local, 'back'));
    expect(readFileSync(join(local, 'back')).equals(bytes)).toBe(true);
  });

  test('of four writers have one winner, and the others learn that it is theirs, too', async () => {
    const outcomes = await Promise.all([1, 2, 3, 4].map(() => store.putFile('raced', path)));
    expect(new Set(outcomes.map(({ outcome }) => outcome))).toEqual(new Set(['written']));
    expect((await store.stat('raced'))?.size).toBe(bytes.length);
  });

  test('never replace other bytes', async () => {
    await store.put('taken', 'small', absent);
    expect(await store.putFile('taken', path)).toEqual({ outcome: 'conflict' });
    expect((await store.stat('taken'))?.size).toBe(5);
  });
});

async function counted(url: string, key: string, times: number): Promise<string> {
  const script = join(import.meta.dirname, 's3-increment.ts');
  const child = spawn(process.execPath, [script, url, key, String(times)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const output = text(child.stdout);
  const [code] = await once(child, 'close');
  if (code !== 0) throw new Error(`a counter ended with ${code}`);
  return await output;
}
