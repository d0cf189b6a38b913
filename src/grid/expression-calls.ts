import type { Closure, Part } from './expression-closures.ts';
import { ExpressionError } from './expression-error.ts';
import { expressionFunctions } from './expression-functions.ts';
import { describeValue } from './expression-operators.ts';
import { isList } from './inside.ts';

/** A call of a known function with the right number of values. */
export function call(name: string, offset: number, values: readonly Part[]): Closure {
  if (name === 'default') return defaulting(offset, values);
  const known = expressionFunctions.get(name);
  if (known === undefined) {
    const all = [...expressionFunctions.keys(), 'default'].join(' ');
    throw new ExpressionError(`There is no function '${name}'.`, offset, `Known: ${all}.`);
  }
  if (values.length < known.least || values.length > known.most) throw wrongCount(name, offset, known.least);
  return (scope) =>
    known.run(
      values.map(({ run }) => run(scope)),
      offset,
    );
}

/** `default(x, y)`: y where x, or the key it reaches for, is absent or null. */
function defaulting(offset: number, values: readonly Part[]): Closure {
  const [first, second, third] = values;
  if (first === undefined || second === undefined || third !== undefined)
    throw wrongCount('default', offset, 2);
  return (scope) => {
    try {
      return first.run(scope) ?? second.run(scope);
    } catch (error) {
      if (error instanceof AbsentError) return second.run(scope);
      throw error;
    }
  };
}

function wrongCount(name: string, offset: number, least: number): ExpressionError {
  return new ExpressionError(
    `${name}() has the wrong number of values.`,
    offset,
    `Give it ${least === 1 ? 'one' : 'two'}.`,
  );
}

/** Told apart so that `default` catches it and nothing else. */
class AbsentError extends ExpressionError {}

/** A parameter, or a key inside one. */
export function reference(name: string, keys: readonly string[], offset: number): Closure {
  return (scope) => {
    let value = scope(name);
    let path = name;
    for (const key of keys) {
      if (value === undefined) break;
      if (value === null || typeof value !== 'object' || isList(value)) {
        throw new ExpressionError(
          `${path} is ${describeValue(value)} and has no '${key}'.`,
          offset,
          `Write ${path}.`,
        );
      }
      value = Object.hasOwn(value, key) ? value[key] : undefined;
      path += `.${key}`;
    }
    if (value !== undefined) return value;
    throw new AbsentError(
      `'${path}' is absent in this combination.`,
      offset,
      `Write default(${path}, ...) for a value to use then.`,
    );
  };
}
