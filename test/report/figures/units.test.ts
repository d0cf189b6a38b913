import { expect, test } from 'vitest';
import { rowsWithNumbers, thin } from '../../../src/report/figures/units.ts';

const ascending = Array.from({ length: 10_000 }, (_, row) => 3 * row);

test('few rows are all shown', () => {
  expect(thin([4, 7, 9], 3)).toEqual([4, 7, 9]);
});

test('of many rows exactly as many as asked for are shown, each once and in order', () => {
  const shown = thin(ascending, 1000);
  expect(shown).toHaveLength(1000);
  expect(new Set(shown).size).toBe(1000);
  expect(shown).toEqual(shown.toSorted((a, b) => a - b));
  expect(shown.every((row) => row % 3 === 0)).toBe(true);
});

test('the rows shown meet every value of a fast axis about as often', () => {
  const perValue = new Map<number, number>();
  for (const row of thin(ascending, 1000)) {
    const value = (row / 3) % 10;
    perValue.set(value, (perValue.get(value) ?? 0) + 1);
  }
  expect(perValue.size).toBe(10);
  for (const times of perValue.values()) expect(times).toBeGreaterThan(80);
});

test('no rows are shown when none are asked for', () => {
  expect(thin(ascending, 0)).toEqual([]);
});

test('rows without a number are left out', () => {
  const values = Float64Array.of(1, Number.NaN, Number.POSITIVE_INFINITY, 0, -2);
  expect([...rowsWithNumbers(values)]).toEqual([0, 3, 4]);
});
