import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { EngineAttempt } from '../../src/engine/engine.ts';
import type { SeenAttempt } from '../../src/results/attempts-seen.ts';
import { forgotten, type KnownAttempts } from '../../src/run/attempts.ts';
import { sliceAttempts } from '../../src/run/bill.ts';
import { changeDocument } from '../../src/run/documents.ts';
import { monthLeft, promise } from '../../src/run/promise.ts';
import { publish } from '../../src/run/publish.ts';
import { arraySchema } from '../../src/run/records.ts';
import { readPublished, readState } from '../../src/run/runs.ts';
import { monthSpend } from '../../src/run/spend.ts';
import { watch } from '../../src/run/watch.ts';
import { arrayKey } from '../../src/store/keys.ts';
import { MemoryForge } from './memory-forge.ts';
import { MemoryStore } from './memory-store.ts';
import { openScene, type Scene, writeRun } from './scene.ts';
import { work, writeCombinations } from './slices.ts';

const timeout = 4200;
const seenAttempt = (attempt: number, changes: Partial<SeenAttempt> = {}): SeenAttempt => ({
  ...{ job: 'job-1', attempt, startedAt: 0, endedAt: 100_000, complete: true },
  ...{ workMilliseconds: 90_000, programMilliseconds: 80_000, repeatedMilliseconds: 0, ...changes },
});
const told = (attempt: number, startedAt?: string, stoppedAt?: string): EngineAttempt => ({
  attempt,
  ...(startedAt !== undefined && { startedAt }),
  ...(stoppedAt !== undefined && { stoppedAt }),
});
const [midnight, five] = ['2026-01-01T00:00:00.000Z', '2026-01-01T00:05:00.000Z'];

describe('the attempts of a slice', () => {
  test.each<[string, readonly SeenAttempt[], KnownAttempts, readonly (readonly [number, boolean])[]]>([
    ['are as long as their fragments say', [seenAttempt(1)], [], [[100, false]]],
    [
      'are as long as the engine says, where it does',
      [seenAttempt(1)],
      [told(1, midnight, five)],
      [[300, false]],
    ],
    [
      'that came before one we know took their whole timeout when nobody tells',
      [seenAttempt(2)],
      [],
      [
        [timeout, true],
        [100, false],
      ],
    ],
    [
      'that left no word are as long as the engine says',
      [seenAttempt(2)],
      [told(1, midnight, five)],
      [
        [300, false],
        [100, false],
      ],
    ],
    ['that never got a machine cost nothing', [], [told(1)], [[0, false]]],
    ['whose end nobody saw took their whole timeout', [], [told(1, midnight)], [[timeout, true]]],
    [
      'whose fragments break off took their whole timeout when nobody tells',
      [seenAttempt(1, { complete: false })],
      [],
      [[timeout, true]],
    ],
    ['that the engine knows never started are none', [], [], []],
    [
      'that the engine forgot and that left no word are one, of the whole timeout',
      [],
      forgotten,
      [[timeout, true]],
    ],
    [
      'that the engine forgot are those of the fragments, where there are any',
      [seenAttempt(1)],
      forgotten,
      [[100, false]],
    ],
  ])('%s', (_what, fragments, engine, expected) => {
    const attempts = sliceAttempts(fragments, engine, timeout);
    expect(attempts.map(({ seconds, assumed }) => [seconds, assumed])).toEqual(expected);
  });

  test('end well only when they are the last and complete', () => {
    const well = (...seen: SeenAttempt[]) => sliceAttempts(seen, [], timeout).map((one) => one.well);
    expect(well(seenAttempt(1), seenAttempt(2))).toEqual([false, true]);
    expect(well(seenAttempt(1, { complete: false }))).toEqual([false]);
  });
});

let folder: string;
let scene: Scene;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'muster-bill-'));
  scene = openScene(folder, new MemoryForge(), new MemoryStore());
  await writeRun(scene, { combinations: 3 });
  await writeCombinations(scene, 3);
  await watch(scene.deps, scene.run);
});
afterEach(() => rm(folder, { recursive: true }));

