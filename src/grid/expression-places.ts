import { type CompiledExpression, compileExpression, ExpressionError } from './expression.ts';
import type { Reading } from './parameters.ts';
import { nearestName } from './schema-problems.ts';
import type { Node } from './tree.ts';

/** Expressions and templates as they stand in the file: what is wrong inside them is shown at its own character. */

/** Compiled, its names checked; `undefined` after reporting a problem. */
export function compileAt(
  text: string,
  node: Node,
  known: ReadonlySet<string>,
  reading: Reading,
): CompiledExpression | undefined {
  try {
    const expression = compileExpression(text);
    for (const name of expression.names) {
      if (!known.has(name))
        reportUnknown(name, known, node, text.search(new RegExp(`\\b${name}\\b`)), 'the expression', reading);
    }
    return expression;
  } catch (error) {
    if (!(error instanceof ExpressionError)) throw error;
    reading.problems.add(inside(node, error.offset), error.message, error.fix);
    return undefined;
  }
}

export function reportUnknown(
  name: string,
  known: ReadonlySet<string>,
  node: Node,
  offset: number,
  where: string,
  { problems }: Reading,
): void {
  const near = nearestName(name, known);
  const guess = near === undefined ? '' : `Did you mean \`${near}\`? `;
  problems.add(
    inside(node, offset),
    `${where} names \`${name}\`, which is no parameter`,
    `${guess}Known: ${[...known].join(', ')}.`,
  );
}

/** The place of a character of one-line text. */
export function inside(node: Node, offset: number): Node {
  if (node.kind !== 'scalar' || node.style === 'block' || offset < 0) return node;
  const column = node.at.column + offset + (node.style === 'quoted' ? 1 : 0);
  return { ...node, at: { line: node.at.line, column } };
}
