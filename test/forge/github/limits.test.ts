import { describe, expect, test } from 'vitest';
import { decideWait, type Refusal } from '../../../src/forge/github/limits.ts';

const now = Date.parse('2026-11-20T12:00:00Z');
const refused = (status: number | undefined, headers: Refusal['headers'] = {}, message = ''): Refusal => ({
  ...{ status, headers, message },
});
const reset = { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': String(now / 1000 + 30) };

describe('a refused request is sent again', () => {
  test.each([
    ['after what GitHub asks for', refused(403, { 'retry-after': '17' }), 0, 17],
    ['after what it asks for with 429', refused(429, { 'retry-after': '5' }), 0, 5],
    ['a second after the rate limit is full again', refused(403, reset), 0, 31],
    ['after a minute where 429 names no time', refused(429), 0, 60],
    ['after twice as long the second time', refused(429), 1, 120],
    [
      'after a minute where only the text tells the limit',
      refused(403, {}, 'You have exceeded a secondary rate limit.'),
      0,
      60,
    ],
    ['soon after trouble', refused(502), 0, 1],
    ['later after more trouble', refused(503), 2, 9],
    ['soon after no answer', refused(undefined), 0, 1],
  ])('%s', (_, refusal, attempt, seconds) => {
    expect(decideWait(refusal, attempt, now)?.seconds).toBe(seconds);
  });

  test('at once, nearly, when the rate limit is full again already', () => {
    const past = { ...reset, 'x-ratelimit-reset': String(now / 1000 - 100) };
    expect(decideWait(refused(403, past), 0, now)?.seconds).toBe(1);
  });
});

describe('a refused request is not sent again', () => {
  test.each([
    ['where a right is missing', refused(403, { 'x-ratelimit-remaining': '900' }), 0],
    ['where something is missing', refused(404), 0],
    ['where it was wrong', refused(422), 0],
    ['where it came too late', refused(409), 0],
    ['after the fourth trouble', refused(500), 3],
    ['after the sixth limit', refused(429, { 'retry-after': '1' }), 5],
  ])('%s', (_, refusal, attempt) => {
    expect(decideWait(refusal, attempt, now)).toBeUndefined();
  });
});
