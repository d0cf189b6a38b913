import { describe, expect, test } from 'vitest';
import { type Counts, noCounts } from '../../src/engine/engine.ts';
import type { PlanEngine } from '../../src/plan/queues.ts';
import type { ArrayAt } from '../../src/run/observe.ts';
import type { ArrayRecord, ChildFailureRecord, RoundRecord } from '../../src/run/records.ts';
import { doneOf, stopReason, type Tally, tally } from '../../src/run/tally.ts';

const engine: PlanEngine = {
  kind: 'local',
  ...{ vcpus: 4, memoryMib: 8192, architecture: 'amd64', usdPerVcpuHour: 0.5 },
};
const settings = { money: {}, watchSeconds: 600 };

/** A round of ten combinations in slices of two, or of those given. */
const round = (number: number, changes: Partial<RoundRecord> = {}): RoundRecord => ({
  ...{ schema: 1, run: 'demo-0', round: number, reason: number === 0 ? 'launch' : 'rerun', note: '' },
  ...{ actor: 'ana', createdAt: '', attempts: 1, environment: {}, again: false },
  ...{ budgetUsd: null, stopAfterFailures: 3 },
  classes: [
    {
      ...{ class: 0, queue: 'q', image: 'demo', timeoutSeconds: 3600 },
      resources: {
        ...{ vcpus: 1, memoryMib: 1024, gpus: 0, architecture: 'amd64', capacity: 'spot', ulimits: {} },
      },
    },
  ],
  groups: [{ class: 0, indexes: [[0, 10]], sliceSize: 2 }],
  arrays: [{ array: 0, class: 0, firstSlice: 0, slices: 5 }],
  ...changes,
});

function arrayAt(of: RoundRecord, state: 'submitted' | 'ended', counts: Partial<Counts>, usd = 0): ArrayAt {
  const [array] = of.arrays;
  if (array === undefined) throw new Error('a round has an array');
  const submission = { handle: { jobId: 'job', queue: 'q', size: array.slices }, definition: 'd', at: '' };
  const common = { name: 'n', queue: 'q', submission, counts: { ...noCounts, ...counts }, meteredUsd: usd };
  const value: ArrayRecord =
    state === 'ended' ? { state, ...common, endedAt: '' } : { state, ...common, countsAt: '' };
  return { round: of, array, key: `r${of.round}`, document: { value, version: '1' } };
}

const failed = (child: number, combinations: number | null): ChildFailureRecord => ({
  ...{ child, failed: combinations, examples: [], class: 'program', reason: 'exit code 1', attempts: [] },
});

describe('what the arrays of a run come to', () => {
  const first = round(0);

  test('counts combinations of ended slices, and what the fragments of failed ones say', () => {
    const at = arrayAt(first, 'submitted', { succeeded: 2, failed: 1, running: 2 });
    const { done, failedByRound } = tally(engine, [at], new Map([['r0', [failed(4, 1)]]]));
    expect(done).toEqual({ succeeded: 5, failed: 1 });
    expect(failedByRound.get(0)).toBe(1);
  });

  test('takes a failed slice without a word for failed as a whole', () => {
    const at = arrayAt(first, 'submitted', { succeeded: 2, failed: 1, running: 2 });
    expect(tally(engine, [at], new Map([['r0', [failed(4, null)]]])).done).toEqual({
      succeeded: 4,
      failed: 2,
    });
  });

  test('takes what a stopped slice did not finish for neither succeeded nor failed', () => {
    const at = arrayAt(first, 'ended', { succeeded: 2, failed: 3 });
    const stopped = (child: number) => ({ ...failed(child, null), class: 'cancelled' as const });
    const lines = [stopped(2), { ...stopped(3), failed: 1, unfinished: 1 }, failed(4, 1)];
    const { done, failedByRound } = tally(engine, [at], new Map([['r0', lines]]));
    expect(done).toEqual({ succeeded: 5, failed: 2 }); // four of slices 0 and 1, one of slice 4
    expect(failedByRound.get(0)).toBe(2);
  });

  test('burns money only for slices that start or run', () => {
    const at = arrayAt(first, 'submitted', { runnable: 1, starting: 1, running: 3 }, 0.25);
    expect(tally(engine, [at], new Map())).toMatchObject({ burnUsdPerHour: 2, meteredUsd: 0.25 });
  });

  test('is settled when every array is', () => {
    const over = arrayAt(first, 'ended', { succeeded: 5 });
    const open = arrayAt(round(1), 'submitted', { running: 5 });
    expect(tally(engine, [over], new Map()).settled).toBe(true);
    expect(tally(engine, [over, open], new Map()).settled).toBe(false);
  });

  test('takes what an array that is over was last seen to do for neither waiting nor running', () => {
    const over = arrayAt(first, 'ended', { succeeded: 2, runnable: 1, running: 2 });
    const { counts, withoutResult } = tally(engine, [over], new Map());
    expect(counts).toEqual({ ...noCounts, succeeded: 2 });
    expect(withoutResult).toBe(3);
  });

  test('counts slices of an array that was cancelled before it was submitted', () => {
    const { document, ...at } = arrayAt(first, 'ended', {});
    const value: ArrayRecord = { state: 'cancelled', name: 'n', queue: 'q', submission: null, at: '' };
    const never = { ...at, document: { ...document, value } };
    expect(tally(engine, [never], new Map())).toMatchObject({ counts: noCounts, withoutResult: 5 });
  });

  test('does not count a failure that a later round took over', () => {
    const again = round(1, {
      groups: [{ class: 0, indexes: [[8, 10]], sliceSize: 2 }],
      arrays: [{ array: 0, class: 0, firstSlice: 0, slices: 1 }],
    });
    const arrays = [
      arrayAt(first, 'ended', { succeeded: 4, failed: 1 }),
      arrayAt(again, 'submitted', { running: 1 }),
    ];
    const { done, failedByRound } = tally(engine, arrays, new Map([['r0', [failed(4, 2)]]]));
    expect(done).toEqual({ succeeded: 8, failed: 0 });
    expect(failedByRound.get(0)).toBe(2);
  });

  test('does not count a slice that ended well without work once a later round takes it over', () => {
    const again = round(1, {
      groups: [{ class: 0, indexes: [[4, 10]], sliceSize: 2 }],
      arrays: [{ array: 0, class: 0, firstSlice: 0, slices: 3 }],
    });
    const arrays = [
      arrayAt(first, 'ended', { succeeded: 3, failed: 2 }),
      arrayAt(again, 'ended', { succeeded: 3 }),
    ];
    const { done } = tally(engine, arrays, new Map([['r0', [failed(3, 2), failed(4, 2)]]]));
    expect(done).toEqual({ succeeded: 10, failed: 0 });
  });

  test('counts each combination once when all are executed again', () => {
    const arrays = [
      arrayAt(first, 'ended', { succeeded: 5 }),
      arrayAt(round(1, { again: true }), 'submitted', { succeeded: 1, running: 4 }),
    ];
    expect(tally(engine, arrays, new Map()).done).toEqual({ succeeded: 2, failed: 0 });
  });
});

