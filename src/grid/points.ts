import { hash } from 'node:crypto';
import { ConfigurationError } from '../errors.ts';
import { formattedLiteral, rounded } from './attributes.ts';
import type { Block, DerivedParameter, Point, UniqueParameter } from './block.ts';
import type { Value } from './combination.ts';
import { evaluateAt } from './filter.ts';
import { FormatError } from './format.ts';
import { makePassingPiece, type Piece } from './piece.ts';
import { computedLiteral, type Literal } from './scalar.ts';
import type { Node } from './tree.ts';

/** Walks the points of one block in order. The same array is handed out each time: read it before going on. */
export function* walkPoints(file: string, block: Block, firstIndex: number): Generator<Point, number> {
  const point: Point = new Array(block.names.length).fill(undefined);
  const slots = new Map(block.names.map((name, slot) => [name, slot]));
  const early = block.computed.filter((item) => !item.indexed);
  const late = block.computed.filter((item) => item.indexed);
  const compute = (item: Block['computed'][number], index: number) => {
    point[item.slot] =
      item.kind === 'unique' ? uniquePiece(file, item, point) : derivedPiece(file, item, point, slots, index);
  };
  let index = firstIndex;
  for (const _ of positions(block, point)) {
    for (const item of early) compute(item, index);
    if (!block.filters.every((filter) => filter.keeps(point))) continue;
    for (const item of late) compute(item, index);
    yield point;
    index += 1;
  }
  return index;
}

/** An odometer over the tracks, the last one fastest; only what turned is written anew. */
function* positions(block: Block, point: Point): Generator<void> {
  const { tracks } = block;
  if (block.size === 0) return;
  const position = tracks.map(() => 0);
  for (let track = 0; track < tracks.length; track += 1) place(block, point, track, 0);
  for (;;) {
    yield;
    let turning = tracks.length - 1;
    for (; turning >= 0; turning -= 1) {
      const next = (position[turning] ?? 0) + 1;
      position[turning] = next < (tracks[turning]?.length ?? 0) ? next : 0;
      place(block, point, turning, position[turning] ?? 0);
      if (position[turning] !== 0) break;
    }
    if (turning < 0) return;
  }
}

function place(block: Block, point: Point, track: number, position: number): void {
  const moved = block.tracks[track];
  if (moved === undefined) return;
  const pieces = moved.at(position);
  for (let column = 0; column < pieces.length; column += 1) point[moved.slots[column] ?? 0] = pieces[column];
}

/** The canonical JSON of the parameters at these slots, which are sorted by name. */
export function canonicalPoint(point: Point, slots: readonly number[]): string {
  let canonical = '';
  for (const slot of slots) {
    const piece = point[slot];
    if (piece !== undefined) canonical += canonical === '' ? piece.canonical : `,${piece.canonical}`;
  }
  return `{${canonical}}`;
}

export const pointId = (block: Block, point: Point) =>
  hash('sha256', canonicalPoint(point, block.identity), 'hex').slice(0, 16);

function derivedPiece(
  file: string,
  { name, expression, attributes, node }: DerivedParameter,
  point: Point,
  slots: ReadonlyMap<string, number>,
  index: number,
): Piece {
  const value = evaluateAt(file, node, expression, (read): Value | undefined => {
    if (read === 'index' && !slots.has('index')) return index;
    const slot = slots.get(read);
    return slot === undefined ? undefined : point[slot]?.value;
  });
  const exact = computedLiteral(value);
  const literal = attributes.round === undefined ? exact : rounded(exact, attributes.round);
  const text = attributes.type === 'text' ? { value: literal.text, text: literal.text } : literal;
  return makePassingPiece(name, formattedAt(file, node, name, text, attributes.format));
}

/** The literal in the parameter's own format, which may not fit what an expression gives. */
function formattedAt(
  file: string,
  node: Node,
  name: string,
  literal: Literal,
  format: string | undefined,
): Literal {
  if (format === undefined) return literal;
  try {
    return formattedLiteral(literal, format);
  } catch (error) {
    if (!(error instanceof FormatError)) throw error;
    const message = `the format of \`${name}\`: ${error.message}`;
    throw new ConfigurationError({ file, ...node.at, message, fix: error.fix }, { cause: error });
  }
}

/** A multiple of the stride from the hash of the other parameters: ranges are the same or do not touch. */
function uniquePiece(file: string, item: UniqueParameter, point: Point): Piece {
  const { name, node, format, form } = item;
  const seed = computedLiteral(seedOf(item, point).slot * form.stride);
  return makePassingPiece(name, formattedAt(file, node, name, seed, format));
}

/** `slot` numbers the range; `key` tells apart points that fell into one range from points that share it. */
export function seedOf(
  { name, form, from }: UniqueParameter,
  point: Point,
): { readonly slot: number; readonly key: number } {
  const digest = hash('sha256', `${name} ${form.salt} ${canonicalPoint(point, from)}`, 'hex');
  // 52 bits: a number holds them exactly.
  const slot = Number.parseInt(digest.slice(0, 13), 16) % Math.floor(form.below / form.stride);
  return { slot, key: Number.parseInt(digest.slice(13, 21), 16) };
}
