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

export function makePiece(name: string, { value, text }: Literal): Piece {
  const key = `${JSON.stringify(name)}:`;
  if (typeof value === 'number' && isPlainInteger(value)) {
    const digits = key + value.toFixed(0);
    return {
      name,
      value,
      text,
      canonical: digits,
      json: digits,
      textJson: key + JSON.stringify(text),
      labels: [],
    };
  }
  return {
    name,
    value,
    text,
    canonical: key + canonicalJson(value),
    json: key + JSON.stringify(value),
    textJson: key + JSON.stringify(text),
    labels: [],
  };
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
  const make = (position: number) =>
    literals(position).map((literal, column) =>
      literal === undefined ? undefined : makePiece(names[column] ?? '', literal),
    );
  if (length > mostKept) return { names, length, at: make };
  const kept: (readonly (Piece | undefined)[] | undefined)[] = new Array(length);
  return {
    names,
    length,
    at(position) {
      let pieces = kept[position];
      if (pieces === undefined) {
        pieces = make(position);
        kept[position] = pieces;
      }
      return pieces;
    },
  };
}
