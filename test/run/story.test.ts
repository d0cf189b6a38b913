import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { ChildFailure } from '../../src/engine/engine.ts';
import { type LocalForge, openLocalForge } from '../../src/forge/local.ts';
import { readOutcomes } from '../../src/results/read-merged.ts';
import { cancel } from '../../src/run/cancel.ts';
import { readFailures } from '../../src/run/failures.ts';
import { publish } from '../../src/run/publish.ts';
import { rerun } from '../../src/run/rerun.ts';
import { readPublished, readState } from '../../src/run/runs.ts';
import { activeRuns, watch } from '../../src/run/watch.ts';
import { activeKey, failuresKey, fragmentKey } from '../../src/store/keys.ts';
import { openScene, type Scene, writeRun } from './scene.ts';
import { work, writeCombinations } from './slices.ts';

let folder: string;
let scene: Scene;
let forge: LocalForge;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'muster-story-'));
  forge = await openLocalForge({ root: folder, forgeDir: join(folder, 'forge'), repository: 'lab/grids' });
  scene = openScene(folder, forge);
});
afterEach(() => rm(folder, { recursive: true }));

async function start(combinations: number, options: { pilot?: number } = {}) {
  await writeRun(scene, { combinations, ...options });
  await writeCombinations(scene, combinations);
  await watch(scene.deps, scene.run);
}

const look = (deps = scene.deps) => watch(deps, scene.run);
const state = async () => {
  const found = await readState(scene.deps, scene.run);
  if (found === undefined) throw new Error('the run has no state');
  return found;
};
const review = async () => {
  const found = await forge.findReview(`muster/${scene.run}`);
  if (found === undefined) throw new Error('the run has no review');
  return found;
};
const failure = (child: number): ChildFailure => ({
  child,
  class: 'program',
  reason: 'exit code 1',
  attempts: [{ attempt: 1, exitCode: 1 }],
});

/** Children of a job end, the given ones as failed. */
async function end(
  jobId: string,
  children: number,
  options: { round?: number; fails?: readonly number[] } = {},
) {
  const { fails = [] } = options;
  for (let child = 0; child < children; child++) await work(scene, jobId, child, options);
  scene.engine.failed.set(jobId, fails.map(failure));
  scene.engine.end(jobId, { succeeded: children - fails.length, failed: fails.length });
}

async function verdicts(): Promise<readonly string[]> {
  const published = await readPublished(scene.deps, scene.run);
  const found: string[] = [];
  for await (const { combination, state: verdict } of readOutcomes(scene.store, {
    run: scene.run,
    sha256: published?.sha256 ?? '',
  })) {
    found.push(`${combination.label} ${verdict}`);
  }
  return found;
}

async function active(): Promise<readonly string[]> {
  const runs: string[] = [];
  for await (const run of activeRuns(scene.deps)) runs.push(run);
  return runs;
}

