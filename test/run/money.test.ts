import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { type Allowance, allowance, judgeMoney } from '../../src/run/allowance.ts';
import { judgePilot } from '../../src/run/pilot.ts';
import { monthLeft, promise } from '../../src/run/promise.ts';
import { rerun } from '../../src/run/rerun.ts';
import { readState } from '../../src/run/runs.ts';
import { book, monthSpend } from '../../src/run/spend.ts';
import { watch } from '../../src/run/watch.ts';
import { runKey, spendKey } from '../../src/store/keys.ts';
import { absent } from '../../src/store/store.ts';
import { MemoryForge } from './memory-forge.ts';
import { MemoryStore } from './memory-store.ts';
import { openScene, type Scene, writeRun } from './scene.ts';
import { writeCombinations } from './slices.ts';

const open: Allowance = {
  ...{ budgetUsd: null, ceilingUsd: null, monthLeftUsd: null, approvalAboveUsd: null, approvedUsd: null },
};
const estimate = { usd: { low: 8, high: 10 }, ceilingUsd: 40 };

/** A run of January 2026. */
const of = (run: string) => ({ run, createdAt: '2026-01-01T00:00:00.000Z' });

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

  test('that costs nothing goes ahead in an overspent month', () => {
    const free = { usd: { low: 0, high: 0 }, ceilingUsd: 0 };
    expect(judgeMoney(free, { ...open, monthLeftUsd: -5 })).toBeUndefined();
  });

  test('learns which of the two budgets to raise', async () => {
    const deps = { ...scene.deps, settings: { money: { runUsd: 5 }, watchSeconds: 600 } };
    const fix = async (gridUsd: number | null) =>
      judgeMoney(estimate, await allowance(deps, 'new', gridUsd, undefined))?.fix;
    expect(await fix(8)).toContain('`money.run_usd` of muster.yaml');
    expect(await fix(null)).toContain('`money.run_usd` of muster.yaml');
    expect(await fix(4)).toContain('`budget.usd` of the grid');
  });

  test('has the lower of the budgets of grid and muster.yaml', async () => {
    const deps = { ...scene.deps, settings: { money: { runUsd: 5 }, watchSeconds: 600 } };
    expect((await allowance(deps, 'new', 20, undefined)).budgetUsd).toBe(5);
    expect((await allowance(deps, 'new', 2, undefined)).budgetUsd).toBe(2);
    expect((await allowance(deps, 'new', null, undefined)).budgetUsd).toBe(5);
  });

  test('has what all runs of this month leave', async () => {
    await book(scene.deps, of('running'), { totalUsd: 8, usdPerHour: 1 });
    await book(scene.deps, of('done'), { totalUsd: 3, usdPerHour: 0 });
    const deps = { ...scene.deps, settings: { money: { monthUsd: 20 }, watchSeconds: 600 } };
    expect((await allowance(deps, 'new', null, undefined)).monthLeftUsd).toBe(9);
  });
});

describe('the books of a month', () => {
  const spent = async () => (await monthSpend(scene.deps)).usd;
  /** A day in so many months from January 2026. */
  const toMonth = (months: number) => scene.clock.pass(months * 31 * 86_400);

  test('add up runs, and hold the newest word of each', async () => {
    await book(scene.deps, of('one'), { totalUsd: 1, usdPerHour: 2 });
    await book(scene.deps, of('other'), { totalUsd: 5, usdPerHour: 0 });
    expect(await book(scene.deps, of('one'), { totalUsd: 4, usdPerHour: 3 })).toEqual({
      usd: 9,
      usdPerHour: 3,
    });
  });

  test('charge a run that spans two months to each with its part', async () => {
    await book(scene.deps, of('long'), { totalUsd: 10, usdPerHour: 1 });
    toMonth(1);
    await book(scene.deps, of('long'), { totalUsd: 13, usdPerHour: 1 });
    expect(await spent()).toBe(3);
    await book(scene.deps, of('long'), { totalUsd: 16, usdPerHour: 1 });
    expect(await spent()).toBe(6);
  });

  test('charge a run that lay for months with nothing of what it cost then', async () => {
    await book(scene.deps, of('old'), { totalUsd: 400, usdPerHour: 0 });
    toMonth(5);
    await book(scene.deps, of('old'), { totalUsd: 401, usdPerHour: 1 });
    expect(await spent()).toBe(1);
  });

  test('look for nothing before the month in which a run was launched', async () => {
    toMonth(5);
    const get = vi.spyOn(scene.store, 'get');
    const run = { run: 'new', createdAt: scene.clock.now().toISOString() };
    await book(scene.deps, run, { totalUsd: 1, usdPerHour: 1 });
    expect(new Set(get.mock.calls.map(([key]) => key))).toEqual(new Set([spendKey('2026-06')]));
  });

  test('begin with nothing each month', async () => {
    await book(scene.deps, of('done'), { totalUsd: 10, usdPerHour: 0 });
    toMonth(1);
    expect(await spent()).toBe(0);
  });

  test('never go below nothing when the exact cost is less than what an earlier month was charged', async () => {
    await book(scene.deps, of('long'), { totalUsd: 10, usdPerHour: 1 });
    toMonth(1);
    await book(scene.deps, of('long'), { totalUsd: 7, usdPerHour: 0 });
    await book(scene.deps, of('other'), { totalUsd: 2, usdPerHour: 0 });
    expect(await spent()).toBe(2);
  });

  test('are not opened for free work', async () => {
    await book(scene.deps, of('free'), { totalUsd: 0, usdPerHour: 0 });
    expect(await scene.store.get(spendKey('2026-01'))).toBeUndefined();
  });

  test('lose nothing when two runs are booked at once', async () => {
    const runs = Array.from({ length: 8 }, (_, run) => `run-${run}`);
    await Promise.all(runs.map((run) => book(scene.deps, of(run), { totalUsd: 1, usdPerHour: 0 })));
    expect(await spent()).toBe(8);
  });
});

