/** How the numbers of a value axis or a legend are written: powers of ten on a logarithmic one, no long runs of zeros. */
export function numberTicks(values: readonly number[], log: boolean) {
  let [low, high] = [Number.POSITIVE_INFINITY, 0];
  for (const value of values) {
    low = Math.min(low, value);
    high = Math.max(high, Math.abs(value));
  }
  const format = high < 1e-2 || high >= 1e6 || (log && low < 1e-3) ? { format: '.3~e' } : {};
  return log ? { ...format, values: decades(low, high) } : { ...format, tickCount: 5 };
}

function decades(low: number, high: number): number[] {
  const [first, last] = [Math.ceil(Math.log10(low)), Math.floor(Math.log10(high))];
  const every = Math.max(1, Math.ceil((last - first) / 6));
  return Array.from({ length: Math.floor((last - first) / every) + 1 }, (_, at) =>
    Number(`1e${first + at * every}`),
  );
}
