/** Order statistics of numbers; `NaN` stands for "none" and is never counted. */
export interface Spread {
  readonly count: number;
  readonly min: number;
  readonly lowerQuartile: number;
  readonly median: number;
  readonly upperQuartile: number;
  readonly max: number;
}

/** `undefined` when there is no number. */
export function spread(values: Iterable<number>): Spread | undefined {
  const sorted = numbersAmong(values).sort();
  if (sorted.length === 0) return undefined;
  return {
    count: sorted.length,
    min: quantile(sorted, 0),
    lowerQuartile: quantile(sorted, 0.25),
    median: quantile(sorted, 0.5),
    upperQuartile: quantile(sorted, 0.75),
    max: quantile(sorted, 1),
  };
}

/** A copy in place: `filter` of V8 holds an object for each number that it lets through. */
function numbersAmong(values: Iterable<number>): Float64Array {
  const numbers = Float64Array.from(values);
  let count = 0;
  for (const value of numbers) {
    if (Number.isNaN(value)) continue;
    numbers[count] = value;
    count += 1;
  }
  return numbers.subarray(0, count);
}

/** Linear between neighbours (NumPy's default). `sorted` ascending, not empty. */
export function quantile(sorted: ArrayLike<number>, share: number): number {
  const place = (sorted.length - 1) * share;
  const low = sorted[Math.floor(place)] ?? Number.NaN;
  const high = sorted[Math.ceil(place)] ?? Number.NaN;
  // Equal neighbours need no arithmetic: infinity minus infinity is no number.
  return low === high ? low : low + (high - low) * (place - Math.floor(place));
}

/** Below eight values the quartiles say little: nothing is called an outlier. */
const fewestForOutliers = 8;

export interface Fence {
  readonly low: number;
  readonly high: number;
}

/**
 * Tukey's outer fences, three interquartile ranges beyond the quartiles: what lies outside deserves a look. On a grid
 * whose result spans decades the middle half is wide too, so a trend is not taken for outliers. Where more than half
 * of the values are equal the range is zero, and anything else would be an outlier: then there are none.
 */
export function fence(values: Spread): Fence | undefined {
  const range = values.upperQuartile - values.lowerQuartile;
  if (values.count < fewestForOutliers || !(range > 0)) return undefined;
  return { low: values.lowerQuartile - 3 * range, high: values.upperQuartile + 3 * range };
}
