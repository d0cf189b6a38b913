import { ConfigurationError } from '../errors.ts';
import type { Filter, Point } from './block.ts';
import { canonicalJson } from './canonical.ts';
import type { Value } from './combination.ts';
import { type CompiledExpression, ExpressionError } from './expression.ts';
import type { Node } from './tree.ts';

/** Values of a point by name, for expressions. */
export const scopeOf = (slots: ReadonlyMap<string, number>, point: Point) => (name: string) => {
  const slot = slots.get(name);
  return slot === undefined ? undefined : point[slot]?.value;
};

/** An expression that decides; `wanted` is the answer that keeps the point. */
export function expressionFilter(
  file: string,
  node: Node,
  expression: CompiledExpression,
  slots: ReadonlyMap<string, number>,
  wanted: boolean,
): Filter {
  return {
    node,
    keeps: (point) => decide(file, node, expression, scopeOf(slots, point)) === wanted,
  };
}

function decide(
  file: string,
  node: Node,
  expression: CompiledExpression,
  scope: (name: string) => Value | undefined,
): boolean {
  const answer = evaluateAt(file, node, expression, scope);
  if (typeof answer === 'boolean') return answer;
  throw new ConfigurationError({
    file,
    ...node.at,
    message: `the expression gives ${JSON.stringify(answer)}, not true or false`,
    fix: 'Compare, for example alpha > 1.',
  });
}

export function evaluateAt(
  file: string,
  node: Node,
  expression: CompiledExpression,
  scope: (name: string) => Value | undefined,
): Value {
  try {
    return expression.evaluate(scope);
  } catch (error) {
    if (!(error instanceof ExpressionError)) throw error;
    throw new ConfigurationError(
      { file, ...node.at, message: error.message, fix: error.fix },
      { cause: error },
    );
  }
}

/** Leaves out the points that have all of these values; a list means any of them. */
export function matchFilter(
  node: Node,
  match: Readonly<Record<string, Value>>,
  slots: ReadonlyMap<string, number>,
): Filter {
  const wanted = Object.entries(match).map(([name, value]) => [slots.get(name) ?? -1, value] as const);
  return {
    node,
    keeps: (point) =>
      !wanted.every(([slot, value]) => {
        const piece = point[slot];
        return piece !== undefined && matches(piece.value, value);
      }),
  };
}

function matches(value: Value, wanted: Value): boolean {
  if (canonicalJson(value) === canonicalJson(wanted)) return true;
  if (Array.isArray(wanted))
    return !Array.isArray(value) && wanted.some((item: Value) => matches(value, item));
  if (!isObject(value) || !isObject(wanted)) return false;
  return Object.entries(wanted).every(([key, item]) => {
    const inner = Object.hasOwn(value, key) ? value[key] : undefined;
    return inner !== undefined && matches(inner, item);
  });
}

const isObject = (value: Value): value is { readonly [key: string]: Value } =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
