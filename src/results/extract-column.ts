import type { ResultRule } from '../grid/grid.ts';

type Reduction = Extract<ResultRule, { kind: 'column' }>['reduce'];

/**
 * One number from a column of a table whose first row is the header. Cells that are no numbers (empty, `NaN`) are
 * left out; `count` counts the numbers. `undefined` without such a column, or when no number is left.
 */
export async function reduceColumn(
  rows: AsyncIterable<readonly string[]>,
  column: string,
  reduce: Reduction,
): Promise<number | undefined> {
  let at: number | undefined;
  const running = { count: 0, sum: 0, min: Infinity, max: -Infinity, last: Number.NaN };
  const all: number[] = [];
  for await (const row of rows) {
    if (at === undefined) {
      at = row.indexOf(column);
      if (at < 0) return undefined;
      continue;
    }
    const cell = row[at] ?? '';
    const value = cell.trim() === '' ? Number.NaN : Number(cell);
    if (Number.isNaN(value)) continue;
    running.count += 1;
    running.sum += value;
    running.min = Math.min(running.min, value);
    running.max = Math.max(running.max, value);
    running.last = value;
    // The only reduction that needs every value at once.
    if (reduce === 'median') all.push(value);
  }
  if (at === undefined) return undefined;
  if (reduce === 'count') return running.count;
  if (running.count === 0) return undefined;
  if (reduce === 'mean') return running.sum / running.count;
  if (reduce === 'median') return median(all);
  return running[reduce];
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2;
}
