import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import * as ranges from '../../src/plan/ranges.ts';

const indexSet = fc.uniqueArray(fc.nat(60), { maxLength: 40 });
const sorted = (indexes: Iterable<number>) => [...new Set(indexes)].sort((one, other) => one - other);

describe('ranges of combination indexes', () => {
  test('hold neighbours as one range, whatever the order they come in', () => {
    expect(ranges.fromIndexes([7, 3, 2, 4, 3])).toEqual([
      [2, 5],
      [7, 8],
    ]);
  });

  test('hold an index once that comes twice', () => {
    expect(ranges.fromIndexes([3, 3])).toEqual([[3, 4]]);
  });

  test('of a whole grid are one pair', () => {
    expect(ranges.fromIndexes(ranges.iterate(ranges.upTo(1_000_000)))).toEqual([[0, 1_000_000]]);
  });

  test('of an empty grid are empty', () => {
    expect(ranges.upTo(0)).toEqual([]);
  });

  test('give back each index once, ascending', () => {
    fc.assert(
      fc.property(indexSet, (indexes) => {
        expect([...ranges.iterate(ranges.fromIndexes(indexes))]).toEqual(sorted(indexes));
      }),
    );
  });

  test('are sorted and never touch, after every operation', () => {
    fc.assert(
      fc.property(indexSet, indexSet, (one, other) => {
        const [left, right] = [ranges.fromIndexes(one), ranges.fromIndexes(other)];
        for (const found of [left, ranges.union(left, right), ranges.difference(left, right)]) {
          for (const [at, [start, end]] of found.entries()) {
            expect(start).toBeLessThan(end);
            expect(start).toBeGreaterThan(found[at - 1]?.[1] ?? -1);
          }
        }
      }),
    );
  });

  test('count and contain what sets count and contain', () => {
    fc.assert(
      fc.property(indexSet, fc.nat(60), (indexes, probe) => {
        const found = ranges.fromIndexes(indexes);
        expect(ranges.size(found)).toBe(indexes.length);
        expect(ranges.contains(found, probe)).toBe(indexes.includes(probe));
      }),
    );
  });

  test('unite, subtract and intersect as sets do', () => {
    fc.assert(
      fc.property(indexSet, indexSet, (one, other) => {
        const [left, right] = [ranges.fromIndexes(one), ranges.fromIndexes(other)];
        expect([...ranges.iterate(ranges.union(left, right))]).toEqual(sorted([...one, ...other]));
        expect([...ranges.iterate(ranges.difference(left, right))]).toEqual(
          sorted(one.filter((index) => !other.includes(index))),
        );
        expect([...ranges.iterate(ranges.intersection(left, right))]).toEqual(
          sorted(one.filter((index) => other.includes(index))),
        );
      }),
    );
  });

  test('slice by position as the ascending list does', () => {
    fc.assert(
      fc.property(indexSet, fc.nat(45), fc.nat(45), (indexes, start, length) => {
        const cut = ranges.slice(ranges.fromIndexes(indexes), start, start + length);
        expect([...ranges.iterate(cut)]).toEqual(sorted(indexes).slice(start, start + length));
      }),
    );
  });

  test('take the first few', () => {
    expect(
      ranges.take(
        [
          [2, 4],
          [9, 20],
        ],
        3,
      ),
    ).toEqual([
      [2, 4],
      [9, 10],
    ]);
  });
});
