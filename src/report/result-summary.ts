import { type Column, float64 } from './columns.ts';
import { type Fence, fence, type Spread, spread } from './statistics.ts';

/** One of the grid's `results:` over all combinations that succeeded. */
export interface ResultSummary {
  readonly name: string;
  /** Of the numbers; `undefined` when there are none. */
  readonly spread: Spread | undefined;
  /** Combinations that succeeded without this result, or with null. */
  readonly absent: number;
  /** How often each text occurs, the first 20 texts. */
  readonly texts: ReadonlyMap<string, number>;
  /** Numbers outside three interquartile ranges: how many, and the farthest by label. */
  readonly outliers: {
    readonly count: number;
    readonly farthest: readonly LabelledNumber[];
    readonly fence?: Fence;
  };
  readonly lowest: LabelledNumber | undefined;
  readonly highest: LabelledNumber | undefined;
  /** False when it is the same in every combination that has it. */
  readonly varies: boolean;
  /** Per combination; NaN where it is no number. */
  readonly values: Float64Array;
  /** Exact, texts and nulls included. */
  readonly equal: (row: number, other: number) => boolean;
}

export interface LabelledNumber {
  readonly label: string;
  readonly value: number;
}

const textsKept = 20;
/** Candidates at either end whose labels are kept until the fences are known. */
const extremesKept = 10;

export class ResultCollector {
  readonly name: string;
  readonly #values: Column<Float64Array>;
  /** What is not a number, as a digest; 0 = a number. */
  readonly #others: Column<Float64Array>;
  readonly #texts = new Map<string, number>();
  readonly #low = new Extremes((a, b) => a - b);
  readonly #high = new Extremes((a, b) => b - a);
  #absent = 0;

  constructor(name: string, rows?: number) {
    this.name = name;
    this.#values = float64(rows);
    this.#others = float64(rows);
  }

  /** `undefined`: the combination did not succeed; null: it did, without this result. */
  add(value: number | string | null | undefined, label: string): void {
    if (typeof value === 'number' && !Number.isNaN(value)) {
      this.#values.push(value);
      this.#others.push(0);
      this.#low.add(value, label);
      this.#high.add(value, label);
      return;
    }
    this.#values.push(Number.NaN);
    this.#others.push(value === null || value === undefined ? 1 : digest(String(value)));
    if (value === null) this.#absent += 1;
    if (typeof value !== 'string') return;
    if (this.#texts.has(value) || this.#texts.size < textsKept) {
      this.#texts.set(value, (this.#texts.get(value) ?? 0) + 1);
    }
  }

  finish(): ResultSummary {
    const values = this.#values.finish();
    const others = this.#others.finish();
    const numbers = spread(values);
    const fences = numbers === undefined ? undefined : fence(numbers);
    const outside = (value: number) => fences !== undefined && (value < fences.low || value > fences.high);
    const distance = ({ value }: LabelledNumber) => Math.abs(value - (numbers?.median ?? 0));
    // Of few numbers both ends keep the same ones.
    const farthest = [
      ...this.#low.kept.filter(({ value }) => fences !== undefined && value < fences.low),
      ...this.#high.kept.filter(({ value }) => fences !== undefined && value > fences.high),
    ].sort((a, b) => distance(b) - distance(a));
    return {
      name: this.name,
      spread: numbers,
      absent: this.#absent,
      texts: this.#texts,
      outliers: {
        count: values.reduce((sum, value) => sum + (outside(value) ? 1 : 0), 0),
        farthest: farthest.slice(0, extremesKept),
        ...(fences === undefined ? {} : { fence: fences }),
      },
      lowest: this.#low.kept[0],
      highest: this.#high.kept[0],
      varies:
        this.#texts.size > 1 ||
        (numbers !== undefined && (numbers.min < numbers.max || this.#texts.size > 0)),
      values,
      equal: (row, other) => same(values[row], values[other]) && others[row] === others[other],
    };
  }
}

/** The few first in an order, earlier ones before later equal ones. */
class Extremes {
  readonly kept: LabelledNumber[] = [];
  readonly #order: (a: number, b: number) => number;

  constructor(order: (a: number, b: number) => number) {
    this.#order = order;
  }

  add(value: number, label: string): void {
    const last = this.kept.at(-1);
    if (this.kept.length === extremesKept && last !== undefined && this.#order(value, last.value) >= 0)
      return;
    const at = this.kept.findIndex((other) => this.#order(value, other.value) < 0);
    this.kept.splice(at === -1 ? this.kept.length : at, 0, { label, value });
    if (this.kept.length > extremesKept) this.kept.pop();
  }
}

/** NaN equals itself here: it stands for "no number", and `others` tells what there is instead. */
function same(a: number | undefined, b: number | undefined): boolean {
  return a === b || (Number.isNaN(a) && Number.isNaN(b));
}

/** 52 bits of two FNV-1a hashes: enough to tell texts of one ensemble apart, never 0 or 1. */
function digest(text: string): number {
  let [a, b] = [0x811c9dc5, 0x1234567];
  for (let at = 0; at < text.length; at += 1) {
    a = Math.imul(a ^ text.charCodeAt(at), 0x01000193);
    b = Math.imul(b ^ text.charCodeAt(at), 0x01000193);
  }
  return (a >>> 0) * 2 ** 20 + ((b >>> 12) & 0xfffff) + 2;
}