describe('the month', () => {
  const deps = () => ({ ...scene.deps, settings: { money: { monthUsd: 100 }, watchSeconds: 600 } });
  const asks = (run: string, usd: number, spentUsd = 0) => promise(deps(), of(run), { spentUsd, usd });
  const left = (run = 'new') => monthLeft(deps(), 100, run);
  const exists = (run: string) => scene.store.put(runKey(run), '{}', absent);

  test('has left what others have not been promised, before they have spent anything', async () => {
    expect(await asks('one', 80)).toEqual({ outcome: 'promised' });
    await book(deps(), of('one'), { totalUsd: 0.01, usdPerHour: 5 });
    expect(await asks('two', 30)).toEqual({ outcome: 'refused', leftUsd: 20 });
    expect(await asks('three', 20)).toEqual({ outcome: 'promised' });
    expect(await left()).toBe(0);
  });

  test('is not given away twice to launches at once', async () => {
    const all = await Promise.all(['one', 'two', 'three'].map((run) => asks(run, 60)));
    expect(all.map(({ outcome }) => outcome).sort()).toEqual(['promised', 'refused', 'refused']);
  });

  test('counts what a run has spent beyond its promise', async () => {
    await asks('one', 10);
    await book(deps(), of('one'), { totalUsd: 25, usdPerHour: 5 });
    expect(await left()).toBe(75);
  });

  test('has the rest of a promise back once the run is over', async () => {
    await asks('one', 80);
    await book(deps(), of('one'), { totalUsd: 30, usdPerHour: 0, isOver: true });
    expect(await left()).toBe(70);
  });

  test('promises the same run once', async () => {
    await asks('one', 80);
    expect(await asks('one', 90)).toEqual({ outcome: 'promised' });
    expect(await left()).toBe(10);
  });

  test('promises a rerun what it may cost on top', async () => {
    await book(deps(), of('one'), { totalUsd: 30, usdPerHour: 0, isOver: true });
    expect(await asks('one', 80, 30)).toEqual({ outcome: 'refused', leftUsd: 70 });
    expect(await asks('one', 60, 30)).toEqual({ outcome: 'promised' });
    expect(await left()).toBe(10);
  });

  test('keeps a promise of the month before, less what was spent of it', async () => {
    await asks('long', 80);
    await book(deps(), of('long'), { totalUsd: 30, usdPerHour: 1 });
    scene.clock.pass(31 * 86_400);
    await book(deps(), of('long'), { totalUsd: 35, usdPerHour: 1 });
    expect(await left()).toBe(50);
  });

  test('has a promise back after an hour when its launch died before there was a run', async () => {
    await asks('dead', 80);
    await asks('alive', 15);
    await exists('alive');
    scene.clock.pass(3599);
    expect(await left()).toBe(5);
    scene.clock.pass(1);
    expect(await left()).toBe(85);
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
  async function start(budgetUsd: number, monthUsd?: number, usdPerVcpuHour = 0.1) {
    const run = await writeRun(scene, { combinations: 4, budgetUsd });
    await writeCombinations(scene, 4);
    const planEngine = { ...scene.deps.planEngine, usdPerVcpuHour } as Scene['deps']['planEngine'];
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
    await book(scene.deps, of('other'), { totalUsd: 19.5, usdPerHour: 0 });
    const { deps, run } = await start(1000, 20);
    const state = await readState(deps, run);
    expect(state?.stopped?.why).toContain('`money.month_usd`, all runs of this month together, of $20.00');
    expect((await monthSpend(deps)).usd).toBeLessThan(20 + 0.4 * 0.6);
    await watch(deps, run); // its jobs have ended
    const again = { select: 'all', overrides: {}, reason: '', dryRun: false };
    await book(scene.deps, of('other'), { totalUsd: 20, usdPerHour: 0 });
    const refused = await rerun(deps, { run, ...again });
    expect(refused).toMatchObject({
      outcome: 'refused',
      why: expect.stringContaining('$0.00 left of `money.month_usd`'),
    });
  });

  test('and without a cost is not stopped for what others spent', async () => {
    await book(scene.deps, of('other'), { totalUsd: 25, usdPerHour: 0 });
    const { looks } = await start(1000, 20, 0);
    expect(looks).toBe(30);
  });

  test('that is not reached runs on', async () => {
    const { looks } = await start(1000);
    expect(looks).toBe(30);
  });
});
