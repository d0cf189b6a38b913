import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Allowance, allowance, judgeMoney } from '../../src/run/allowance.ts';
import { judgePilot } from '../../src/run/pilot.ts';
import { rerun } from '../../src/run/rerun.ts';
import { readState } from '../../src/run/runs.ts';
import { book, monthSpend } from '../../src/run/spend.ts';
import { watch } from '../../src/run/watch.ts';
import { spendKey } from '../../src/store/keys.ts';
import { MemoryForge } from './memory-forge.ts';
import { MemoryStore } from './memory-store.ts';
import { openScene, type Scene, writeRun } from './scene.ts';
import { writeCombinations } from './slices.ts';

const open: Allowance = {
  ...{ budgetUsd: null, ceilingUsd: null, monthLeftUsd: null, approvalAboveUsd: null, approvedUsd: null },
};
const estimate = { usd: { low: 8, high: 10 }, ceilingUsd: 40 };

let folder: string;
let scene: Scene;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'muster-money-'));
  scene = openScene(folder, new MemoryForge(), new MemoryStore());
});
afterEach(() => rm(folder, { recursive: true }));

describe('a launch', () => {
  test.each<[string, Partial<Allowance>, string | undefined]>([
    ['without limits goes ahead', {}, undefined],
    ['of just its budget goes ahead', { budgetUsd: 10 }, undefined],
    [
      'above its budget is refused by the high end of the estimate',
      { budgetUsd: 9.99 },
      'above the budget of $9.99',
    ],
    ['of just the ceiling goes ahead', { ceilingUsd: 40 }, undefined],
    ['above the ceiling is refused', { ceilingUsd: 39 }, '`money.ceiling_usd`, $39'],
    ['of what the month has left goes ahead', { monthLeftUsd: 10 }, undefined],
    ['above what the month has left is refused', { monthLeftUsd: 9 }, '$9.00 left of `money.month_usd`'],
    ['in an overspent month has nothing left', { monthLeftUsd: -5 }, '$0.00 left'],
    ['below the approval limit needs nobody', { approvalAboveUsd: 10 }, undefined],
    ['above the approval limit needs somebody', { approvalAboveUsd: 5 }, 'nobody has approved it'],
    ['may be a tenth above what was approved', { approvalAboveUsd: 5, approvedUsd: 9.1 }, undefined],
    [
      'more than a tenth above is refused',
      { approvalAboveUsd: 5, approvedUsd: 9 },
      'only $9.00 are approved',
    ],
  ])('%s', (_what, limits, why) => {
    const refusal = judgeMoney(estimate, { ...open, ...limits });
    if (why === undefined) expect(refusal).toBeUndefined();
    else expect(refusal?.why).toContain(why);
  });

  test('that nobody can estimate is held to its ceiling', () => {
    const unknown = { usd: null, ceilingUsd: 40 };
    expect(judgeMoney(unknown, { ...open, budgetUsd: 30 })?.why).toContain('no `expected` duration');
    expect(judgeMoney(unknown, { ...open, budgetUsd: 40 })).toBeUndefined();
  });

  test('has the lower of the budgets of grid and muster.yaml', async () => {
    const deps = { ...scene.deps, settings: { money: { runUsd: 5 }, watchSeconds: 600 } };
    expect((await allowance(deps, 20, undefined)).budgetUsd).toBe(5);
    expect((await allowance(deps, 2, undefined)).budgetUsd).toBe(2);
    expect((await allowance(deps, null, undefined)).budgetUsd).toBe(5);
  });

  test('has what all runs of this month leave', async () => {
    await book(scene.deps, 'running', { totalUsd: 8, usdPerHour: 1 });
    await book(scene.deps, 'done', { totalUsd: 3, usdPerHour: 0 });
    const deps = { ...scene.deps, settings: { money: { monthUsd: 20 }, watchSeconds: 600 } };
    expect((await allowance(deps, null, undefined)).monthLeftUsd).toBe(9);
  });
});

