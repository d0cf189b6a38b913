import type { Summary } from '../summary.ts';
import type { Layout } from './layout.ts';

/** One place of a map and the combinations that fall on it. */
export interface Cell {
  readonly x: number;
  readonly y: number;
  readonly column: number;
  readonly row: number;
  readonly combinations: readonly number[];
}

/** Combinations by place, in order of first appearance. */
export function cellsOf(summary: Summary, { x, y, columns, rows }: Layout): Cell[] {
  const cells = new Map<string, Cell & { combinations: number[] }>();
  for (let at = 0; at < summary.combinations; at += 1) {
    const place = {
      x: x?.place(at) ?? 0,
      y: y?.place(at) ?? 0,
      column: columns?.place(at) ?? 0,
      row: rows?.place(at) ?? 0,
    };
    const key = `${place.x},${place.y},${place.column},${place.row}`;
    const cell = cells.get(key);
    if (cell === undefined) cells.set(key, { ...place, combinations: [at] });
    else cell.combinations.push(at);
  }
  return [...cells.values()];
}
