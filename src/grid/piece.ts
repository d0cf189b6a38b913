import { canonicalJson } from './canonical.ts';
import type { Value } from './combination.ts';
import { isPlainInteger, type Literal } from './scalar.ts';

/**
 * One value of one parameter with everything that is written about it, prepared once: a combination is then only a
 * concatenation, however many share the value.
 */
export interface Piece {
  readonly name: string;
  readonly value: Value;
  readonly text: string;
  /** `"alpha":0.1` as in the id. */
  readonly canonical: string;
  /** `"alpha":0.1` as in `parameters`. */
  readonly json: string;
  /** `"alpha":"0.10"` as in `text`. */
  readonly textJson: string;
  /** Filled in by the label, by the position of its part. */
  readonly labels: string[];
}

export function makePiece(name: string, literal: Literal): Piece {
  const { canonical, json, textJson } = fragments(name, literal);
  return { name, value: literal.value, text: literal.text, canonical, json, textJson, labels: [] };
}

/**
 * The same for a value that is used once and forgotten. A place of its own in the code: V8 learns for each place
 * whether its objects live long, and where the pieces of axes are made they do. Made there, the seeds of a million
 * combinations went straight to the old generation and grew the heap by 200 MB.
 */
export function makePassingPiece(name: string, literal: Literal): Piece {
  const { canonical, json, textJson } = fragments(name, literal);
  return { name, value: literal.value, text: literal.text, canonical, json, textJson, labels: [] };
}

function fragments(name: string, { value, text }: Literal): Pick<Piece, 'canonical' | 'json' | 'textJson'> {
  const key = `${JSON.stringify(name)}:`;
  const textJson = key + JSON.stringify(text);
  if (typeof value === 'number' && isPlainInteger(value)) {
    const digits = key + value.toFixed(0);
    return { canonical: digits, json: digits, textJson };
  }
  return { canonical: key + canonicalJson(value), json: key + JSON.stringify(value), textJson };
}

/** What moves together: an axis, zipped axes, rows or samples. */
export interface Track {
  readonly names: readonly string[];
  readonly length: number;
  /** By `names`; `undefined` where a parameter is absent. */
  at(position: number): readonly (Piece | undefined)[];
}

/** Beyond this, pieces are made anew each time instead of being kept. */
const mostKept = 20_000;

export function makeTrack(
  names: readonly string[],
  length: number,
  literals: (position: number) => readonly (Literal | undefined)[],
): Track {
  const make = (piece: typeof makePiece) => (position: number) =>
    literals(position).map((literal, column) =>
      literal === undefined ? undefined : piece(names[column] ?? '', literal),
    );
  if (length > mostKept) return { names, length, at: make(makePassingPiece) };
  const makeKept = make(makePiece);
  const kept: (readonly (Piece | undefined)[] | undefined)[] = new Array(length);
  return {
    names,
    length,
    at(position) {
      let pieces = kept[position];
      if (pieces === undefined) {
        pieces = makeKept(position);
        kept[position] = pieces;
      }
      return pieces;
    },
  };
}
