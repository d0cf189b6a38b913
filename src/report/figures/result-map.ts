import { number } from '../format.ts';
import type { ResultSummary } from '../result-summary.ts';
import { quantile } from '../statistics.ts';
import type { Summary } from '../summary.ts';
import { type Cell, cellsOf } from './cells.ts';
import { draw } from './draw.ts';
import { type Figure, frame } from './frame.ts';
import { cellSize, gridSpec, type MapValue } from './grid-spec.ts';
import { drawable, type Layout, layout, widest } from './layout.ts';
import { numberTicks } from './number-ticks.ts';
import { foldNotes, texts } from './state-map.ts';
import { onDark, onLight } from './theme.ts';

/** Values are printed in the cells up to so many of them. */
const mostPrinted = 160;

/** A result over the axes; `undefined` without numbers that differ or without an axis. */
export async function resultMap(
  summary: Summary,
  result: ResultSummary,
  name: string,
): Promise<Figure | undefined> {
  const { spread } = result;
  const plan = layout(summary);
  if (spread === undefined || spread.min === spread.max) return undefined;
  if (plan.x === undefined && plan.y === undefined) return undefined;
  const cells = cellsOf(summary, plan);
  const points = cells.flatMap((cell) => {
    const value = middle(cell, result);
    return value === undefined ? [] : [{ cell, value }];
  });
  if (points.length === 0) return undefined;
  const log = spansDecades(points.map(({ value }) => value));
  const printed = cells.length <= mostPrinted;
  const wide = printed
    ? widest(
        points.map(({ value }) => short(value)),
        12,
      ) + 8
    : 0;
  const fits = printed && wide * (plan.x?.domain.length ?? 1) * (plan.columns?.domain.length ?? 1) <= 900;
  const shade = shades(
    points.map(({ value }) => value),
    log,
  );
  const values = points.map(
    ({ cell, value }): MapValue => ({
      ...texts(plan, cell),
      v: value,
      t: fits ? short(value) : '',
      c: shade(value) > 0.55 ? onLight : onDark,
    }),
  );
  const colour = {
    field: 'v',
    type: 'quantitative',
    title: result.name,
    scale: { scheme: 'viridis', type: log ? 'log' : 'linear', zero: false, nice: false },
    legend: {
      gradientLength: gradientLength(plan),
      ...numberTicks(
        points.map(({ value }) => value),
        log,
      ),
    },
  };
  const drawing = await draw(gridSpec(values, plan, { colour, text: fits }, fits ? wide : 0));
  return frame({
    name,
    title: title(summary, result),
    notes: notes(plan, cells, points.length, log),
    legend: [],
    drawing,
  });
}

function gradientLength(plan: Layout): number {
  const panel = cellSize(plan, 0).y * (plan.y?.domain.length ?? 1);
  return Math.max(60, Math.min(200, panel * (plan.rows?.domain.length ?? 1)));
}

function short(value: number): string {
  return number(Number(value.toPrecision(3)));
}

function middle(cell: Cell, result: ResultSummary): number | undefined {
  const values = cell.combinations
    .map((row) => result.values[row] ?? Number.NaN)
    .filter((value) => Number.isFinite(value))
    .sort((a, b) => a - b);
  return values.length === 0 ? undefined : quantile(values, 0.5);
}

/** All positive and a factor of 300 apart: a linear scale would show one value. */
export function spansDecades(values: readonly number[]): boolean {
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const value of values) {
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  return low > 0 && high / low > 300;
}

function shades(values: readonly number[], log: boolean): (value: number) => number {
  const to = log ? Math.log : (value: number) => value;
  const low = to(values.reduce((a, b) => Math.min(a, b)));
  const high = to(values.reduce((a, b) => Math.max(a, b)));
  return (value) => (high === low ? 0 : (to(value) - low) / (high - low));
}

function title(summary: Summary, { name, spread, values }: ResultSummary): string {
  if (spread === undefined) return name;
  const row = values.indexOf(spread.max);
  const at = drawable(summary)
    .slice(0, 3)
    .flatMap((axis) => {
      const value = axis.values[axis.index[row] ?? -1];
      return value === undefined
        ? []
        : [`${axis.name} = ${value}${axis.unit === undefined ? '' : ` ${axis.unit}`}`];
    });
  const range = `${name} goes from ${number(spread.min)} to ${number(spread.max)}`;
  return at.length === 0 ? range : `${range}, highest at ${at.join(', ')}`;
}

function notes(plan: Layout, cells: readonly Cell[], shown: number, log: boolean): string[] {
  return [
    ...foldNotes(plan, cells, 'the median'),
    ...(log ? ['Colours are logarithmic.'] : []),
    ...(shown < cells.length ? ['Empty: no result there.'] : []),
  ];
}
