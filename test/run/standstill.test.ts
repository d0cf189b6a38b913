import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Diagnosis } from '../../src/engine/engine.ts';
import { RemoteError } from '../../src/errors.ts';
import { shippedPrices } from '../../src/money/prices.ts';
import type { RunDeps } from '../../src/run/deps.ts';
import { readArrays } from '../../src/run/observe.ts';
import { readState } from '../../src/run/runs.ts';
import { progressOf } from '../../src/run/show.ts';
import { diagnoseNow, isDue, standstills } from '../../src/run/standstill.ts';
import { ensureStarted } from '../../src/run/start.ts';
import { watch } from '../../src/run/watch.ts';
import { MemoryForge } from './memory-forge.ts';
import { openScene, type Scene, writeRun } from './scene.ts';

const quota: Diagnosis = { code: 'VCPU_QUOTA', summary: 'The quota is used up.', fix: 'Raise it.' };
const cold: Diagnosis = { code: 'COLD_START', summary: 'Machines start.', fix: 'Wait.', wait: true };

let folder: string;
let scene: Scene;
let forge: MemoryForge;
let deps: RunDeps;

/** A run of three arrays of two slices on AWS Batch, submitted by the first watch. */
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'muster-'));
  forge = new MemoryForge();
  scene = await openScene(folder, forge);
  const queue = { arn: 'q', architecture: 'amd64', capacity: 'spot' } as const;
  deps = { ...scene.deps, planEngine: { kind: 'aws-batch', prices: shippedPrices, queues: { q: queue } } };
  await writeRun(scene, { combinations: 6, slicesAnArray: 2 });
  await watch(deps, scene.run);
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const pass = (seconds: number) => scene.clock.pass(seconds);
const asked = () => scene.engine.calls.filter((call) => call.startsWith('explain'));
const review = () => forge.reviews.at(-1)?.body ?? '';
const say = (diagnosis: Diagnosis | Error) => scene.engine.diagnoses.set('job-1', diagnosis);

/** Counts that are as old as the clock says. */
function look() {
  scene.engine.countsAt = scene.clock.now().toISOString();
  return watch(deps, scene.run);
}

describe('the engine is asked why nothing moves', () => {
  test('after three minutes, and not before', async () => {
    say(quota);
    pass(179);
    await look();
    expect(asked()).toEqual([]);
    pass(1);
    await look();
    expect(asked()).toEqual(['explain job-1']);
  });

  test('at once where asking is free, also about what seems to run', async () => {
    scene.engine.limits = { ...scene.engine.limits, explainIsFree: true };
    scene.engine.progress('job-1', { running: 2 });
    say(quota);
    await look();
    expect(asked()).not.toEqual([]);
    expect(review()).toContain('The quota is used up.');
  });

  test('once for all arrays of a queue, and again only after a while', async () => {
    pass(600);
    await look();
    pass(60);
    await look();
    expect(asked()).toEqual(['explain job-1']);
    pass(120);
    await look();
    expect(asked()).toHaveLength(2);
  });

  test('not while something runs', async () => {
    scene.engine.progress('job-2', { running: 1, runnable: 1 });
    pass(600);
    await look();
    expect(asked()).toEqual([]);
  });

  test('when slices start and never run', async () => {
    scene.engine.progress('job-1', { starting: 2 });
    pass(600);
    await look();
    expect(asked()).toEqual(['explain job-1']);
  });

  test('three minutes after the last one ended, when the others wait', async () => {
    scene.engine.progress('job-1', { running: 2 });
    pass(600);
    await look();
    scene.engine.progress('job-1', { succeeded: 1, runnable: 1 });
    await look();
    pass(170);
    await look();
    expect(asked()).toEqual([]);
    pass(10);
    await look();
    expect(asked()).toEqual(['explain job-1']);
  });

  test('not about an array whose slices have all ended, though it has not', async () => {
    scene.engine.progress('job-1', { failed: 2 }); // which ones is not known yet
    await look();
    pass(200);
    await look();
    expect(asked()).toEqual(['explain job-2']);
  });

  test('about the first array that waits', async () => {
    scene.engine.end('job-1', { succeeded: 2 });
    await look();
    pass(200);
    await look();
    expect(asked()).toEqual(['explain job-2']);
  });
});

describe('what it says', () => {
  test('reaches the review although no count moves', async () => {
    pass(170);
    await look();
    expect(review()).not.toContain('quota');
    say(quota);
    pass(10);
    await look();
    expect(review()).toContain('### Needs attention');
    expect(review()).toContain('The quota is used up. Raise it.');
  });

  test('goes from the review once something runs', async () => {
    say(quota);
    pass(200);
    await look();
    scene.engine.progress('job-1', { running: 2 });
    pass(5);
    await look();
    expect(review()).not.toContain('quota');
    expect((await readState(deps, scene.run))?.still ?? []).toEqual([]);
  });

  test('is dropped once a slice has ended, though nobody saw it run', async () => {
    say(quota);
    pass(200);
    await look();
    scene.engine.progress('job-1', { succeeded: 1, runnable: 1 });
    pass(5);
    await look();
    expect(review()).not.toContain('quota');
  });

  test('is no call for attention when it only takes patience', async () => {
    say(cold);
    pass(200);
    await look();
    expect(review()).not.toContain('Needs attention');
    expect(review()).toContain('**Waiting**, nothing to mend: Machines start.');
  });

  test('is shown again without asking again', async () => {
    say(quota);
    pass(200);
    await look();
    const started = await ensureStarted(deps, scene.run);
    const arrays = await readArrays(deps, scene.run, started.rounds);
    const progress = await progressOf(deps, started, started.state.value, arrays);
    expect(progress.diagnosis).toEqual([quota]);
    expect(asked()).toHaveLength(1);
  });

  test('stays when it cannot be asked for, and the watch goes on', async () => {
    say(quota);
    pass(200);
    await look();
    say(new RemoteError({ service: 'Batch', operation: 'DescribeJobs' }, 'no answer'));
    pass(200);
    await look();
    expect((await readState(deps, scene.run))?.still?.[0]?.diagnosis).toEqual(quota);
    expect(scene.log.at(-1)).toMatchObject({ kind: 'left-out', why: expect.stringContaining('no answer') });
  });

  test('is asked at once for whoever wants to know', async () => {
    say(quota);
    const { rounds } = await ensureStarted(deps, scene.run);
    expect(await diagnoseNow(deps, await readArrays(deps, scene.run, rounds))).toEqual([quota]);
  });
});

test('what never moved has stood still since it was submitted', async () => {
  const submitted = scene.clock.now().toISOString();
  pass(3600);
  const { rounds } = await ensureStarted(deps, scene.run);
  const still = standstills([], await readArrays(deps, scene.run, rounds), scene.clock.now());
  expect(still.map(({ since }) => since)).toEqual([submitted]);
});

test('a standstill is due by its age, then by the age of the last answer', () => {
  const at = (seconds: number) => new Date(Date.UTC(2026, 0, 1) + seconds * 1000);
  const still = { queue: 'q', ended: 0, since: at(0).toISOString(), askedAt: null, diagnosis: null };
  expect([179, 180].map((seconds) => isDue(still, at(seconds)))).toEqual([false, true]);
  const answered = { ...still, askedAt: at(200).toISOString() };
  expect([379, 380].map((seconds) => isDue(answered, at(seconds)))).toEqual([false, true]);
});
