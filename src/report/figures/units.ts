/** A unit in which the largest time is a number people read. */
export function timeUnit(seconds: number): { readonly name: string; readonly seconds: number } {
  if (seconds < 120) return { name: 's', seconds: 1 };
  if (seconds < 2 * 3600) return { name: 'min', seconds: 60 };
  return { name: 'h', seconds: 3600 };
}

/** At most `most` of the rows, evenly taken, the first and last among them. */
export function thin(rows: readonly number[], most: number): readonly number[] {
  if (rows.length <= most) return rows;
  return Array.from(
    { length: most },
    (_, at) => rows[Math.round((at * (rows.length - 1)) / (most - 1))] ?? 0,
  );
}
