import { distinctValues, identifies } from '../axis-effect.ts';
import type { AxisColumn } from '../columns.ts';
import type { Summary } from '../summary.ts';
import { textWidth } from './theme.ts';

/** Which axis goes where in a map. */
export interface Layout {
  readonly x: Scale | undefined;
  readonly y: Scale | undefined;
  /** Side by side; several axes are joined. */
  readonly columns: Scale | undefined;
  readonly rows: Scale | undefined;
  /** Axes without a place: their combinations share cells. */
  readonly folded: readonly AxisColumn[];
}

/** One or more axes along one direction, thinned to what there is room for. */
export interface Scale {
  readonly axes: readonly AxisColumn[];
  readonly title: string;
  readonly domain: readonly string[];
  /** Position in `domain`. */
  readonly place: (row: number) => number;
  /** Values that share one place; 1 = none do. */
  readonly bin: number;
}

/** Cells of one figure: about 60 bytes each, so that a figure stays below 200 kB. */
export const mostCells = 2200;
const mostPanels = 48;
const mostAlong = 320;

/** Axes worth drawing: more than one value, kept apart, and not merely the combination's own name. */
export function drawable(summary: Summary): AxisColumn[] {
  const varying = summary.columns.axes.filter((axis) => axis.tooMany || distinctValues(axis) > 1);
  return varying.filter((axis) => !axis.tooMany && !identifies(axis, varying, summary.combinations));
}

/** The longest axis across, the second down, the others as panels as long as there is room. */
export function layout(summary: Summary): Layout {
  const byLength = drawable(summary).sort((a, b) => b.values.length - a.values.length);
  const [first, second, ...others] = byLength;
  const [x, y] = placed(first, second);
  const [across, down] = [x?.domain.length ?? 1, y?.domain.length ?? 1];
  const room = Math.min(mostPanels, mostCells / (across * down));
  const panels: AxisColumn[] = [];
  for (const axis of others) if (size([...panels, axis]) <= room) panels.push(axis);
  const { columns, rows } = split(panels, across, down);
  const folded = others.filter((axis) => !panels.includes(axis));
  return { x, y, columns: joined(columns), rows: joined(rows), folded };
}

const size = (axes: readonly AxisColumn[]) =>
  axes.reduce((product, axis) => product * distinctValues(axis), 1);

/** Of all ways to put panels side by side or below each other, the one nearest to twice as wide as high, in cells. */
function split(panels: readonly AxisColumn[], across: number, down: number) {
  const ways = Array.from({ length: 2 ** panels.length }, (_, way) => {
    const columns = panels.filter((_, at) => (way >> at) % 2 === 0);
    const rows = panels.filter((_, at) => (way >> at) % 2 === 1);
    const shape = (across * size(columns)) / (down * size(rows));
    return { columns, rows, off: Math.abs(Math.log(shape / 2)) };
  });
  return ways.reduce((best, way) => (way.off < best.off - 1e-9 ? way : best));
}

/** Long texts read better down the side; a lone axis of them makes a list. */
function placed(
  first: AxisColumn | undefined,
  second: AxisColumn | undefined,
): [Scale | undefined, Scale | undefined] {
  if (first === undefined) return [undefined, undefined];
  const wordy = (axis: AxisColumn) => widest(axis.values) > 60 && axis.values.length <= 40;
  if (second === undefined) {
    return wordy(first)
      ? [undefined, scale(first, 'down', 40)]
      : [scale(first, 'across', mostAlong), undefined];
  }
  const [across, down] = wordy(first) && !wordy(second) ? [second, first] : [first, second];
  const places = across.values.length * down.values.length;
  const mostDown = places > mostCells ? 45 : mostCells;
  const mostAcross = Math.floor(mostCells / Math.min(down.values.length, mostDown));
  return [scale(across, 'across', Math.min(mostAlong, mostAcross)), scale(down, 'down', mostDown)];
}

export function widest(texts: readonly string[], size = 11): number {
  return texts.reduce((most, text) => Math.max(most, textWidth(text, size)), 0);
}

/** Numbers ascend to the right and upwards; texts keep their written order, downwards. */
export function scale(axis: AxisColumn, direction: 'across' | 'down', most: number): Scale {
  const order = axis.values.map((_, at) => at);
  const { numbers } = axis;
  if (numbers !== undefined) order.sort((a, b) => (numbers[a] ?? 0) - (numbers[b] ?? 0));
  const bin = Math.ceil(order.length / most);
  const rank = new Int32Array(order.length);
  for (const [at, value] of order.entries()) rank[value] = Math.floor(at / bin);
  const texts = order.filter((_, at) => at % bin === 0).map((value) => axis.values[value] ?? '');
  const last = texts.length - 1;
  const upwards = direction === 'down' && numbers !== undefined;
  if (upwards) texts.reverse();
  const domain = axis.index.includes(-1) ? [...texts, absent] : texts;
  return {
    axes: [axis],
    title: axisTitle(axis),
    domain,
    place: (row) => {
      const value = axis.index[row] ?? -1;
      const at = value < 0 ? domain.length - 1 : (rank[value] ?? -1);
      return value >= 0 && upwards ? last - at : at;
    },
    bin,
  };
}

/** Where the blocks of a grid have different parameters: a place of its own for "not there". */
const absent = '(absent)';

/** Every combination of the values of these axes, in order, as one direction of panels. */
function joined(axes: readonly AxisColumn[]): Scale | undefined {
  if (axes.length === 0) return undefined;
  const scales = axes.map((axis) => scale(axis, 'across', Number.MAX_SAFE_INTEGER));
  const domain = scales.reduce<string[]>(
    (all, next) =>
      all.flatMap((text) => next.domain.map((value) => (text === '' ? value : `${text}, ${value}`))),
    [''],
  );
  const place = (row: number) => scales.reduce((sum, next) => sum * next.domain.length + next.place(row), 0);
  return { axes, title: axes.map(axisTitle).join(', '), domain, place, bin: 1 };
}

/** `kick_sigma (km/s)` */
export function axisTitle(axis: AxisColumn): string {
  return axis.unit === undefined ? axis.name : `${axis.name} (${axis.unit})`;
}
