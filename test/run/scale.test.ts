import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { ChildFailure } from '../../src/engine/engine.ts';
import { readFailures } from '../../src/run/failures.ts';
import { readPublished, readState } from '../../src/run/runs.ts';
import { type Watched, type WatchedOrFailed, watch, watchAll } from '../../src/run/watch.ts';
import { failuresKey, runKey } from '../../src/store/keys.ts';
import type { Store } from '../../src/store/store.ts';
import { MemoryForge } from './memory-forge.ts';
import { MemoryStore } from './memory-store.ts';
import { openScene, type Scene, writeRun } from './scene.ts';
import { work, writeCombinations } from './slices.ts';

// Drawing takes longer than everything else here together, and has tests of its own.
vi.mock('../../src/report/figures/figures.ts', () => ({ renderFigures: async () => [] }));

let folder: string;
let forge: MemoryForge;
let scene: Scene;
/** Calls of the store: method and key. */
let asked: string[];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'muster-scale-'));
  forge = new MemoryForge({ 'README.md': '# Lab\n' });
  asked = [];
  scene = openScene(folder, forge, counting(new MemoryStore()));
});
afterEach(() => rm(folder, { recursive: true }));

function counting(store: Store): Store {
  return new Proxy(store, {
    get(of, name) {
      const value: unknown = Reflect.get(of, name, of);
      if (typeof value !== 'function') return value;
      return (...given: unknown[]): unknown => {
        asked.push(`${String(name)} ${String(given[0])}`);
        return Reflect.apply(value, of, given);
      };
    },
  });
}

const times = (method: string, part: string) =>
  asked.filter((call) => call.startsWith(`${method} `) && call.includes(part)).length;
const engineCalls = (kind: string) => scene.engine.calls.filter((call) => call.startsWith(kind));
const look = () => watch(scene.deps, scene.run, {});

/** A run whose arrays are submitted. */
async function start(combinations: number, slicesAnArray: number, name = 'demo'): Promise<string> {
  await writeRun(scene, { combinations, slicesAnArray, name });
  await writeCombinations(scene, combinations);
  await look();
  return scene.run;
}

const failure = (child: number): ChildFailure => ({
  ...{ child, class: 'host', reason: 'Host EC2 terminated' },
  attempts: [{ attempt: 1 }],
});

describe('a run of many arrays', () => {
  test('is submitted with a call each, and nothing else is asked of the engine', async () => {
    await start(12, 1);
    expect(engineCalls('submit')).toHaveLength(12);
    expect(engineCalls('find')).toEqual([]);
    expect(engineCalls('observe')).toEqual(['observe 12']);
  });

  test('reads the phase once for each submission', async () => {
    await writeRun(scene, { combinations: 12, slicesAnArray: 1 });
    await look();
    expect(times('get', 'state.json')).toBeLessThan(12 + 12);
  });

  test('is looked at with one call, and each record is read once', async () => {
    await start(12, 1);
    for (const jobId of scene.engine.jobs.keys()) scene.engine.progress(jobId, { running: 1 });
    asked = [];
    scene.engine.calls.length = 0;
    await look();
    // On this engine asking why costs nothing.
    expect(scene.engine.calls.filter((call) => !call.startsWith('explain'))).toEqual(['observe 12']);
    expect(times('get', '/arrays/')).toBe(12);
    expect(times('put', '/arrays/')).toBe(12);
    expect(times('list', '')).toBe(0);
  });

  test('writes nothing where nothing has moved', async () => {
    await start(12, 1);
    await look();
    asked = [];
    await look();
    expect(times('put', '')).toBe(0);
  });

  test('reads the words of fifty failed slices a step at most', async () => {
    await start(80, 40);
    for (const jobId of scene.engine.jobs.keys()) {
      const failed = Array.from({ length: 30 }, (_, child) => failure(child));
      scene.engine.failed.set(jobId, failed);
      scene.engine.progress(jobId, { running: 10, failed: 30 });
    }
    asked = [];
    await look();
    expect(times('list', '/fragments/')).toBe(50);
    for (const array of [0, 1]) {
      const { lines } = await readFailures(scene.deps, failuresKey(scene.run, 0, array));
      expect(lines).toHaveLength(30);
    }
  });
});

