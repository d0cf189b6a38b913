import type { AxisColumn } from './columns.ts';

/** What one axis does to the results, seen in combinations that differ only in it. */
export interface AxisEffect {
  /** The axis, with those that change together with it (zipped). */
  readonly axes: readonly string[];
  /** Pairs of combinations compared; 0 when no two succeeded ones differ only in this axis. */
  readonly compared: number;
  /** True when every result was exactly equal in every comparison (and there was one). */
  readonly none: boolean;
}

export interface Comparable {
  readonly axes: readonly AxisColumn[];
  /** Per combination. */
  readonly succeeded: (row: number) => boolean;
  /** Exact equality over all results. */
  readonly equal: (row: number, other: number) => boolean;
  readonly rows: number;
}

/** An entry per axis; axes that only name the combination (a seed of its own for each) are left out. */
export function axisEffects(data: Comparable): AxisEffect[] {
  const varying = data.axes.filter((axis) => axis.tooMany || distinctValues(axis) > 1);
  const bundles = zipped(varying.filter((axis) => !identifies(axis, varying, data.rows)));
  return bundles.map((bundle) => {
    const others = bundles.filter((other) => other !== bundle).map(([first]) => first);
    return { axes: bundle.map((axis) => axis.name), ...effect(others, data) };
  });
}

/** Different values met, "absent" being one. */
export function distinctValues(axis: AxisColumn): number {
  return axis.values.length + (axis.index.includes(-1) ? 1 : 0);
}

/** An axis with a value of its own for every combination, where the other axes already tell all of them apart. */
export function identifies(axis: AxisColumn, axes: readonly AxisColumn[], rows: number): boolean {
  if (axis.tooMany) return axes.length > 1;
  if (rows < 2 || distinctValues(axis) < rows) return false;
  const others = axes.filter((other) => !other.tooMany && distinctValues(other) < rows);
  if (others.length === 0) return false;
  const key = keyOf(others);
  const seen = new Set<number | string>();
  for (let row = 0; row < rows; row += 1) seen.add(key(row));
  return seen.size === rows;
}

/** Axes with identical columns always change together: positions count first appearances. */
function zipped(axes: readonly AxisColumn[]): [AxisColumn, ...AxisColumn[]][] {
  const bundles: [AxisColumn, ...AxisColumn[]][] = [];
  for (const axis of axes) {
    const bundle = bundles.find(([first]) => sameColumn(first.index, axis.index));
    if (bundle === undefined) bundles.push([axis]);
    else bundle.push(axis);
  }
  return bundles;
}

function sameColumn(a: Int32Array, b: Int32Array): boolean {
  return a.length === b.length && a.every((value, row) => value === b[row]);
}

function effect(
  others: readonly (AxisColumn | undefined)[],
  data: Comparable,
): { compared: number; none: boolean } {
  const key = keyOf(others.filter((axis) => axis !== undefined));
  const first = new Map<number | string, number>();
  let compared = 0;
  for (let row = 0; row < data.rows; row += 1) {
    if (!data.succeeded(row)) continue;
    const group = key(row);
    const earlier = first.get(group);
    if (earlier === undefined) {
      first.set(group, row);
      continue;
    }
    compared += 1;
    if (!data.equal(earlier, row)) return { compared, none: false };
  }
  return { compared, none: compared > 0 };
}

/** One number for the values of several axes, or a text where the number would not be exact. */
export function keyOf(axes: readonly AxisColumn[]): (row: number) => number | string {
  const sizes = axes.map((axis) => axis.values.length + 1);
  const exact = sizes.reduce((product, next) => product * next, 1) <= Number.MAX_SAFE_INTEGER;
  const place = (axis: AxisColumn, row: number) => (axis.index[row] ?? -1) + 1;
  if (exact) return (row) => axes.reduce((sum, axis, at) => sum * (sizes[at] ?? 1) + place(axis, row), 0);
  return (row) => axes.map((axis) => place(axis, row)).join(',');
}
