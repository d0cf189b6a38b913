import { ConfigurationError } from '../errors.ts';
import type { Block, Point } from './block.ts';
import type { Combination, Value } from './combination.ts';
import { defaultParts, LabelError, type LabelPart, templateParts, writeLabel } from './label.ts';
import type { Piece } from './piece.ts';
import { pointId, walkPoints } from './points.ts';
import type { Node } from './tree.ts';

/** Everything that expanding needs, read and checked. */
export interface Expansion {
  readonly file: string;
  readonly blocks: readonly ExpandableBlock[];
  readonly label: string | undefined;
  readonly labelNode: Node | undefined;
  readonly limit: number;
}

export interface ExpandableBlock {
  readonly block: Block;
  readonly parts: readonly LabelPart[];
}

export function expandable(
  blocks: readonly Block[],
  label: string | undefined,
  axes: readonly string[],
): ExpandableBlock[] {
  return blocks.map((block) => {
    const slots = new Map(block.names.map((name, slot) => [name, slot]));
    return { block, parts: label === undefined ? defaultParts(axes, slots) : templateParts(label, slots) };
  });
}

/** A point with its names, as a streaming reader sees it; `point` is reused. */
export interface Named {
  readonly index: number;
  readonly id: string;
  readonly label: string;
  readonly block: Block;
  readonly point: Point;
}

export function* walkNamed(expansion: Expansion): Generator<Named> {
  let index = 0;
  for (const { block, parts } of expansion.blocks) {
    for (const point of walkPoints(expansion.file, block, index)) {
      if (index >= expansion.limit) throw tooMany(expansion);
      const id = pointId(block, point);
      yield { index, id, label: labelOf(expansion, parts, point, index, id), block, point };
      index += 1;
    }
  }
}

export function labelOf(
  expansion: Expansion,
  parts: readonly LabelPart[],
  point: Point,
  index: number,
  id: string,
): string {
  try {
    return writeLabel(parts, point, index, id, expansion.label === undefined);
  } catch (error) {
    if (!(error instanceof LabelError)) throw error;
    const at = expansion.labelNode?.at;
    const message = `the label of combination ${index}: ${error.message}`;
    throw new ConfigurationError({ file: expansion.file, ...at, message, fix: error.fix }, { cause: error });
  }
}

export function tooMany({ file, limit }: Expansion): ConfigurationError {
  return new ConfigurationError({
    file,
    message: `the grid has more than ${limit.toLocaleString('en')} combinations`,
    fix: 'If that is meant, raise `max_combinations` at the top of the file.',
  });
}

/** The combination that a program's placeholders and `muster expand` see. */
export function toCombination({ index, id, label, point }: Named): Combination {
  const parameters: Record<string, Value> = {};
  const text: Record<string, string> = {};
  for (const piece of point) {
    if (piece === undefined) continue;
    parameters[piece.name] = piece.value;
    text[piece.name] = piece.text;
  }
  return { index, id, label, parameters, text };
}

/** The line of `muster expand`: exactly `JSON.stringify(combination)`, put together from prepared parts. */
export function toLine({ index, id, label, point }: Named): string {
  let parameters = '';
  let text = '';
  for (let slot = 0; slot < point.length; slot += 1) {
    const piece: Piece | undefined = point[slot];
    if (piece === undefined) continue;
    parameters += parameters === '' ? piece.json : `,${piece.json}`;
    text += text === '' ? piece.textJson : `,${piece.textJson}`;
  }
  // A label holds nothing that JSON would escape.
  return `{"index":${index},"id":"${id}","label":"${label}","parameters":{${parameters}},"text":{${text}}}`;
}
