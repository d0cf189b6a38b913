/** A unit in which the largest time is a number people read. */
export function timeUnit(seconds: number): { readonly name: string; readonly seconds: number } {
  if (seconds < 120) return { name: 's', seconds: 1 };
  if (seconds < 2 * 3600) return { name: 'min', seconds: 60 };
  return { name: 'h', seconds: 3600 };
}

/**
 * At most `most` of the rows, which ascend. Chosen by a scramble of their number: every n-th row of a grid would always
 * meet the same values of its fast axes. No two rows have one scramble, so the limit lets exactly `most` through;
 * sorting the rows themselves would take tens of MiB for a million.
 */
export function thin(rows: ArrayLike<number>, most: number): readonly number[] {
  if (rows.length <= most) return Array.from(rows);
  const scrambles = new Uint32Array(rows.length);
  for (let at = 0; at < rows.length; at += 1) scrambles[at] = scramble(rows[at] ?? 0);
  const limit = scrambles.sort()[most - 1] ?? -1;
  const chosen: number[] = [];
  for (let at = 0; at < rows.length; at += 1) {
    const row = rows[at] ?? 0;
    if (scramble(row) <= limit) chosen.push(row);
  }
  return chosen;
}

const scramble = (row: number) => Math.imul(row + 1, 0x9e3779b1) >>> 0;

/** Rows that have a number, without an object for each. */
export function rowsWithNumbers(values: Float64Array): Uint32Array {
  const rows = new Uint32Array(values.length);
  let count = 0;
  for (const [row, value] of values.entries()) {
    if (!Number.isFinite(value)) continue;
    rows[count] = row;
    count += 1;
  }
  return rows.subarray(0, count);
}
