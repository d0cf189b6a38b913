import type { Value } from '../grid/combination.ts';
import type { Axis } from '../grid/grid.ts';
import { clean, oneLine, shorten } from './escape.ts';

/** Rows of a column of which nobody says how many will come. */
const unknownRows = 1024;

/**
 * A column that grows: a million combinations are a few numbers each, never objects. Told how many will come, it need
 * not: memory that is outgrown lies between what lives, and stays with the process.
 */
export class Column<Numbers extends Float64Array | Int32Array | Uint8Array> {
  #values: Numbers;
  #length = 0;
  readonly #make: (length: number) => Numbers;

  constructor(make: (length: number) => Numbers, rows = unknownRows) {
    this.#make = make;
    this.#values = make(Math.max(1, rows));
  }

  push(value: number): void {
    if (this.#length === this.#values.length) {
      const larger = this.#make(this.#length * 2);
      larger.set(this.#values);
      this.#values = larger;
    }
    this.#values[this.#length] = value;
    this.#length += 1;
  }

  /** A view of what was pushed, not a copy. */
  finish(): Numbers {
    // `subarray` of a typed array is of the same kind, which its declared type does not say.
    return this.#values.subarray(0, this.#length) as Numbers;
  }
}

export const float64 = (rows?: number) => new Column((length) => new Float64Array(length), rows);
export const int32 = (rows?: number) => new Column((length) => new Int32Array(length), rows);
export const uint8 = (rows?: number) => new Column((length) => new Uint8Array(length), rows);

/** One axis as the outcomes show it. */
export interface AxisColumn {
  readonly name: string;
  readonly unit?: string;
  /** Text of each value met, in order of first appearance; what figures and tables print. */
  readonly values: readonly string[];
  /** The same as numbers; `undefined` unless every value is one. */
  readonly numbers: readonly number[] | undefined;
  /** Per combination: position in `values`; -1 where the parameter is absent. */
  readonly index: Int32Array;
  /** More values than are kept apart: `values` is not complete and `index` must not be used. */
  readonly tooMany: boolean;
}

/** Distinct values of one axis that are kept apart; more are a list of points, not an axis to draw. */
export const valuesKept = 20_000;

/** Collects the values of one axis. */
export class AxisCollector {
  readonly #axis: Axis;
  readonly #index: Column<Int32Array>;
  readonly #positions = new Map<string, number>();
  readonly #values: string[] = [];
  readonly #numbers: number[] = [];
  #numeric = true;
  #tooMany = false;

  constructor(axis: Axis, rows?: number) {
    this.#axis = axis;
    this.#index = int32(rows);
  }

  add(value: Value | undefined, text: string | undefined): void {
    if (value === undefined) {
      this.#index.push(-1);
      return;
    }
    const key = text ?? JSON.stringify(value);
    let at = this.#positions.get(key);
    if (at === undefined) {
      if (this.#values.length >= valuesKept) {
        this.#tooMany = true;
        this.#index.push(-1);
        return;
      }
      at = this.#values.length;
      this.#positions.set(key, at);
      this.#values.push(readable(value, key));
      this.#numbers.push(typeof value === 'number' ? value : Number.NaN);
      this.#numeric &&= typeof value === 'number' && Number.isFinite(value);
    }
    this.#index.push(at);
  }

  finish(): AxisColumn {
    const { name, unit } = this.#axis;
    return {
      name,
      ...(unit === undefined ? {} : { unit }),
      values: distinct(this.#values),
      numbers: this.#numeric && this.#values.length > 0 ? this.#numbers : undefined,
      index: this.#index.finish(),
      tooMany: this.#tooMany,
    };
  }
}

/** A generated number keeps four digits (`0.368403149863` is `0.3684`), a window its start, an object its text. */
function readable(value: Value, text: string): string {
  if (typeof value === 'number') {
    const short = String(Number(value.toPrecision(4)));
    return clean(short.length < text.length ? short : text);
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    const start = 'start' in value ? value.start : undefined;
    if (typeof start === 'string' || typeof start === 'number') return oneLine(String(start), 24);
  }
  return oneLine(text, 40);
}

/** Texts that became equal when they were shortened are told apart by a number. */
function distinct(texts: readonly string[]): string[] {
  const seen = new Map<string, number>();
  const taken = new Set(texts);
  return texts.map((text) => {
    const times = (seen.get(text) ?? 0) + 1;
    seen.set(text, times);
    if (times === 1) return text;
    let number = times;
    while (taken.has(`${shorten(text, 34)} (${number})`)) number += 1;
    const own = `${shorten(text, 34)} (${number})`;
    taken.add(own);
    return own;
  });
}
