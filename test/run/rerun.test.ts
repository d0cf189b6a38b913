import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { Overrides } from '../../src/plan/overrides.ts';
import { endPatienceSeconds } from '../../src/run/array-state.ts';
import { cancel } from '../../src/run/cancel.ts';
import type { RunDeps } from '../../src/run/deps.ts';
import { monthLeft } from '../../src/run/promise.ts';
import { parseEnvironment, type RerunRequest, rerun } from '../../src/run/rerun.ts';
import { readPublished, readState } from '../../src/run/runs.ts';
import { monthSpend } from '../../src/run/spend.ts';
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
  folder = await mkdtemp(join(tmpdir(), 'muster-rerun-'));
  scene = openScene(folder, new MemoryForge(), new MemoryStore());
});
afterEach(() => rm(folder, { recursive: true }));

const look = () => watch(scene.deps, scene.run);
const ask = (select: string, overrides: Overrides = {}, more: Partial<RerunRequest> = {}) =>
  rerun(scene.deps, { run: scene.run, select, overrides, reason: 'more memory', dryRun: false, ...more });
const request = (job: string) => scene.engine.jobs.get(job)?.request;

async function start(combinations: number, budgetUsd?: number): Promise<void> {
  await writeRun(scene, { combinations, ...(budgetUsd !== undefined && { budgetUsd }) });
  await writeCombinations(scene, combinations);
  await look();
}

/** All children of a job end but those without a word; the given ones fail. */
async function end(
  job: string,
  round: number,
  options: { fails?: readonly number[]; silent?: readonly number[] },
) {
  const { fails = [], silent = [] } = options;
  const size = request(job)?.size ?? 0;
  for (let child = 0; child < size; child++) {
    if (!silent.includes(child)) await work(scene, job, child, { round, fails });
  }
  const attempts = [{ attempt: 1, exitCode: 1 }];
  const failed = fails.map((child) => ({
    child,
    class: 'program' as const,
    reason: 'exit code 1',
    attempts,
  }));
  scene.engine.failed.set(job, failed);
  scene.engine.end(job, {
    succeeded: size - fails.length - silent.length,
    failed: fails.length + silent.length,
  });
  await look();
  if (silent.length === 0) return;
  scene.clock.pass(endPatienceSeconds); // the engine never tells of the silent ones
  await look();
}

