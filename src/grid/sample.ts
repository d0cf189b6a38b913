import type { z } from 'zod';
import type { Rows } from './rows.ts';
import { computedLiteral } from './scalar.ts';
import type { sample as sampleSchema } from './schema-shapes.ts';

/** Points drawn from ranges. The generator is our own so that a seed means the same points in every version. */

type Sample = z.output<typeof sampleSchema>;

interface Range {
  readonly start: number;
  readonly stop: number;
  readonly scale: 'linear' | 'log';
  readonly integer: boolean;
}

/** What is wrong with a range, or `undefined`. */
export function rangeProblem(written: Sample['ranges'][string]): string | undefined {
  const { start, stop, scale, integer } = rangeOf(written);
  if (!(start < stop)) return `the range from ${start} to ${stop} is empty`;
  if (scale === 'log' && start <= 0) return 'a logarithmic range starts above zero';
  if (integer && Math.floor(stop) < Math.ceil(start)) return `no whole number lies from ${start} to ${stop}`;
  return undefined;
}

function rangeOf(written: Sample['ranges'][string]): Range {
  if (!Array.isArray(written)) return written;
  return { start: written[0], stop: written[1], scale: 'linear', integer: false };
}

/** One column per range; every column draws from a stream of its own, so that adding one leaves the others. */
export function drawSample({ method, num, seed, ranges }: Sample): Rows {
  const columns = Object.keys(ranges);
  const draws = columns.map((name) => {
    const random = generator(seed, name);
    return method === 'random' ? uniform(num, random) : stratified(num, random);
  });
  const scaled = Object.values(ranges).map(rangeOf);
  return {
    columns,
    length: num,
    at: (row) => scaled.map((range, column) => computedLiteral(place(range, draws[column]?.[row] ?? 0))),
  };
}

const uniform = (num: number, random: () => number) => Float64Array.from({ length: num }, random);

/** Latin hypercube: each of `num` equal strata of the range holds exactly one point. */
function stratified(num: number, random: () => number): Float64Array {
  const strata = Uint32Array.from({ length: num }, (_, index) => index);
  for (let last = num - 1; last > 0; last -= 1) {
    const other = Math.floor(random() * (last + 1));
    const moved = strata[last] ?? 0;
    strata[last] = strata[other] ?? 0;
    strata[other] = moved;
  }
  return Float64Array.from(strata, (stratum) => (stratum + random()) / num);
}

function place({ start, stop, scale, integer }: Range, share: number): number {
  if (integer) {
    const first = Math.ceil(start);
    return first + Math.floor(share * (Math.floor(stop) - first + 1));
  }
  if (scale === 'linear') return start + share * (stop - start);
  return Math.exp(Math.log(start) + share * (Math.log(stop) - Math.log(start)));
}

/** SFC32 by Chris Doty-Humphrey (PractRand, public domain): 32-bit integers only, the same on every machine. */
function generator(seed: number, name: string): () => number {
  let a = seed | 0;
  let b = [...name].reduce(
    (hash, character) => Math.imul(hash ^ (character.codePointAt(0) ?? 0), 0x01000193),
    0x811c9dc5,
  );
  let c = 0x9e3779b9 | 0;
  let counter = 1;
  const next = () => {
    const sum = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = ((c << 21) | (c >>> 11)) + sum;
    c |= 0;
    return sum >>> 0;
  };
  for (let round = 0; round < 15; round += 1) next();
  // 53 bits: as fine as a double below one.
  return () => ((next() >>> 5) * 67_108_864 + (next() >>> 6)) / 9_007_199_254_740_992;
}
