import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { shippedPrices } from '../../src/money/prices.ts';
import type { Ranges, ResourceClass } from '../../src/plan/plan.ts';
import { queueChooser } from '../../src/plan/queues.ts';
import * as ranges from '../../src/plan/ranges.ts';
import {
  failureLimit,
  firstRound,
  type RoundBasis,
  rerunRound,
  restRound,
  spread,
  wholeSlices,
} from '../../src/plan/rounds.ts';
import { sliceCount, slicesOf } from '../../src/plan/slices.ts';
import { smallGrid } from './small-grid.ts';

const arn = 'arn:aws:batch:us-east-1:123456789012:job-queue/any';

const classOf = (number: number): ResourceClass => ({
  class: number,
  resources: { vcpus: 1, memoryMib: 1024, gpus: 0, architecture: 'arm64', capacity: 'spot', ulimits: {} },
  queue: 'graviton-spot',
  image: 'demo',
  timeoutSeconds: 3600,
});
const limits = { min: 2, max: 10_000 };
const basis = (count: number, changes: Partial<RoundBasis['grid']> = {}): RoundBasis => ({
  grid: { ...smallGrid, ...changes },
  classes: [classOf(0)],
  members: [{ class: 0, indexes: ranges.upTo(count) }],
  limits,
});
/** Even indexes in class 0, odd ones in class 1. */
const striped: RoundBasis = {
  grid: smallGrid,
  classes: [classOf(0), classOf(1)],
  members: [
    { class: 0, indexes: ranges.fromIndexes([0, 2, 4, 6]) },
    { class: 1, indexes: ranges.fromIndexes([1, 3, 5, 7]) },
  ],
  limits,
};
const choose = queueChooser({
  kind: 'aws-batch',
  prices: shippedPrices,
  queues: {
    'intel-spot': { arn, architecture: 'amd64', capacity: 'spot' },
    'graviton-spot': { arn, architecture: 'arm64', capacity: 'spot', instanceTypes: ['c7g.large'] },
    'graviton-large': { arn, architecture: 'arm64', capacity: 'spot', instanceTypes: ['r7g.4xlarge'] },
    'graviton-demand': { arn, architecture: 'arm64', capacity: 'on-demand' },
  },
});
const rerun = (from: RoundBasis, indexes: readonly number[], overrides = {}) =>
  rerunRound(from, ranges.fromIndexes(indexes), { overrides, choose, again: false });

const listed = (round: { readonly groups: readonly { readonly indexes: Ranges }[] }) =>
  round.groups.flatMap(({ indexes }) => [...ranges.iterate(indexes)]);

describe('the first round', () => {
  test('runs everything but what is reused', () => {
    const round = firstRound(basis(10), [[2, 5]]);
    expect(round.reason).toBe('launch');
    expect(listed(round)).toEqual([0, 1, 5, 6, 7, 8, 9]);
  });

  test('is a pilot spread over what has to run, one combination a slice', () => {
    const grid = {
      launch: { on: 'manual', pilot: 3 },
      slice: { combinations: 4, per: 'combination' },
    } as const;
    const round = firstRound(basis(41, grid), [[0, 1]]);
    expect(round.reason).toBe('pilot');
    expect(listed(round)).toEqual([1, 21, 40]); // 40 left; positions 0, 19.5 and 39 of them
    expect(sliceCount(round.groups)).toBe(3);
  });

  test('needs no pilot when that would be everything', () => {
    expect(firstRound(basis(3, { launch: { on: 'manual', pilot: 3 } }), []).reason).toBe('launch');
  });

  test('pilots whole slices where the program takes slices', () => {
    const grid = { launch: { on: 'manual', pilot: 6 }, slice: { combinations: 5, per: 'slice' } } as const;
    const round = firstRound(basis(23, grid), []);
    expect([...slicesOf(round.groups)].map(({ indexes }) => indexes)).toEqual([[[0, 5]], [[20, 23]]]);
  });

  test('and the rest run every combination once', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 60 }),
        fc.integer({ min: 1, max: 20 }),
        fc.integer({ min: 1, max: 7 }),
        fc.constantFrom('slice', 'combination'),
        (count, pilot, combinations, per) => {
          const from = basis(count, { launch: { on: 'manual', pilot }, slice: { combinations, per } });
          const first = firstRound(from, []);
          const settled = ranges.union(...first.groups.map((group) => group.indexes));
          const all = [...listed(first), ...listed(restRound(from, settled))];
          expect(all.toSorted((one, other) => one - other)).toEqual([...ranges.iterate(ranges.upTo(count))]);
        },
      ),
    );
  });

  test('has one group and arrays of its own for each class', () => {
    const round = firstRound(striped, []);
    expect(round.groups.map((group) => group.class)).toEqual([0, 1]);
    expect(round.arrays.map((array) => [array.class, array.slices])).toEqual([
      [0, 4],
      [1, 4],
    ]);
  });
});

