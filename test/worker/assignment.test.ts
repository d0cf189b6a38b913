import { describe, expect, it } from 'vitest';
import type { Grid } from '../../src/grid/grid.ts';
import { isOurs } from '../../src/worker/assignment.ts';
import { placeholderSlice } from '../../src/worker/placeholder-slice.ts';
import { unitsOf } from '../../src/worker/slice.ts';
import { combination } from './a-run.ts';

describe('a worker works', () => {
  const recorded = (jobId: string) => ({ handle: { jobId } });
  it.each([
    ['before any job is recorded', { state: 'submitting' }, true],
    ['when its job is recorded', { state: 'submitted', submission: recorded('ours') }, true],
    ['when its job is recorded as ended', { state: 'ended', submission: recorded('ours') }, true],
    ['not when another job is recorded', { state: 'submitted', submission: recorded('other') }, false],
    ['not when another job is recorded as ended', { state: 'ended', submission: recorded('other') }, false],
    ['not when the array was given up without a job', { state: 'unknown', submission: null }, false],
    [
      'not when the array was cancelled before a job was recorded',
      { state: 'cancelled', submission: null },
      false,
    ],
  ])('%s', (_, record, expected) => expect(isOurs(record, 'ours')).toBe(expected));
});

describe('{slice.start} and {slice.end}', () => {
  const slice = { slice: 1, start: 0, end: 3, indexes: [[40, 43]] } as const;
  const of = (per: 'combination' | 'slice', indexes: readonly (readonly [number, number])[]) =>
    placeholderSlice({
      // Nothing else of the grid is looked at.
      grid: { slice: { combinations: 3, per } } as Grid,
      slice: { ...slice, indexes },
    });

  it('are positions of the round’s list for one combination at a time', () => {
    expect(of('combination', [[40, 43]])).toEqual({ start: 0, end: 3 });
  });

  it('are indexes for a program that takes the slice, so that a rerun computes the same', () => {
    expect(of('slice', [[40, 43]])).toEqual({ start: 40, end: 43 });
  });

  it('do not exist for a program that takes the slice when it is not in one piece', () => {
    const indexes = [
      [40, 42],
      [44, 45],
    ] as const;
    expect(() => of('slice', indexes)).toThrow('not consecutive');
  });
});

describe('what is left of a slice', () => {
  const all = [combination(0), combination(1), combination(2)];

  it('is every combination that is not settled', () => {
    expect(unitsOf(all, 'combination', new Set([1])).map((unit) => unit.first.index)).toEqual([0, 2]);
  });

  it('is all of it for a program that takes the slice, unless all is settled', () => {
    expect(unitsOf(all, 'slice', new Set([1])).map((unit) => unit.combinations)).toEqual([all]);
    expect(unitsOf(all, 'slice', new Set([0, 1, 2]))).toEqual([]);
  });
});
