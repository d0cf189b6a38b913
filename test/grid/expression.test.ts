import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Value } from '../../src/grid/combination.ts';
import { compileExpression, ExpressionError } from '../../src/grid/expression.ts';
import python from './python-expressions.json' with { type: 'json' };

function evaluate(text: string, values: Readonly<Record<string, Value>> = {}): Value {
  return compileExpression(text).evaluate((name) => (Object.hasOwn(values, name) ? values[name] : undefined));
}

function failure(text: string, values: Readonly<Record<string, Value>> = {}): ExpressionError {
  try {
    evaluate(text, values);
  } catch (error) {
    if (error instanceof ExpressionError) return error;
    throw error;
  }
  throw new Error(`${text} has a result`);
}

test.each(python.cases as [string, Value][])('%s is what Python says', (text, expected) => {
  // rows are pairs
  const found = evaluate(text, python.scope);
  if (typeof expected === 'number') expect(found).toBeCloseTo(expected, 12);
  else expect(found).toBe(expected);
});

test.each<[string, Value]>([
  ['1 < 2 && 2 < 3', true],
  ['1 > 2 || 2 > 3', false],
  ['!(1 > 2)', true],
  ['true and not false', true],
  ['null == None', true],
  ['1 == "1"', false],
  ["'it\\'s' == \"it's\"", true],
  ['[1, [2]] == [1, [2]]', true],
  ['null or true', true],
  ['false and 1/0 > 1', false],
])('%s is %s', (text, expected) => {
  expect(evaluate(text)).toBe(expected);
});

test('names are free: no constant and no unit takes one', () => {
  expect(evaluate('i + e + L + N + exp + pi', { i: 1, e: 2, L: 3, N: 4, exp: 5, pi: 6 })).toBe(21);
});

test('names may begin with the letters of a keyword', () => {
  expect(evaluate('notch + orbit + android + inner', { notch: 1, orbit: 2, android: 3, inner: 4 })).toBe(10);
});

test('a point reaches inside an object', () => {
  expect(evaluate('arm.alpha * 2', { arm: { alpha: 1.5 } })).toBe(3);
});

test('the names of an expression are those it reads, without functions and keys', () => {
  expect([...compileExpression('max(a, b.c) > default(d, 0) and "e" in f').names]).toEqual([
    'a',
    'b',
    'd',
    'f',
  ]);
});

test.each<[string, Value]>([
  ['default(x, 4)', 4],
  ['default(arm.beta, 4)', 4],
  ['default(nothing, 4)', 4],
  ['default(zero, 4)', 0],
])('%s stands in for what is absent or null, and for nothing else', (text, expected) => {
  expect(evaluate(text, { arm: {}, nothing: null, zero: 0 })).toBe(expected);
});

test('default does not hide an error of types', () => {
  expect(failure("default('a' + 1, 4)").message).toMatch(/works on numbers/);
});

test.each<[string, RegExp, number]>([
  ['x + 1', /'x' is absent/, 0],
  ["2 * 'a'", /\* works on numbers, and this is the text 'a'/, 4],
  ['1 < "a"', /two numbers or two texts/, 4],
  ['1 and true', /works on true and false, and this is the number 1/, 0],
  ['1 / 0', /Division by zero/, 4],
  ['1 % 0', /Division by zero/, 4],
  ['10 ** 400', /no finite result/, 6],
  ['1e400', /no finite result/, 0],
  ['(-8) ** 0.5', /no finite result/, 8],
  ['sqrt(-1)', /no finite result/, 0],
  ['1 in 2', /looks into a list/, 5],
  ['nope(1)', /no function 'nope'/, 0],
  ['sqrt(1, 2)', /wrong number/, 0],
  ["max(1, 'a')", /takes numbers, or texts/, 0],
  ['1 = 2', /cannot be read/, 2],
  ['a b', /cannot be read/, 2],
  ['', /is empty/, 0],
  ["__import__('os')", /no function/, 0],
  ['a.b(1)', /cannot be read/, 3],
  ['a[0]', /cannot be read/, 1],
])('%s is refused in plain words, with its place', (text, message, offset) => {
  const error = failure(text);
  expect(error.message).toMatch(message);
  expect(error.offset).toBe(offset);
});

test.each([
  ['1 = 2', 'Write == to compare.'],
  ['a // b', 'Write floor(a / b).'],
  ['2 ^ 3', 'Write ** for powers.'],
  ['{a} + 1', 'Names stand alone in expressions, without braces.'],
])('%s gets the way out', (text, fix) => {
  expect(failure(text).fix).toBe(fix);
});

test.each(['constructor', '__proto__', 'toString', 'a.constructor', 'a.__proto__', 'a.toString'])(
  '%s reaches nothing but own keys',
  (text) => {
    expect(failure(text, { a: {} }).message).toMatch(/is absent/);
  },
);

test('an expression of more than 2,000 characters is refused', () => {
  expect(failure(`1${'+1'.repeat(1000)}`).message).toMatch(/2001 characters/);
});

test.each([
  `${'('.repeat(21)}1${')'.repeat(21)}`,
  `${'['.repeat(21)}${']'.repeat(21)}`,
  `${'abs('.repeat(21)}1${')'.repeat(21)}`,
])('brackets beyond 20 levels are refused: %s', (text) => {
  expect(failure(text).message).toMatch(/nests deeper than 20/);
});

test.each([
  `${'-'.repeat(62)}1`,
  `${'- '.repeat(62)}1`,
  `${'not '.repeat(61)}true`,
  `${'!'.repeat(61)}true`,
  `1${'**1'.repeat(61)}`,
])('chains that nest are refused: %s', (text) => {
  expect(failure(text).message).toMatch(/more than 60 of not, \*\* and double signs/);
});

test('the deepest input that is let in does not overflow the stack', () => {
  const prefixes = 'not not not ';
  expect(evaluate(`${`(${prefixes}`.repeat(20)}true${')'.repeat(20)}`)).toBe(true);
  expect(evaluate(`${'(1**1**1**1*'.repeat(20)}1${')'.repeat(20)}`)).toBe(1);
});

test('a chain of 990 terms is fine', () => {
  expect(evaluate('+1'.repeat(990))).toBe(990);
});

test('whatever the text, the outcome is a value or an ExpressionError', () => {
  const piece = fc.constantFrom(
    '1',
    'x',
    '"a"',
    '(',
    ')',
    '[',
    ']',
    '+',
    '-',
    '**',
    ' not ',
    ' in ',
    '<',
    '==',
    ',',
    'max(',
    '.',
    ' and ',
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
      try {
        compileExpression(pieces.join('')).evaluate(() => 1);
      } catch (error) {
        expect(error).toBeInstanceOf(ExpressionError);
      }
    }),
  );
});
