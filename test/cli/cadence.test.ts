import { describe, expect, it } from 'vitest';
import { lookDelay, retryDelay } from '../../src/cli/cadence.ts';

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

  it('that fail are tried again ever later, five times', () => {
    expect([1, 2, 3, 4, 5, 6].map(retryDelay)).toEqual([10, 20, 40, 60, 60, undefined]);
  });
});
