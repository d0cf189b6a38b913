import { describe, expect, it } from 'vitest';
import { lookDelay, Pace, retryDelay } from '../../src/cli/cadence.ts';

const middle = () => 0.5;

describe('looks at slices that run elsewhere', () => {
  it.each([
    ['soon after the first', { seconds: 1, unchanged: 0 }, 5],
    ['every 15 s in the first five minutes', { seconds: 299, unchanged: 3 }, 15],
    ['every 30 s later', { seconds: 301, unchanged: 0 }, 30],
    ['every minute while nothing changes', { seconds: 100, unchanged: 4 }, 60],
    ['every 30 s again once something does', { seconds: 9000, unchanged: 0 }, 30],
  ])('come %s', (_when, looked, seconds) => {
    expect(lookDelay(looked, middle)).toBe(seconds);
  });

  it('are spread by a fifth either way', () => {
    expect(lookDelay({ seconds: 400, unchanged: 0 }, () => 0)).toBeCloseTo(24);
    expect(lookDelay({ seconds: 400, unchanged: 0 }, () => 0.999999)).toBeCloseTo(36, 3);
  });

  it('come at one pace where it is given, whatever they see', () => {
    const pace = new Pace(7, () => 1000);
    expect(['a', 'a', 'a', 'a', 'a', 'a'].map((picture) => pace.afterLook(picture))).toEqual([
      7, 7, 7, 7, 7, 7,
    ]);
  });

  it('slacken once the picture has been the same four times over', () => {
    const pace = new Pace(undefined, () => 1000);
    const delays = ['a', 'a', 'a', 'a', 'a', 'b'].map((picture) => pace.afterLook(picture));
    expect(delays.map((seconds) => seconds > 40)).toEqual([false, false, false, false, true, false]);
  });

  it('that succeed in between forget the failures before', () => {
    const pace = new Pace(1, () => 0);
    const failures = () => [1, 2, 3, 4, 5].map(() => pace.afterFailure());
    expect(failures()).toEqual([10, 20, 40, 60, 60]);
    pace.afterLook('');
    expect(failures()).toEqual([10, 20, 40, 60, 60]);
    expect(pace.afterFailure()).toBeUndefined();
  });

  it('that fail are tried again ever later, five times', () => {
    expect([1, 2, 3, 4, 5, 6].map(retryDelay)).toEqual([10, 20, 40, 60, 60, undefined]);
  });
});
