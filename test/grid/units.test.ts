import { expect, test } from 'vitest';
import { parseDuration, parseMemory, parseStorage, UnitError } from '../../src/grid/units.ts';

test.each<[string | number, number]>([
  ['4h', 14_400],
  ['48 min', 2_880],
  ['10 min', 600],
  ['1h30m', 5_400],
  ['1 h 30 min', 5_400],
  ['180 d', 15_552_000],
  ['2w', 1_209_600],
  ['0.5 h', 1_800],
  ['90 s', 90],
  ['250ms', 0.25],
  ['3600', 3_600],
  [90, 90],
])('%s is %d seconds', (text, seconds) => {
  expect(parseDuration(text)).toBe(seconds);
});

test.each(['', 'soon', '4 hourz', '-3 h', '0', '0 s', '30m1h', '1h 1h', '4h!', '1e9', 'Infinity'])(
  '%j is no duration',
  (text) => {
    expect(() => parseDuration(text)).toThrow(UnitError);
  },
);

test.each<[string, number]>([
  ['3 GiB', 3_072],
  ['3000 MiB', 3_000],
  ['3000MiB', 3_000],
  ['3 GB', 2_862],
  ['1.5 gib', 1_536],
  ['1 KiB', 1],
  ['2 TiB', 2_097_152],
])('%s is %d MiB', (text, mib) => {
  expect(parseMemory(text)).toBe(mib);
});

test.each<[string, number]>([
  ['20 GiB', 20],
  ['5 TB', 4_657],
  ['100 MiB', 1],
])('%s is %d GiB', (text, gib) => {
  expect(parseStorage(text)).toBe(gib);
});

test.each(['3000', '3 Gi', '3 gigabytes', 'much', '-3 GiB', '0 GiB', ''])('%j is no size', (text) => {
  expect(() => parseMemory(text)).toThrow(UnitError);
});

test('a size without a unit is asked for one', () => {
  expect(() => parseMemory('3000')).toThrow('The size 3000 has no unit.');
});
