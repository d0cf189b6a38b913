import { FormatError, formatValue } from './format.ts';
import type { Problems } from './problems.ts';
import type { Literal } from './scalar.ts';
import { child, type Node } from './tree.ts';
import { grouped, mapped, type Values } from './values.ts';

export interface Attributes {
  readonly unit?: string | undefined;
  readonly description?: string | undefined;
  readonly format?: string | undefined;
  readonly round?: number | undefined;
  readonly type?: 'text' | undefined;
  readonly group?: number | undefined;
}

/** Attributes in the order they act: type, rounding, text, packing. */
export function decorate(
  name: string,
  values: Values,
  { type, round, format, group }: Attributes,
  node: Node,
  problems: Problems,
): Values | undefined {
  let decorated = values;
  if (type === 'text') decorated = mapped(decorated, ({ text }) => ({ value: text, text }));
  if (round !== undefined) decorated = mapped(decorated, (literal) => rounded(literal, round));
  if (format !== undefined) {
    const formatted = mapped(decorated, (literal) => formattedLiteral(literal, format));
    const problem = formatProblem(formatted);
    if (problem !== undefined) {
      problems.add(
        child(node, 'format') ?? node,
        `the format of \`${name}\`: ${problem.message}`,
        problem.fix,
      );
      return undefined;
    }
    decorated = formatted;
  }
  return group === undefined ? decorated : grouped(decorated, group);
}

export function rounded(literal: Literal, decimals: number): Literal {
  if (typeof literal.value !== 'number') return literal;
  const value =
    decimals >= 0
      ? Number(literal.value.toFixed(decimals))
      : Math.round(literal.value / 10 ** -decimals) * 10 ** -decimals;
  return value === literal.value ? literal : { value, text: String(value) };
}

export function formattedLiteral({ value, text }: Literal, format: string): Literal {
  return { value, text: formatValue(value, text, format.replace(/^:/, '')) };
}

/** The first of a few values that the format does not fit. */
function formatProblem(values: Values): FormatError | undefined {
  const last = values.length - 1;
  for (const index of new Set([0, 1, Math.floor(last / 2), last].filter((position) => position <= last))) {
    try {
      values.at(index);
    } catch (error) {
      if (error instanceof FormatError) return error;
      throw error;
    }
  }
  return undefined;
}