describe('spreading', () => {
  test.each([
    { count: 1, found: [19] },
    { count: 2, found: [0, 39] },
    { count: 3, found: [0, 20, 39] },
  ])('$count over 40 takes $found', ({ count, found }) => {
    expect([...ranges.iterate(spread(ranges.upTo(40), count))]).toEqual(found);
  });

  test('takes exactly as many as asked for', () => {
    fc.assert(
      fc.property(fc.nat(50), fc.nat(60), (total, count) => {
        expect(ranges.size(spread(ranges.upTo(total), count))).toBe(Math.min(total, count));
      }),
    );
  });
});

describe('a rerun', () => {
  test('packs exactly the selected combinations, by class', () => {
    const round = rerun(striped, [1, 2, 6]);
    expect(round.groups).toEqual([
      {
        class: 0,
        indexes: [
          [2, 3],
          [6, 7],
        ],
        sliceSize: 1,
      },
      { class: 1, indexes: [[1, 2]], sliceSize: 1 },
    ]);
    expect(round.arrays.map((array) => array.slices)).toEqual([2, 1]);
  });

  test('runs whole original slices of programs that take slices, and those only', () => {
    const from = basis(23, { slice: { combinations: 5, per: 'slice' } });
    expect([...slicesOf(rerun(from, [7, 21]).groups)].map(({ indexes }) => indexes)).toEqual([
      [[5, 10]],
      [[20, 23]],
    ]);
  });

  test('always gets the original slices back', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.nat(40)), fc.integer({ min: 1, max: 7 }), (indexes, combinations) => {
        const from = basis(41, { slice: { combinations, per: 'slice' } });
        const originals = [...slicesOf(firstRound(from, []).groups)].map((slice) => slice.indexes);
        const again = [...slicesOf(rerun(from, indexes).groups)].map((slice) => slice.indexes);
        const expected = originals.filter(([range]) =>
          indexes.some((one) => range && one >= range[0] && one < range[1]),
        );
        expect(again).toEqual(expected);
      }),
    );
  });

  test('changes what it is told to, in the classes that run', () => {
    const overrides = {
      memoryMib: 2048,
      vcpus: 2,
      attempts: 1,
      timeoutSeconds: 60,
      environment: { DEBUG: '1' },
      budgetUsd: 7,
      failures: { kind: 'count', count: 1 } as const,
    };
    const round = rerun(striped, [2], overrides);
    expect(round.classes[0]).toMatchObject({ resources: { memoryMib: 2048, vcpus: 2 }, timeoutSeconds: 60 });
    expect(round.classes[1]).toEqual(classOf(1));
    expect(round).toMatchObject({
      attempts: 1,
      environment: { DEBUG: '1' },
      budgetUsd: 7,
      stopAfterFailures: 1,
    });
  });

  test('keeps what it is not told to change', () => {
    const round = rerun(striped, [2]);
    expect(round).toMatchObject({ classes: striped.classes, attempts: 3, environment: {}, budgetUsd: null });
  });

  test('keeps the architecture and the queue while that fits', () => {
    expect(rerun(striped, [2], { memoryMib: 2048 }).classes[0]).toMatchObject({ queue: 'graviton-spot' });
  });

  test('moves to a queue of the same architecture when the old one is too small', () => {
    const moved = rerun(striped, [2], { memoryMib: 8192 }).classes[0]; // c7g.large has 4 GiB
    expect(moved).toMatchObject({ queue: 'graviton-large', resources: { architecture: 'arm64' } });
  });

  test('moves to the queue of another capacity', () => {
    expect(rerun(striped, [2], { capacity: 'on-demand' }).classes[0]).toMatchObject({
      queue: 'graviton-demand',
    });
  });

  test('takes a named queue or says why not', () => {
    expect(rerun(striped, [2], { queue: 'graviton-large' }).classes[0]?.queue).toBe('graviton-large');
    expect(() => rerun(striped, [2], { queue: 'intel-spot' })).toThrow(
      /command line: No queue takes architecture arm64/,
    );
  });
});

describe('the failure limit', () => {
  test.each([
    { share: 0.1, combinations: 1440, limit: 144 },
    { share: 0.1, combinations: 25, limit: 3 },
    { share: 0.1, combinations: 31, limit: 4 },
    { share: 0.1, combinations: 70, limit: 7 },
    { share: 0.07, combinations: 100, limit: 7 }, // 7.000000000000001 in binary
    { share: 0.5, combinations: 2, limit: 3 },
  ])('of $share of $combinations is $limit', ({ share, combinations, limit }) => {
    expect(failureLimit({ kind: 'share', share }, combinations)).toBe(limit);
  });

  test('that is a number is taken at its word', () => {
    expect(failureLimit({ kind: 'count', count: 1 }, 1000)).toBe(1);
  });

  test('counts the combinations of the round', () => {
    expect(firstRound(basis(1000), [[0, 900]]).stopAfterFailures).toBe(10);
    const whole = basis(1000, { slice: { combinations: 50, per: 'slice' } });
    expect(rerun(whole, [3]).stopAfterFailures).toBe(5);
  });
});

test('whole slices of nothing are nothing', () => {
  expect(wholeSlices(basis(10), [])).toEqual([]);
});