const asked = () => scene.engine.calls.filter((call) => call.startsWith('attempts'));
const exactUsd = async () => (await readState(scene.deps, scene.run))?.money.exactUsd;
/** 36 s of a slice at 0.05 USD an hour. */
const slice = (36 * 0.05) / 3600;

/** Two clean slices, and one whose first attempt went away with its host. */
async function finishWithLoss() {
  await work(scene, 'job-1', 0);
  await work(scene, 'job-1', 1);
  await work(scene, 'job-1', 2, { attempt: 2 });
  scene.engine.end('job-1', { succeeded: 3 });
}

describe('a publication', () => {
  test('of a clean run asks the engine for no attempt', async () => {
    for (const child of [0, 1, 2]) await work(scene, 'job-1', child);
    scene.engine.end('job-1', { succeeded: 3 });
    await watch(scene.deps, scene.run);
    expect(await exactUsd()).toBeCloseTo(3 * slice, 9);
    expect(asked()).toEqual([]);
  });

  test('charges an attempt that left no word, as long as the engine knows', async () => {
    await finishWithLoss();
    scene.engine.known.set('job-1', new Map([[2, [told(1, midnight, five)]]]));
    await watch(scene.deps, scene.run);
    expect(await exactUsd()).toBeCloseTo(3 * slice + (300 * 0.05) / 3600, 9);
    expect(asked()).toEqual(['attempts job-1 2']);
  });

  test('charges one that the engine forgot with its timeout, and says so', async () => {
    await finishWithLoss();
    await watch(scene.deps, scene.run);
    expect(await exactUsd()).toBeCloseTo(3 * slice + (timeout * 0.05) / 3600, 9);
    expect((await readPublished(scene.deps, scene.run))?.bill).toMatchObject({ assumed: 1, lost: 1 });
    const review = await scene.deps.forge.findReview(`muster/${scene.run}`);
    expect(review?.body).toContain('whole timeout');
  });

  test('charges every slice of a job that was forgotten before anybody saw its end with its timeout', async () => {
    scene.engine.progress('job-1', { running: 3 });
    await watch(scene.deps, scene.run);
    scene.engine.jobs.clear();
    scene.clock.pass(8 * 86_400);
    await watch(scene.deps, scene.run);
    expect(await exactUsd()).toBeCloseTo((3 * timeout * 0.05) / 3600, 8);
    expect((await readPublished(scene.deps, scene.run))?.bill).toMatchObject({ assumed: 3, lost: 3 });
  });

  test('charges what fragments tell of an array whose job was never recorded', async () => {
    for (const child of [0, 1, 2]) await work(scene, 'job-1', child);
    const key = arrayKey(scene.run, 0, 0);
    await changeDocument(scene.store, key, arraySchema, ({ name, queue }) => {
      const rest = { name, queue, why: 'too late', submission: null, at: midnight };
      return { state: 'unknown' as const, ...rest };
    });
    await watch(scene.deps, scene.run);
    expect((await readPublished(scene.deps, scene.run))?.bill).toMatchObject({
      ...{ attempts: 3, totalUsd: expect.closeTo(3 * slice, 9) },
    });
  });

  test('gives the month back what was promised for more', async () => {
    const settings = { money: { monthUsd: 10 }, watchSeconds: 600 };
    const { run } = scene;
    await promise({ ...scene.deps, settings }, { run, createdAt: midnight }, { spentUsd: 0, usd: 8 });
    await finishWithLoss();
    await watch(scene.deps, run);
    expect(await monthLeft(scene.deps, 10, 'next')).toBeCloseTo(10 - ((await exactUsd()) ?? 0), 9);
  });

  test('books what it really cost in this month', async () => {
    await finishWithLoss();
    await watch(scene.deps, scene.run);
    expect((await monthSpend(scene.deps)).usd).toBeCloseTo((await exactUsd()) ?? 0, 9);
  });

  test('again comes to the same bytes, though the engine has forgotten', async () => {
    await finishWithLoss();
    scene.engine.known.set('job-1', new Map([[2, [told(1, midnight, five)]]]));
    await watch(scene.deps, scene.run);
    const first = await readPublished(scene.deps, scene.run);
    scene.engine.known.clear();
    expect(await publish(scene.deps, scene.run)).toMatchObject({ sha256: first?.sha256 });
  });
});
