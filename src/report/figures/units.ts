/** A unit in which the largest time is a number people read. */
export function timeUnit(seconds: number): { readonly name: string; readonly seconds: number } {
  if (seconds < 120) return { name: 's', seconds: 1 };
  if (seconds < 2 * 3600) return { name: 'min', seconds: 60 };
  return { name: 'h', seconds: 3600 };
}

/**
 * At most `most` of the rows, in order. Chosen by a scramble of their number: every n-th row of a grid would always
 * meet the same values of its fast axes.
 */
export function thin(rows: readonly number[], most: number): readonly number[] {
  if (rows.length <= most) return rows;
  const scrambled = (row: number) => Math.imul(row + 1, 0x9e3779b1) >>> 0;
  return rows
    .toSorted((a, b) => scrambled(a) - scrambled(b))
    .slice(0, most)
    .sort((a, b) => a - b);
}