describe('what people are told is done', () => {
  const now = { done: { succeeded: 8, failed: 1 } };
  const stopped = { by: 'ana', why: 'enough', at: '' };
  const published = { phase: 'published', round: 0, sha256: 'a' } as const;
  const running = { phase: 'running', round: 0 } as const;
  const cancelling = { phase: 'cancelling', round: 0, ...stopped } as const;

  test('is what the slices come to while a run goes on', () => {
    expect(doneOf({ phase: running, stopped: null, done: { succeeded: 2, failed: 0 } }, now)).toEqual(
      now.done,
    );
  });

  test('believes no further success once the run is being stopped', () => {
    expect(doneOf({ phase: cancelling, stopped, done: { succeeded: 2, failed: 0 } }, now)).toEqual({
      succeeded: 2,
      failed: 1,
    });
  });

  test('is what was merged once the run is published, and only then', () => {
    const merged = { succeeded: 0, failed: 1, missing: 11 };
    expect(doneOf({ phase: published, stopped, done: merged }, now)).toEqual(merged);
    expect(doneOf({ phase: running, stopped: null, done: merged }, now)).toEqual(now.done);
  });
});

describe('a run stops', () => {
  const open: Tally = {
    ...{ counts: noCounts, done: { succeeded: 0, failed: 0 }, failedByRound: new Map<number, number>() },
    ...{ withoutResult: 0, meteredUsd: 0, burnUsdPerHour: 0, settled: false },
  };
  const failures = (count: number, of = 1) => ({ failedByRound: new Map([[of, count]]) });
  test.each<[string, Partial<Tally>, Partial<RoundRecord>, string | undefined]>([
    ['not while all is well', {}, {}, undefined],
    ['not below the limit of failures', failures(2), {}, undefined],
    ['at the limit of failures', failures(3), {}, '3 combinations failed'],
    ['not for failures of an earlier round', failures(9, 0), {}, undefined],
    ['not for no failures where none are allowed', failures(0), { stopAfterFailures: 0 }, undefined],
    ['not when everything has ended', { ...failures(9), settled: true }, {}, undefined],
    ['not without a budget', { meteredUsd: 1e6, burnUsdPerHour: 1e6 }, {}, undefined],
    ['when spending reaches the budget', { meteredUsd: 5 }, { budgetUsd: 5 }, 'budget of $5.00'],
    // Two looks of 10 min and 15 min more: 35 min of 6 USD an hour are 3.50 USD.
    [
      'when stopping would reach the budget',
      { meteredUsd: 1.5, burnUsdPerHour: 6 },
      { budgetUsd: 5 },
      'up to $3.50',
    ],
    ['not just before', { meteredUsd: 1.49, burnUsdPerHour: 6 }, { budgetUsd: 5 }, undefined],
  ])('%s', (_what, now, of, why) => {
    const reason = stopReason({ ...open, ...now }, round(1, of), settings, { usd: 0, usdPerHour: 0 });
    if (why === undefined) expect(reason).toBeUndefined();
    else expect(reason).toContain(why);
  });
});
