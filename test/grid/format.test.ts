import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { FormatError, formatValue, isDate } from '../../src/grid/format.ts';
import { numberText, roundHalfEven } from '../../src/grid/number-format.ts';
import python from './python-formats.json' with { type: 'json' };

/** Python's answers come from python3's own format(), % and strftime. */
type Case = readonly [value: number | string, spec: string, expected: string];

function mismatches(cases: readonly unknown[]): readonly unknown[] {
  return (cases as readonly Case[]) // the JSON's rows are tuples, which TypeScript widens
    .map(
      ([value, spec, expected]) => [value, spec, expected, formatValue(value, String(value), spec)] as const,
    )
    .filter(([, , expected, found]) => expected !== found);
}

test('numbers take the format language of Python, digit for digit', () => {
  expect(mismatches(python.numbers)).toEqual([]);
});

test('numbers take the conversions of C, digit for digit', () => {
  expect(mismatches(python.printf)).toEqual([]);
});

test('text takes width, alignment and a precision that cuts', () => {
  expect(mismatches(python.text)).toEqual([]);
});

test('dates take strftime', () => {
  expect(mismatches(python.dates)).toEqual([]);
});

test('rounding goes to the even digit of the exact binary value, as in Python', () => {
  const wrong = python.rounding.filter(
    ([value = 0, digits = 0, expected]) => roundHalfEven(value, digits) !== expected,
  );
  expect(wrong).toEqual([]);
});

test('without a format a value keeps the text of its literal', () => {
  expect(formatValue(0.003, '3e-3', undefined)).toBe('3e-3');
});

test('a format of width alone keeps the text of the literal', () => {
  expect(formatValue(1, '1.0', '>6')).toBe('   1.0');
});

test('a list joins the texts of its items', () => {
  expect(formatValue([1, 0.003, 'a'], '[1.0, 3e-3, "a"]', ',')).toBe('1.0,3e-3,a');
});

test('a whole number held as 217.0 prints as an integer', () => {
  expect(formatValue(217, '217.0', 'd')).toBe('217');
});

test('generated numbers read back as the same number', () => {
  fc.assert(fc.property(fc.double({ noNaN: true }), (x) => Object.is(Number(numberText(x)), x)));
});

test('a generated minus zero keeps its sign', () => {
  expect(numberText(-0)).toBe('-0');
});

test('17 significant digits read back as the same number', () => {
  fc.assert(
    fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (x) =>
      Object.is(Number(formatValue(x, String(x), '.16e')), x),
    ),
  );
});

test('a fixed format is within half a unit of its last digit', () => {
  fc.assert(
    fc.property(
      fc.double({ min: -1e6, max: 1e6, noNaN: true }),
      fc.integer({ min: 0, max: 8 }),
      (x, digits) => {
        return Math.abs(Number(formatValue(x, String(x), `.${digits}f`)) - x) <= 0.5000001 * 10 ** -digits;
      },
    ),
  );
});

test('a format is at least as wide as it asks', () => {
  fc.assert(
    fc.property(fc.integer(), fc.integer({ min: 1, max: 40 }), (x, width) => {
      return formatValue(x, String(x), `${width}d`).length >= width;
    }),
  );
});

describe('a format that does not fit is refused', () => {
  test.each<[string, Parameters<typeof formatValue>, RegExp]>([
    ['d of a fraction', [0.5, '0.5', 'd'], /whole numbers, and 0\.5 is none/],
    ['%d of a fraction', [3.7, '3.7', '%d'], /whole numbers/],
    ['digits for text', ['abc', 'abc', '.3f'], /for numbers, and 'abc' is text/],
    ['digits for a boolean', [true, 'true', '.3f'], /does not fit the boolean true/],
    ['any for null', [null, 'null', '5'], /does not fit null/],
    ['any for an object', [{ a: 1 }, '{"a": 1}', ','], /does not fit an object/],
    ['digits for a list', [[1], '[1]', '.3f'], /takes a separator/],
    ['an unknown letter', [1, '1', '.3q'], /'\.3q' is not understood/],
    ['a date directive for a number', [2017, '2017', '%Y'], /not a format of numbers/],
    ['an unknown date directive', ['2017-01-26', '2017-01-26', '%Q'], /'%Q' in the date format/],
    ['two conversions', [1, '1', '%d-%d'], /exactly one conversion/],
    ['a precision without a kind', [1.5, '1.5', '.3'], /which kind of digits/],
    ['a width beyond reason', [1, '1', '999999999d'], /999999999 places/],
  ])('%s', (_, values, message) => {
    expect(() => formatValue(...values)).toThrow(message);
  });
});

test('an error of format says what to write', () => {
  const found = (() => {
    try {
      return formatValue(0.5, '0.5', 'd');
    } catch (error) {
      return error;
    }
  })();
  expect(found instanceof FormatError && found.fix).toBe('Write .0f to round it, or another format.');
});

test.each(['2017-01-26', '2017-01-26T00:00:00', '2017-01-26T00:00:00Z'])('%s is a date', (text) => {
  expect(isDate(text)).toBe(true);
});

test.each(['2017-13-26', '2017-02-30', '2017-01', '12:30', '20170126', '2017-1-2'])(
  '%s is no date',
  (text) => {
    expect(isDate(text)).toBe(false);
  },
);
