import type { Value } from './combination.ts';
import { ExpressionError } from './expression-error.ts';
import { asNumber, finite, sameValue } from './expression-operators.ts';
import { isList } from './inside.ts';
import { roundHalfEven } from './number-format.ts';

interface ExpressionFunction {
  readonly least: number;
  readonly most: number;
  run(values: readonly Value[], offset: number): Value;
}

/** Functions of expressions by name; `default` is not among them, since its first argument may be absent. */
export const expressionFunctions: ReadonlyMap<string, ExpressionFunction> = new Map([
  ['min', extreme('min', (a, b) => a < b)],
  ['max', extreme('max', (a, b) => a > b)],
  ['abs', ofNumber('abs', Math.abs)],
  ['floor', ofNumber('floor', Math.floor)],
  ['ceil', ofNumber('ceil', Math.ceil)],
  ['sqrt', ofNumber('sqrt', Math.sqrt)],
  ['exp', ofNumber('exp', Math.exp)],
  ['log10', ofNumber('log10', Math.log10)],
  [
    'log',
    ofNumbers('log', 1, (x, base) => (base === undefined ? Math.log(x) : Math.log(x) / Math.log(base))),
  ],
  ['pow', { ...ofNumbers('pow', 2, (x, y) => x ** (y ?? 1)) }],
  ['round', ofNumbers('round', 1, (x, digits) => roundHalfEven(x, Math.trunc(digits ?? 0)))],
]);

function ofNumber(name: string, apply: (x: number) => number): ExpressionFunction {
  return {
    least: 1,
    most: 1,
    run: ([x = null], offset) => result(name, apply(asNumber(x, name, offset)), offset),
  };
}

function ofNumbers(
  name: string,
  least: number,
  apply: (x: number, y: number | undefined) => number,
): ExpressionFunction {
  return {
    least,
    most: 2,
    run: ([x = null, y], offset) => {
      const second = y === undefined ? undefined : asNumber(y, name, offset);
      return result(name, apply(asNumber(x, name, offset), second), offset);
    },
  };
}

function result(name: string, value: number, offset: number): number {
  return finite(value, `${name}()`, offset);
}

/** As in Python: of the arguments, or of one list; numbers or texts, not both. */
function extreme(
  name: string,
  better: (a: string | number, b: string | number) => boolean,
): ExpressionFunction {
  return {
    least: 1,
    most: Number.POSITIVE_INFINITY,
    run: (values, offset) => {
      const [first] = values;
      const items = values.length === 1 && first !== undefined && isList(first) ? first : values;
      const usable = items.filter((item) => typeof item === 'number' || typeof item === 'string');
      const [start] = usable;
      if (
        start === undefined ||
        usable.length < items.length ||
        usable.some((item) => typeof item !== typeof start)
      ) {
        throw new ExpressionError(
          `${name} takes numbers, or texts, or one list of them.`,
          offset,
          `Write for example ${name}(a, b).`,
        );
      }
      return usable.reduce(
        (best, item) => (better(item, best) && !sameValue(item, best) ? item : best),
        start,
      );
    },
  };
}