describe('the books of a month', () => {
  const spent = async () => (await monthSpend(scene.deps)).usd;
  /** A day in so many months from January 2026. */
  const toMonth = (months: number) => scene.clock.pass(months * 31 * 86_400);

  test('add up runs, and hold the newest word of each', async () => {
    await book(scene.deps, 'one', { totalUsd: 1, usdPerHour: 2 });
    await book(scene.deps, 'other', { totalUsd: 5, usdPerHour: 0 });
    expect(await book(scene.deps, 'one', { totalUsd: 4, usdPerHour: 3 })).toEqual({ usd: 9, usdPerHour: 3 });
  });

  test('charge a run that spans two months to each with its part', async () => {
    await book(scene.deps, 'long', { totalUsd: 10, usdPerHour: 1 });
    toMonth(1);
    await book(scene.deps, 'long', { totalUsd: 13, usdPerHour: 1 });
    expect(await spent()).toBe(3);
    await book(scene.deps, 'long', { totalUsd: 16, usdPerHour: 1 });
    expect(await spent()).toBe(6);
  });

  test('begin with nothing each month', async () => {
    await book(scene.deps, 'done', { totalUsd: 10, usdPerHour: 0 });
    toMonth(1);
    expect(await spent()).toBe(0);
  });

  test('never go below nothing when the exact cost is less than what an earlier month was charged', async () => {
    await book(scene.deps, 'long', { totalUsd: 10, usdPerHour: 1 });
    toMonth(1);
    await book(scene.deps, 'long', { totalUsd: 7, usdPerHour: 0 });
    await book(scene.deps, 'other', { totalUsd: 2, usdPerHour: 0 });
    expect(await spent()).toBe(2);
  });

  test('are not opened for free work', async () => {
    await book(scene.deps, 'free', { totalUsd: 0, usdPerHour: 0 });
    expect(await scene.store.get(spendKey('2026-01'))).toBeUndefined();
  });

  test('lose nothing when two runs are booked at once', async () => {
    const runs = Array.from({ length: 8 }, (_, run) => `run-${run}`);
    await Promise.all(runs.map((run) => book(scene.deps, run, { totalUsd: 1, usdPerHour: 0 })));
    expect(await spent()).toBe(8);
  });
});

describe('a pilot', () => {
  const rest = { combinations: 8, usd: 6 };
  test.each([
    [
      'is followed by the rest',
      { succeeded: 2, combinations: 2, seconds: 60 },
      { usd: 10, spentUsd: 4 },
      true,
    ],
    [
      'without a budget is followed by the rest',
      { succeeded: 2, combinations: 2, seconds: 60 },
      { usd: null, spentUsd: 999 },
      true,
    ],
    [
      'of which one failed is the end',
      { succeeded: 1, combinations: 2, seconds: 60 },
      { usd: 10, spentUsd: 1 },
      false,
    ],
    [
      'whose times forecast too much is the end',
      { succeeded: 2, combinations: 2, seconds: 60 },
      { usd: 10, spentUsd: 4.01 },
      false,
    ],
  ])('%s', (_what, shown, budget, goOn) => {
    expect(judgePilot(shown, rest, budget).goOn).toBe(goOn);
  });
});

describe('a run with a budget', () => {
  /** Four slices run; 0.10 USD an hour each, looked at every 10 minutes. */
  async function start(budgetUsd: number, monthUsd?: number) {
    const run = await writeRun(scene, { combinations: 4, budgetUsd });
    await writeCombinations(scene, 4);
    const planEngine = { ...scene.deps.planEngine, usdPerVcpuHour: 0.1 } as Scene['deps']['planEngine'];
    const settings = { money: monthUsd === undefined ? {} : { monthUsd }, watchSeconds: 600 };
    const deps = { ...scene.deps, planEngine, settings };
    await watch(deps, run.run);
    scene.engine.progress('job-1', { running: 4 });
    let looks = 0;
    while (scene.engine.jobs.get('job-1')?.cancelled === undefined && looks < 30) {
      scene.clock.pass(600);
      looks += 1;
      scene.engine.countsAt = scene.clock.now().toISOString();
      await watch(deps, run.run);
    }
    return { deps, run: run.run, looks };
  }

  test('is stopped before spending and stopping together reach it', async () => {
    const { deps, run } = await start(1);
    const state = await readState(deps, run);
    // 0.40 USD an hour; stopping may take two looks and 15 minutes: 35 minutes, 0.23 USD.
    expect(state?.money.meteredUsd).toBeGreaterThanOrEqual(0.7);
    expect(state?.money.meteredUsd).toBeLessThan(1);
    expect((state?.money.meteredUsd ?? 0) + (0.4 * 35) / 60).toBeLessThan(1 + (0.4 * 10) / 60);
    expect(state).toMatchObject({
      stopped: { by: 'muster', why: expect.stringContaining('budget of $1.00') },
    });
  });

  test('is stopped as well when the month has nothing left, whoever spent it', async () => {
    await book(scene.deps, 'other', { totalUsd: 19.5, usdPerHour: 0 });
    const { deps, run } = await start(1000, 20);
    const state = await readState(deps, run);
    expect(state?.stopped?.why).toContain('`money.month_usd`, all runs of this month together, of $20.00');
    expect((await monthSpend(deps)).usd).toBeLessThan(20 + 0.4 * 0.6);
    await watch(deps, run); // its jobs have ended
    const again = { select: 'all', overrides: {}, reason: '', dryRun: false };
    await book(scene.deps, 'other', { totalUsd: 20, usdPerHour: 0 });
    const refused = await rerun(deps, { run, ...again });
    expect(refused).toMatchObject({
      outcome: 'refused',
      why: expect.stringContaining('`money.month_usd`, $20.00'),
    });
  });

  test('that is not reached runs on', async () => {
    const { looks } = await start(1000);
    expect(looks).toBe(30);
  });
});