describe('the story of a run', () => {
  test('opens a draft review while it runs, with the run record as its commit', async () => {
    await start(4);
    expect(await state()).toMatchObject({ phase: { phase: 'running', round: 0 } });
    expect(await review()).toMatchObject({ state: 'open', stage: 'draft', title: 'demo: 0 of 4 finished' });
    expect(await forge.listFiles(`results/demo/${scene.run}`, `muster/${scene.run}`)).toEqual([
      `results/demo/${scene.run}/run.json`,
    ]);
  });

  test('ends published: review ready, verdict first, marker gone', async () => {
    await start(4);
    await end('job-1', 4);
    await look();
    expect(await state()).toMatchObject({ phase: { phase: 'published', round: 0 } });
    const ready = await review();
    expect(ready.stage).toBe('ready');
    expect(ready.body).toContain('**4 of 4 verified; < $0.01; one version**');
    expect(await active()).toEqual([]);
    expect(await readPublished(scene.deps, scene.run)).toMatchObject({ combinations: 4, succeeded: 4 });
  });

  test('a further watch or publish of a published run changes nothing', async () => {
    await start(2);
    await end('job-1', 2);
    await look();
    const before = { state: await state(), review: await review(), calls: scene.engine.calls.length };
    await look();
    await publish(scene.deps, scene.run);
    expect({ state: await state(), review: await review(), calls: scene.engine.calls.length }).toEqual(
      before,
    );
  });

  test('failed and missing combinations are told by name, and only what is chosen runs again', async () => {
    await start(40);
    for (let child = 0; child < 39; child++) await work(scene, 'job-1', child, { fails: [7] });
    scene.engine.failed.set('job-1', [failure(7), failure(39)]);
    scene.engine.end('job-1', { succeeded: 38, failed: 2 });
    await look();
    expect((await review()).body).toContain('c007');
    const told = scene.log.filter(({ kind }) => kind === 'combination-failed' || kind === 'slice-failed');
    expect(told).toMatchObject([
      { label: 'c007', class: 'program' },
      { kind: 'slice-failed', slice: 39 },
    ]);

    const again = await rerun(scene.deps, {
      ...{
        run: scene.run,
        select: 'failed',
        overrides: { memoryMib: 4096 },
        reason: 'more memory',
        dryRun: false,
      },
    });
    expect(again).toMatchObject({
      outcome: 'opened',
      plan: {
        round: 1,
        indexes: [
          [7, 8],
          [39, 40],
        ],
      },
    });
    await look();
    expect(scene.engine.jobs.get('job-2')?.request).toMatchObject({
      size: 2,
      resources: { memoryMib: 4096 },
    });
    await end('job-2', 2, { round: 1 });
    await look();
    expect(await readPublished(scene.deps, scene.run)).toMatchObject({ succeeded: 40 });
    expect((await review()).stage).toBe('ready');
  });

  test('a single combination runs again as a plain job', async () => {
    await start(5);
    await end('job-1', 5, { fails: [3] });
    await look();
    await rerun(scene.deps, { run: scene.run, select: 'c003', overrides: {}, reason: '', dryRun: false });
    await look();
    expect(scene.engine.jobs.get('job-2')?.request).toMatchObject({ size: 1 });
  });

  test('a dry run of a rerun changes nothing', async () => {
    await start(5);
    await end('job-1', 5, { fails: [3] });
    await look();
    const before = await state();
    const planned = await rerun(scene.deps, {
      ...{ run: scene.run, select: 'failed', overrides: {}, reason: '', dryRun: true },
    });
    expect(planned).toMatchObject({ outcome: 'planned', plan: { combinations: 1, slices: 1 } });
    expect(await state()).toEqual(before);
  });

  test('what still works is left to work by a rerun', async () => {
    await start(5);
    scene.engine.progress('job-1', { running: 4, failed: 1 });
    scene.engine.failed.set('job-1', [failure(2)]);
    await work(scene, 'job-1', 2, { fails: [2] });
    await look();
    const outcome = await rerun(scene.deps, {
      ...{ run: scene.run, select: 'failed', overrides: {}, reason: '', dryRun: false },
    });
    expect(outcome).toMatchObject({ outcome: 'nothing', plan: { inProgress: 1 } });
  });

  test('a rerun during a slow publish wins and is watched', async () => {
    await start(4);
    await end('job-1', 4, { fails: [1] });
    await look({ ...scene.deps, engine: scene.engine, log: () => {} }); // published once, with one failure
    await rerun(scene.deps, { run: scene.run, select: 'failed', overrides: {}, reason: '', dryRun: false });
    await look();
    await end('job-2', 1, { round: 1 });

    await watch(scene.deps, scene.run, { publish: false });
    // While round 1 is being published, somebody asks for round 2.
    let raced = false;
    const slow = {
      ...forge,
      commitFiles: async (request: Parameters<LocalForge['commitFiles']>[0]) => {
        if (!raced) {
          raced = true;
          await rerun(scene.deps, {
            run: scene.run,
            select: 'all',
            overrides: {},
            reason: '',
            dryRun: false,
          });
        }
        return forge.commitFiles(request);
      },
    };
    expect(await publish({ ...scene.deps, forge: slow }, scene.run)).toMatchObject({ outcome: 'superseded' });
    expect(await state()).toMatchObject({ phase: { phase: 'launching', round: 2 } });
    expect(await active()).toEqual([scene.run]);
    await look();
    await end('job-3', 4, { round: 2 });
    await look();
    expect(await state()).toMatchObject({ phase: { phase: 'published', round: 2 } });
    expect(await verdicts()).toEqual(['c000', 'c001', 'c002', 'c003'].map((label) => `${label} succeeded`));
  });

  test('two reruns of the same failures at once make one further round', async () => {
    await start(4);
    await end('job-1', 4, { fails: [1] });
    await look();
    const ask = { run: scene.run, select: 'failed', overrides: {}, reason: '', dryRun: false };
    const both = await Promise.all([
      rerun(scene.deps, ask),
      rerun({ ...scene.deps, owner: 'other', actor: 'bob' }, ask),
    ]);
    expect(both.map(({ outcome }) => outcome).sort()).toEqual(['nothing', 'opened']);
    expect(await state()).toMatchObject({ phase: { round: 1 } });
  });

  test('a cancelled run publishes what succeeded, as partial, with who and why', async () => {
    await start(3);
    await work(scene, 'job-1', 0);
    scene.engine.progress('job-1', { running: 2, succeeded: 1 });
    scene.engine.failed.set('job-1', [1, 2].map(failure));
    await cancel(scene.deps, scene.run, 'wrong grid');
    await look();
    expect(await state()).toMatchObject({
      phase: { phase: 'published' },
      stopped: { by: 'ana', why: 'wrong grid' },
      // The other two never said a word: they have failed with their slices.
      done: { succeeded: 1, failed: 2 },
    });
    expect((await review()).title).toContain('(partial)');
    expect(await verdicts()).toContain('c000 succeeded');
  });

  test('too many failures stop the run', async () => {
    await start(10);
    for (const child of [0, 1, 2]) await work(scene, 'job-1', child, { fails: [0, 1, 2] });
    scene.engine.failed.set('job-1', [0, 1, 2].map(failure));
    scene.engine.progress('job-1', { runnable: 7, failed: 3 });
    await look();
    expect(scene.engine.jobs.get('job-1')?.cancelled).toContain('3 combinations failed');
    await look();
    expect(await state()).toMatchObject({ phase: { phase: 'published' }, stopped: { by: 'muster' } });
  });

  test('two watches at once come to one end', async () => {
    await start(4);
    await end('job-1', 4, { fails: [2] });
    await Promise.all([look(), look({ ...scene.deps, owner: 'other' })]);
    expect(await state()).toMatchObject({ phase: { phase: 'published' } });
    expect((await readFailures(scene.deps, failuresKey(scene.run, 0, 0))).lines).toHaveLength(1);
    expect(await active()).toEqual([]);
  });

  test('a good pilot is followed by the rest, without what it has done', async () => {
    await start(10, { pilot: 2 });
    expect(scene.engine.jobs.get('job-1')?.request.size).toBe(2);
    await end('job-1', 2);
    await look();
    await look();
    expect(await state()).toMatchObject({ phase: { phase: 'running', round: 1 } });
    expect(scene.engine.jobs.get('job-2')?.request.size).toBe(8);
    await end('job-2', 8, { round: 1 });
    await look();
    expect(await readPublished(scene.deps, scene.run)).toMatchObject({ combinations: 10, succeeded: 10 });
  });

  test('a bad pilot ends the run: the rest is missing, not lost', async () => {
    await start(10, { pilot: 2 });
    await work(scene, 'job-1', 0);
    await work(scene, 'job-1', 1, { fails: [9] });
    scene.engine.failed.set('job-1', [failure(1)]);
    scene.engine.end('job-1', { succeeded: 1, failed: 1 });
    await look();
    expect(await state()).toMatchObject({ phase: { phase: 'published', round: 0 } });
    expect(await readPublished(scene.deps, scene.run)).toMatchObject({ combinations: 10, succeeded: 1 });
  });

  test('a publisher that died before the review was ready is finished by the next watch', async () => {
    await start(2);
    await end('job-1', 2);
    const dying = {
      ...forge,
      setStage: () => {
        throw new Error('killed');
      },
    };
    await expect(look({ ...scene.deps, forge: dying })).rejects.toThrow('killed');
    expect(await state()).toMatchObject({ phase: { phase: 'published' } });
    expect(await active()).toEqual([scene.run]);
    await look();
    expect((await review()).stage).toBe('ready');
    expect(await active()).toEqual([]);
  });

  test('a fragment that cannot be read is named to the reviewer', async () => {
    await start(2);
    await work(scene, 'job-1', 0);
    const key = fragmentKey(scene.run, 0, 1, { job: 'job-1', attempt: 1, part: 0 });
    await scene.store.put(key, '{ cut off', { kind: 'absent' });
    scene.engine.end('job-1', { succeeded: 2 });
    await look();
    const { body } = await review();
    expect(body).toContain('1 fragment could not be read');
    expect(body).toContain(key);
  });

  test('a review that a person closed stays closed', async () => {
    await start(2);
    await forge.closeReview((await review()).number);
    await end('job-1', 2);
    await look();
    expect((await review()).state).toBe('closed');
    expect(await state()).toMatchObject({ phase: { phase: 'published' } });
  });

  test('a rerun after the merge opens a new review', async () => {
    await start(3);
    await end('job-1', 3, { fails: [0] });
    await look();
    const first = await review();
    await forge.mergeReview(first.number);
    await rerun(scene.deps, { run: scene.run, select: 'failed', overrides: {}, reason: '', dryRun: false });
    await look();
    await end('job-2', 1, { round: 1 });
    await look();
    const second = await review();
    expect(second.number).toBeGreaterThan(first.number);
    expect(second).toMatchObject({ state: 'open', stage: 'ready' });
  });

  test('the marker of a rerun that died before the state named it is taken off after an hour', async () => {
    await start(2);
    await end('job-1', 2);
    await look();
    const marker = { run: scene.run, grid: 'demo', round: 1, since: scene.clock.now().toISOString() };
    await scene.store.put(activeKey(scene.run), JSON.stringify(marker), { kind: 'absent' });
    await look();
    expect(await active()).toEqual([scene.run]);
    scene.clock.pass(3601);
    await look();
    expect(await active()).toEqual([]);
  });
});
