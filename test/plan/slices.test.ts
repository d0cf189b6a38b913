import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Group } from '../../src/plan/plan.ts';
import * as ranges from '../../src/plan/ranges.ts';
import { arraysOf, sliceCount, sliceOf, slicesOf, sliceWith } from '../../src/plan/slices.ts';

const batch = { min: 2, max: 10_000 };
const group = (indexes: readonly number[], sliceSize: number, number = 0): Group => ({
  class: number,
  indexes: ranges.fromIndexes(indexes),
  sliceSize,
});

/** Up to four groups that share no index, as a round has them. */
const someGroups = fc
  .array(fc.tuple(fc.nat(3), fc.boolean()), { maxLength: 80 })
  .chain((owners) =>
    fc.tuple(fc.constant(owners), fc.tuple(...[0, 1, 2, 3].map(() => fc.integer({ min: 1, max: 9 })))),
  )
  .map(([owners, sizes]): readonly Group[] =>
    [0, 1, 2, 3].map((number) =>
      group(
        owners.flatMap(([owner, present], index) => (present && owner === number ? [index] : [])),
        sizes[number] ?? 1,
        number,
      ),
    ),
  );

describe('slices of a round', () => {
  test('cover every position exactly once, in order', () => {
    fc.assert(
      fc.property(someGroups, (groups) => {
        let position = 0;
        for (const [number, slice] of [...slicesOf(groups)].entries()) {
          expect(slice.slice).toBe(number);
          expect(slice.start).toBe(position);
          expect(slice.end - slice.start).toBe(ranges.size(slice.indexes));
          expect(slice.end).toBeGreaterThan(slice.start);
          position = slice.end;
        }
        expect(position).toBe(groups.reduce((total, { indexes }) => total + ranges.size(indexes), 0));
      }),
    );
  });

  test('are found by what they hold', () => {
    fc.assert(
      fc.property(someGroups, (groups) => {
        for (const { slice, indexes } of slicesOf(groups))
          for (const index of ranges.iterate(indexes)) expect(sliceWith(groups, index)).toBe(slice);
        expect(sliceWith(groups, 1_000)).toBeUndefined();
      }),
    );
  });

  test('hold the groups indexes one after the other', () => {
    fc.assert(
      fc.property(someGroups, (groups) => {
        const listed = groups.flatMap(({ indexes }) => [...ranges.iterate(indexes)]);
        expect([...slicesOf(groups)].flatMap(({ indexes }) => [...ranges.iterate(indexes)])).toEqual(listed);
      }),
    );
  });

  test('never cross a group and are full but for the last of a group', () => {
    fc.assert(
      fc.property(someGroups, (groups) => {
        const slices = [...slicesOf(groups)];
        for (const { indexes, sliceSize } of groups) {
          const own = slices.filter((slice) => ranges.size(ranges.intersection(slice.indexes, indexes)) > 0);
          for (const [at, slice] of own.entries()) {
            expect(ranges.difference(slice.indexes, indexes)).toEqual([]);
            if (at < own.length - 1) expect(ranges.size(slice.indexes)).toBe(sliceSize);
            else expect(ranges.size(slice.indexes)).toBeLessThanOrEqual(sliceSize);
          }
        }
      }),
    );
  });

  test('are the same looked up one by one as listed', () => {
    fc.assert(
      fc.property(someGroups, (groups) => {
        const slices = [...slicesOf(groups)];
        expect(sliceCount(groups)).toBe(slices.length);
        expect(slices.map(({ slice }) => sliceOf(groups, slice))).toEqual(slices);
      }),
    );
  });

  test('end: a number past the last is refused', () => {
    expect(() => sliceOf([group([1, 2, 3], 2)], 2)).toThrow(/no slice 2: the round has 2/);
    expect(() => sliceOf([group([1, 2, 3], 2)], -1)).toThrow(RangeError);
  });

  test('of scattered combinations are packed without gaps', () => {
    expect(sliceOf([group([4, 9, 10, 33], 3)], 0)).toEqual({
      slice: 0,
      start: 0,
      end: 3,
      indexes: [
        [4, 5],
        [9, 11],
      ],
    });
  });
});

describe('arrays of a round', () => {
  test('cover all slices consecutively, within the limits, each of one group', () => {
    const limits = fc.tuple(fc.integer({ min: 1, max: 4 }), fc.integer({ min: 4, max: 9 }));
    fc.assert(
      fc.property(someGroups, limits, (groups, [min, max]) => {
        let next = 0;
        const arrays = arraysOf(groups, { min, max });
        for (const [number, { array, firstSlice, slices }] of arrays.entries()) {
          expect(array).toBe(number);
          expect(firstSlice).toBe(next);
          expect(slices === 1 || (slices >= min && slices <= max)).toBe(true);
          next += slices;
        }
        expect(next).toBe(sliceCount(groups));
        for (const one of groups) {
          const own = arrays.filter((array) => array.class === one.class);
          expect(own.reduce((total, { slices }) => total + slices, 0)).toBe(sliceCount([one]));
        }
      }),
    );
  });

  test.each([
    { slices: 0, sizes: [] },
    { slices: 1, sizes: [1] },
    { slices: 2, sizes: [2] },
    { slices: 10_000, sizes: [10_000] },
    { slices: 10_001, sizes: [10_000, 1] },
    { slices: 20_000, sizes: [10_000, 10_000] },
    { slices: 25_000, sizes: [10_000, 10_000, 5_000] },
  ])('of $slices slices have the sizes $sizes', ({ slices, sizes }) => {
    const groups: readonly Group[] = [{ class: 0, indexes: ranges.upTo(slices * 3), sliceSize: 3 }];
    expect(arraysOf(groups, batch).map((array) => array.slices)).toEqual(sizes);
  });
});
