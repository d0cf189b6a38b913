import type { Value } from './combination.ts';
import { ExpressionError } from './expression-error.ts';
import { isList } from './inside.ts';

/** `text 'abc'`, `the number 3`: how messages name a value. */
export function describeValue(value: Value): string {
  if (value === null) return 'null';
  if (isList(value)) return 'a list';
  if (typeof value === 'object') return 'an object';
  if (typeof value === 'string') return `the text '${value.length > 30 ? `${value.slice(0, 29)}…` : value}'`;
  return typeof value === 'boolean' ? String(value) : `the number ${value}`;
}

export function asNumber(value: Value, what: string, offset: number): number {
  if (typeof value === 'number') return value;
  const fix =
    typeof value === 'string' && value.trim() !== '' && Number.isFinite(Number(value))
      ? 'Remove the quotes or `type: text` where the value is written.'
      : 'Use numbers there.';
  throw new ExpressionError(`${what} works on numbers, and this is ${describeValue(value)}.`, offset, fix);
}

/** Only null stands for false besides false itself: 0 and '' are values that a parameter may well have. */
export function asBoolean(value: Value, what: string, offset: number): boolean {
  if (typeof value === 'boolean') return value;
  if (value === null) return false;
  throw new ExpressionError(
    `${what} works on true and false, and this is ${describeValue(value)}.`,
    offset,
    "Compare it: x > 0, x != ''.",
  );
}

/** Infinity and NaN are no values of a grid. */
export function finite(value: number, what: string, offset: number): number {
  if (Number.isFinite(value)) return value;
  throw new ExpressionError(
    `${what} has no finite result here.`,
    offset,
    'Keep the values within the range of numbers.',
  );
}

export function arithmetic(sign: string, left: Value, right: Value, offset: number): number {
  const a = asNumber(left, sign, offset);
  const b = asNumber(right, sign, offset);
  if (b === 0 && (sign === '/' || sign === '%')) {
    throw new ExpressionError(
      'Division by zero.',
      offset,
      'Leave such combinations out with `exclude` or `only`.',
    );
  }
  return finite(apply(sign, a, b), `${a} ${sign} ${b}`, offset);
}

function apply(sign: string, a: number, b: number): number {
  if (sign === '+') return a + b;
  if (sign === '-') return a - b;
  if (sign === '*') return a * b;
  if (sign === '/') return a / b;
  return sign === '%' ? modulo(a, b) : a ** b;
}

/** Python's: the result has the sign of the divisor. */
function modulo(a: number, b: number): number {
  const rest = a % b;
  if (rest === 0) return b < 0 ? -0 : 0;
  return rest < 0 === b < 0 ? rest : rest + b;
}

export function compare(sign: string, left: Value, right: Value, offset: number): boolean {
  if (sign === '==') return sameValue(left, right);
  if (sign === '!=') return !sameValue(left, right);
  if (sign === 'in') return contains(right, left, offset);
  if (sign.startsWith('not')) return !contains(right, left, offset);
  return order(sign, left, right, offset);
}

function order(sign: string, left: Value, right: Value, offset: number): boolean {
  if (typeof left === 'number' && typeof right === 'number') return ordered(sign, left - right);
  // By code unit: dates and times in ISO form compare as they should.
  if (typeof left === 'string' && typeof right === 'string')
    return ordered(sign, left < right ? -1 : left > right ? 1 : 0);
  throw new ExpressionError(
    `${sign} compares two numbers or two texts, and these are ${describeValue(left)} and ${describeValue(right)}.`,
    offset,
    'Write text in quotes and numbers without.',
  );
}

function ordered(sign: string, difference: number): boolean {
  if (sign === '<') return difference < 0;
  if (sign === '<=') return difference <= 0;
  return sign === '>' ? difference > 0 : difference >= 0;
}

function contains(container: Value, item: Value, offset: number): boolean {
  if (isList(container)) return container.some((each) => sameValue(each, item));
  if (typeof container === 'string' && typeof item === 'string') return container.includes(item);
  if (container !== null && typeof container === 'object' && !isList(container) && typeof item === 'string') {
    return Object.hasOwn(container, item);
  }
  throw new ExpressionError(
    `'in' looks into a list, a text or an object; this is ${describeValue(container)}, asked for ${describeValue(item)}.`,
    offset,
    "Write for example x in [1, 2] or 'a' in name.",
  );
}

/** Deep equality; a number never equals a text. */
export function sameValue(a: Value, b: Value): boolean {
  if (a === b) return true;
  if (isList(a) || isList(b)) {
    return (
      isList(a) &&
      isList(b) &&
      a.length === b.length &&
      a.every((item, index) => sameValue(item, b[index] ?? null))
    );
  }
  if (a === null || b === null || typeof a !== 'object' || typeof b !== 'object') return false;
  const keys = Object.keys(a);
  return (
    keys.length === Object.keys(b).length &&
    keys.every((key) => Object.hasOwn(b, key) && sameValue(a[key] ?? null, b[key] ?? null))
  );
}
