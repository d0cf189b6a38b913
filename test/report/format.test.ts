import { expect, test } from 'vitest';
import {
  count,
  duration,
  moment,
  money,
  moneyRange,
  number,
  percent,
  plural,
  size,
} from '../../src/report/format.ts';

test.each([
  [0, '0'],
  [999, '999'],
  [1440, '1,440'],
  [1_000_000, '1,000,000'],
])('counts have thousands separators: %d', (value, text) => expect(count(value)).toBe(text));

test('one is singular', () => {
  expect([plural(1, 'slice'), plural(2, 'slice')]).toEqual(['1 slice', '2 slices']);
});

test.each([
  [0, '$0.00'],
  [0.004, '< $0.01'],
  [31.5, '$31.50'],
  [1234.567, '$1,234.57'],
  [-2, '-$2.00'],
])('money: %d', (usd, text) => expect(money(usd)).toBe(text));

test('a range of money that rounds to one amount is one amount', () => {
  expect(moneyRange({ low: 1.001, high: 1.002 })).toBe('$1.00');
  expect(moneyRange({ low: 1, high: 2 })).toBe('$1.00 to $2.00');
});

test.each([
  [0, '0 s'],
  [0.42, '0.42 s'],
  [9.96, '10 s'],
  [59.4, '59 s'],
  [59.6, '1 min'],
  [200, '3 min 20 s'],
  [2880, '48 min'],
  [3585, '1 h'],
  [11_520, '3 h 12 min'],
  [7199, '2 h'],
  [187_200, '2 d 4 h'],
])('a duration of %d s', (seconds, text) => expect(duration(seconds)).toBe(text));

test.each([
  [812, '812 bytes'],
  [1023, '1 KiB'],
  [2.6 * 2 ** 30, '2.6 GiB'],
  [150 * 2 ** 20, '150 MiB'],
])('a size of %d bytes', (bytes, text) => expect(size(bytes)).toBe(text));

test.each([
  [0.1 + 0.2, '0.3'],
  [12_345, '12,345'],
  [-12_345.6, '-12,346'],
  [0.000123456, '1.235e-4'],
  [0.0001, '1e-4'],
  [2e9, '2e9'],
  [Number.NaN, 'NaN'],
])('a result of %d', (value, text) => expect(number(value)).toBe(text));

test('a share that is neither none nor all is never written so', () => {
  expect([0, 0.001, 0.5, 0.9999, 1].map(percent)).toEqual(['0 %', '< 1 %', '50 %', '> 99 %', '100 %']);
});

test('a moment is in UTC to the minute', () => {
  expect(moment('2026-03-01T14:05:59+02:00')).toBe('2026-03-01 12:05 UTC');
});