describe('a rerun', () => {
  test('takes its overrides to the job', async () => {
    await start(5);
    await end('job-1', 0, { fails: [1, 3] });
    const environment = parseEnvironment(['SOLVER=slow', 'PATHS=a=b']);
    await ask('failed', { memoryMib: 2048, vcpus: 2, attempts: 7, timeoutSeconds: 100, environment });
    await look();
    expect(request('job-2')).toMatchObject({
      ...{ size: 2, attempts: 7, timeoutSeconds: 700 },
      resources: { memoryMib: 2048, vcpus: 2 },
    });
    // The worker reads the environment from the round.
    const round = JSON.parse(
      new TextDecoder().decode((await scene.store.get(`runs/${scene.run}/rounds/001/round.json`))?.bytes),
    );
    expect(round).toMatchObject({
      ...{
        environment: { SOLVER: 'slow', PATHS: 'a=b' },
        reason: 'rerun',
        note: 'more memory',
        actor: 'ana',
      },
    });
  });

  test('of what is missing leaves out what has failed', async () => {
    await start(5);
    await end('job-1', 0, { fails: [1], silent: [2, 4] });
    expect(await ask('missing')).toMatchObject({
      outcome: 'opened',
      plan: {
        indexes: [
          [2, 3],
          [4, 5],
        ],
      },
    });
  });

  test('of named combinations leaves out those that have succeeded, and says how many', async () => {
    await start(5);
    await end('job-1', 0, { fails: [1] });
    expect(await ask('0-2')).toMatchObject({ outcome: 'opened', plan: { indexes: [[1, 2]], leftOut: 2 } });
  });

  test('of all executes also what has succeeded', async () => {
    await start(3);
    await end('job-1', 0, { fails: [1] });
    expect(await ask('all')).toMatchObject({ outcome: 'opened', plan: { combinations: 3 } });
  });

  test('of what chooses nothing changes nothing', async () => {
    await start(3);
    await end('job-1', 0, {});
    const before = await readState(scene.deps, scene.run);
    expect(await ask('failed')).toMatchObject({ outcome: 'nothing' });
    expect(await readState(scene.deps, scene.run)).toEqual(before);
  });

  test('of a live run takes what has ended and leaves what works', async () => {
    await start(4);
    await end('job-1', 0, { fails: [1, 2] });
    await ask('1');
    await look();
    expect(await ask('failed')).toMatchObject({
      ...{ outcome: 'opened', plan: { round: 2, indexes: [[2, 3]], inProgress: 1 } },
    });
  });

  test('is not stopped for what failed before it', async () => {
    await start(8);
    await end('job-1', 0, { fails: [1, 2, 3, 4] });
    await ask('failed');
    await look();
    scene.engine.progress('job-2', { running: 4 });
    await look();
    expect(scene.engine.jobs.get('job-2')?.cancelled).toBeUndefined();
  });

  test('of a cancelled run takes it on once it is published', async () => {
    await start(3);
    await cancel(scene.deps, scene.run, 'wrong queue');
    expect(await ask('all')).toMatchObject({ outcome: 'nothing' });
    await look();
    expect(await ask('all')).toMatchObject({ outcome: 'opened' });
    await look();
    await end('job-2', 1, {});
    expect(await readPublished(scene.deps, scene.run)).toMatchObject({ succeeded: 3 });
    expect(await readState(scene.deps, scene.run)).toMatchObject({ stopped: null });
  });

  describe('after some of the budget is spent', () => {
    beforeEach(async () => {
      await start(4, 1);
      // Two of four slices run for an hour of 0.05 USD each, before all end.
      scene.engine.progress('job-1', { running: 2, runnable: 2 });
      await look();
      scene.engine.countsAt = '2026-01-01T01:00:00.000Z';
      await end('job-1', 0, { fails: [1] });
    });
    const spent = async () => (await readState(scene.deps, scene.run))?.money.meteredUsd ?? 0;

    test('has what is left', async () => {
      expect(await spent()).toBeGreaterThan(0.1);
      const { plan } = (await ask('failed', {}, { dryRun: true })) as { plan: { budgetLeftUsd: number } };
      expect(plan.budgetLeftUsd).toBeCloseTo(1 - (await spent()), 10);
    });

    test('may have a budget of its own on top', async () => {
      const planned = await ask('failed', { budgetUsd: 0.05 }, { dryRun: true });
      expect(planned).toMatchObject({
        outcome: 'planned',
        plan: { budgetLeftUsd: expect.closeTo(0.05, 10) },
      });
      expect(await ask('failed', { budgetUsd: 0.05 })).toMatchObject({ outcome: 'opened' });
    });

    test('is refused what is likely to cost more than that', async () => {
      // The two that told took 36 s each: four of them at 0.05 USD an hour are 0.002 USD.
      const refused = await ask('all', { budgetUsd: 0.0019 });
      expect(refused).toMatchObject({ outcome: 'refused', why: expect.stringContaining('--budget-usd') });
      expect(await ask('all', { budgetUsd: 0.0021 })).toMatchObject({ outcome: 'opened' });
    });

    test('has no more than muster.yaml allows the whole run', async () => {
      const settings = { money: { runUsd: 0.1 }, watchSeconds: 600 };
      const refused = await rerun(
        { ...scene.deps, settings },
        {
          ...{ run: scene.run, select: 'failed', overrides: { budgetUsd: 5 }, reason: '', dryRun: false },
        },
      );
      expect(refused).toMatchObject({ outcome: 'refused', why: expect.stringContaining('money.run_usd') });
    });
  });

  describe('with limits of muster.yaml', () => {
    beforeEach(async () => {
      await start(4);
      await end('job-1', 0, { fails: [1] });
      await look();
    });
    /** One combination of 36 s: 0.0005 USD; at worst three attempts of 70 min each, 0.175 USD. */
    const limited = (money: RunDeps['settings']['money'], more: Partial<RerunRequest> = {}) =>
      rerun(
        { ...scene.deps, settings: { money, watchSeconds: 600 } },
        { ...{ run: scene.run, select: 'failed', overrides: {}, reason: '', dryRun: false }, ...more },
      );
    const spent = async () => (await readState(scene.deps, scene.run))?.money.meteredUsd ?? 0;

    test('is refused above the ceiling, with what the run has cost', async () => {
      const ceilingUsd = (await spent()) + 0.175;
      expect(await limited({ ceilingUsd: ceilingUsd - 0.001 })).toMatchObject({
        outcome: 'refused',
        why: expect.stringMatching(/money.ceiling_usd.*--attempts/),
      });
      expect(await limited({ ceilingUsd: ceilingUsd + 0.001 })).toMatchObject({ outcome: 'opened' });
    });

    test('waits for approval', async () => {
      expect(await limited({ approvalAboveUsd: 0.0004 })).toMatchObject({
        outcome: 'refused',
        why: expect.stringContaining('--approve-usd'),
      });
      const approved = await limited({ approvalAboveUsd: 0.0004 }, { approvedUsd: 0.0005 });
      expect(approved).toMatchObject({ outcome: 'opened' });
    });

    test('has what the month leaves, and takes it from others', async () => {
      const monthUsd = (await monthSpend(scene.deps)).usd + 0.0007;
      expect(await limited({ monthUsd: monthUsd - 0.0003 })).toMatchObject({
        outcome: 'refused',
        why: expect.stringContaining('money.month_usd'),
      });
      expect(await limited({ monthUsd })).toMatchObject({ outcome: 'opened' });
      expect(await monthLeft(scene.deps, monthUsd, 'another')).toBeCloseTo(0.0002, 9);
    });
  });
});
