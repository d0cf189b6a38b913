import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { cancel } from '../../src/run/cancel.ts';
import { readArrays } from '../../src/run/observe.ts';
import { rerun } from '../../src/run/rerun.ts';
import { readState } from '../../src/run/runs.ts';
import { progressOf } from '../../src/run/show.ts';
import { ensureStarted } from '../../src/run/start.ts';
import { watch } from '../../src/run/watch.ts';
import { MemoryForge } from './memory-forge.ts';
import { MemoryStore } from './memory-store.ts';
import { openScene, type Scene, writeRun } from './scene.ts';
import { work, writeCombinations } from './slices.ts';

// Drawing takes longer than everything else here together, and has tests of its own.
vi.mock('../../src/report/figures/figures.ts', () => ({ renderFigures: async () => [] }));

let folder: string;
let scene: Scene;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'muster-stopped-'));
  scene = openScene(folder, new MemoryForge(), new MemoryStore());
  await writeRun(scene, { combinations: 6 });
  await writeCombinations(scene, 6);
  await look();
});
afterEach(() => rm(folder, { recursive: true }));

const look = () => watch(scene.deps, scene.run);
const ask = (select: string) =>
  rerun(scene.deps, { run: scene.run, select, overrides: {}, reason: 'again', dryRun: false });

async function shown() {
  const { deps, run } = scene;
  const started = await ensureStarted(deps, run);
  return progressOf(deps, started, started.state.value, await readArrays(deps, run, started.rounds));
}

/** Child 0 succeeds and child 1 fails by itself; both are seen. */
async function begin(): Promise<void> {
  await work(scene, 'job-1', 0);
  await work(scene, 'job-1', 1, { fails: [1] });
  scene.engine.failed.set('job-1', [
    { child: 1, class: 'program', reason: 'exit code 1', attempts: [{ attempt: 1, exitCode: 1 }] },
  ]);
  scene.engine.progress('job-1', { succeeded: 1, failed: 1, runnable: 2, running: 2 });
  await look();
}

describe('of a run that somebody stopped', () => {
  // Children 2 and 3 find their run stopped and end well without work; 4 and 5 are cancelled.
  beforeEach(async () => {
    await begin();
    scene.engine.progress('job-1', { succeeded: 3, failed: 1, runnable: 2 });
    await cancel(scene.deps, scene.run, 'wrong grid');
  });

  test('no success is told while it stops that was not told before', async () => {
    await watch(scene.deps, scene.run, { publish: false });
    expect((await shown()).done).toEqual({ succeeded: 1, failed: 1 });
    expect((await readState(scene.deps, scene.run))?.done).toEqual({ succeeded: 1, failed: 1 });
  });

  test('what was not finished is missing, and only what failed by itself has failed', async () => {
    await look();
    const { done, failures, unfinished } = await shown();
    expect(done).toEqual({ succeeded: 1, failed: 1, missing: 4 });
    expect(failures.map(({ class: kind, count }) => [kind, count])).toEqual([['program', 1]]);
    expect(unfinished).toEqual([{ why: expect.stringContaining('wrong grid'), slices: 2 }]);
    expect(await readState(scene.deps, scene.run)).toMatchObject({ done });
  });

  test('a rerun of what is missing takes up all that was not finished', async () => {
    await look();
    expect(await ask('missing')).toMatchObject({ outcome: 'opened' });
    await look();
    expect(scene.engine.jobs.get('job-2')?.request.size).toBe(4);
  });
});

describe('of a run that is repaired', () => {
  beforeEach(async () => {
    await begin();
    for (const child of [2, 3, 4, 5]) await work(scene, 'job-1', child);
    scene.engine.end('job-1', { succeeded: 5, failed: 1 });
    await look();
  });

  test('a failure is told until a later round takes it over', async () => {
    expect((await shown()).failures).toHaveLength(1);
    await ask('failed');
    await look();
    expect((await shown()).failures).toEqual([]);
  });

  test('a failure stays while a later round does other work', async () => {
    await ask('0');
    await look();
    expect((await shown()).failures).toHaveLength(1);
  });
});