describe('a queue that refuses', () => {
  test('is said in the review and to whoever watches, and the run goes on once it is mended', async () => {
    await writeRun(scene, { combinations: 3, slicesAnArray: 1 });
    await writeCombinations(scene, 3);
    scene.engine.script.push('refused');
    const { refused, state } = await look();
    expect(refused).toMatchObject([
      { queue: 'q', why: 'the queue is disabled', fix: 'Enable it.', arrays: 3 },
    ]);
    expect(state.phase).toEqual({ phase: 'launching', round: 0 });
    const body = (await forge.findReview(`muster/${scene.run}`))?.body;
    expect(body).toContain(
      '3 arrays cannot be submitted: the queue is disabled. The run waits, and goes on with the next watch once that is mended. Enable it. (`REFUSED`)',
    );
    expect((await look()).refused).toEqual([]);
    expect(engineCalls('submit')).toHaveLength(4);
  });
});

describe('failures that the listing tells late', () => {
  const recorded = async () => (await readFailures(scene.deps, failuresKey(scene.run, 0, 0))).lines.length;
  beforeEach(async () => {
    await start(4, 4);
    for (const child of [0, 1]) await work(scene, 'job-1', child);
    scene.engine.failed.set('job-1', [failure(2)]);
    scene.engine.end('job-1', { succeeded: 2, failed: 2 });
    await look();
  });

  test('keep the run open until they are told', async () => {
    expect((await readState(scene.deps, scene.run))?.phase.phase).toBe('running');
    expect(await recorded()).toBe(1);
    scene.engine.failed.set('job-1', [2, 3].map(failure));
    await look();
    expect(await recorded()).toBe(2);
    expect(await readPublished(scene.deps, scene.run)).toMatchObject({ combinations: 4, succeeded: 2 });
  });

  test('are waited for ten minutes', async () => {
    scene.clock.pass(599);
    await look();
    expect(await readPublished(scene.deps, scene.run)).toBeUndefined();
    scene.clock.pass(1);
    await look();
    expect(await readPublished(scene.deps, scene.run)).toMatchObject({ combinations: 4, succeeded: 2 });
  });
});

describe('many runs', () => {
  const all = async (runs: readonly string[]): Promise<readonly WatchedOrFailed[]> => {
    const seen: WatchedOrFailed[] = [];
    for await (const one of watchAll(scene.deps, runs)) seen.push(one);
    return seen;
  };
  const isWatched = (one: WatchedOrFailed): one is Watched => 'tally' in one;

  test('are looked at in one call', async () => {
    const runs = [await start(2, 1, 'one'), await start(3, 1, 'two')];
    scene.engine.calls.length = 0;
    expect((await all(runs)).map(({ run }) => run)).toEqual(runs);
    expect(engineCalls('observe')).toEqual(['observe 5']);
  });

  test('submit at once from four of them at most, for Batch takes 50 jobs a second from the whole account', async () => {
    const runs: string[] = [];
    for (let nth = 0; nth < 8; nth++) {
      await writeRun(scene, { combinations: 2, slicesAnArray: 2, name: `run${nth}` });
      runs.push(scene.run);
    }
    let most = 0;
    let now = 0;
    scene.engine.onSubmit = async () => {
      most = Math.max(most, ++now);
      await new Promise((resolve) => setTimeout(resolve, 20));
      now--;
    };
    await all(runs);
    expect(engineCalls('submit')).toHaveLength(8);
    expect(most).toBeGreaterThan(1);
    expect(most).toBeLessThanOrEqual(4);
  });

  test('do not wait for one that cannot be read', async () => {
    const runs = [await start(2, 2, 'one'), await start(2, 2, 'two')];
    const key = runKey(runs[0] ?? '');
    const version = (await scene.store.stat(key))?.version ?? '';
    await scene.store.put(key, 'damaged', { kind: 'version', version });
    const [broken, good] = await all(runs);
    expect(broken).toMatchObject({ run: runs[0], fault: expect.any(Error) });
    expect(good !== undefined && isWatched(good)).toBe(true);
  });
});
