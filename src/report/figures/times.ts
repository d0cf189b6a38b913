import type { AxisColumn } from '../columns.ts';
import { count, duration, percent, plural } from '../format.ts';
import { quantile } from '../statistics.ts';
import { type Summary, states } from '../summary.ts';
import { draw } from './draw.ts';
import { type Figure, frame } from './frame.ts';
import { drawable } from './layout.ts';
import { stateLegend } from './state-map.ts';
import { stripSpec } from './strip-spec.ts';
import { ink, stateColours } from './theme.ts';
import { rowsWithNumbers, thin, timeUnit } from './units.ts';

const mostPoints = 1000;
/** Medians and shares of so many are good enough for a picture. */
const enough = 100_000;

/** Seconds of each combination against the axis that matters most; a histogram when there are many or no axis. */
export async function timeFigure(summary: Summary): Promise<Figure | undefined> {
  const { seconds, state } = summary.columns;
  const timed = rowsWithNumbers(seconds);
  const rows = thin(timed, enough);
  if (rows.length < 2) return undefined;
  const unit = timeUnit(rows.reduce((most, row) => Math.max(most, seconds[row] ?? 0), 0));
  const driver = strongest(summary, rows);
  const title = `Time per combination (${unit.name})`;
  const point = (row: number) => ({
    v: (seconds[row] ?? 0) / unit.seconds,
    s: states[state[row] ?? 2] ?? 'missing',
  });
  const colour = {
    field: 's',
    type: 'nominal',
    legend: null,
    scale: { domain: states, range: states.map((name) => stateColours[name]) },
  };
  const strip = driver !== undefined && driver.share > 0.05 && driver.axis.values.length <= 60;
  const shown = strip ? thin(rows, mostPoints) : rows;
  const spec = strip
    ? stripSpec(
        driver.axis,
        rows.map((row) => ({ row, ...point(row) })),
        { title, colour, shown: new Set(shown) },
      )
    : histogram(rows.map(point), title, colour);
  return frame({
    name: 'time.svg',
    title: findings(summary),
    notes: [
      ...(strip
        ? [`${driver.axis.name} explains ${percent(driver.share)} of the differences. The bar is the median.`]
        : []),
      ...(shown.length < rows.length
        ? [`${plural(shown.length, 'point')} of ${count(timed.length)} are drawn.`]
        : []),
    ],
    legend: stateLegend(summary).filter(({ label }) => !label.endsWith('missing')),
    drawing: await draw(spec),
  });
}

function findings({ seconds }: Summary): string {
  if (seconds === undefined) return 'Time until each combination failed';
  const longest = `the longest took ${duration(seconds.max)}`;
  return `Half of the combinations took less than ${duration(seconds.median)}, ${longest}`;
}

/** The axis whose values explain the largest share of the variance of time. */
export function strongest(
  summary: Summary,
  rows: readonly number[],
): { readonly axis: AxisColumn; readonly share: number } | undefined {
  const { seconds } = summary.columns;
  const value = (row: number) => seconds[row] ?? 0;
  const mean = rows.reduce((sum, row) => sum + value(row), 0) / rows.length;
  const total = rows.reduce((sum, row) => sum + (value(row) - mean) ** 2, 0);
  const candidates = drawable(summary).map((axis) => {
    const sums = axis.values.map(() => ({ sum: 0, count: 0 }));
    for (const row of rows) {
      const group = sums[axis.index[row] ?? -1];
      if (group === undefined) continue;
      group.sum += value(row);
      group.count += 1;
    }
    const between = sums.reduce(
      (all, { sum, count }) => all + (count && count * (sum / count - mean) ** 2),
      0,
    );
    return { axis, share: total === 0 ? 0 : Math.min(1, between / total) };
  });
  return candidates.sort((a, b) => b.share - a.share)[0];
}

interface TimePoint {
  readonly v: number;
  readonly s: string;
}

function histogram(points: readonly TimePoint[], title: string, colour: object) {
  const sorted = points.map(({ v }) => v).sort((a, b) => a - b);
  const most = sorted.at(-1) ?? 1;
  const bins = Math.min(40, Math.max(8, Math.ceil(Math.sqrt(points.length))));
  const step = most / bins || 1;
  const counts = new Map<string, { low: number; high: number; s: string; n: number }>();
  for (const { v, s } of points) {
    const bin = Math.min(bins - 1, Math.floor(v / step));
    const known = counts.get(`${bin} ${s}`) ?? { low: bin * step, high: (bin + 1) * step, s, n: 0 };
    known.n += 1;
    counts.set(`${bin} ${s}`, known);
  }
  return {
    width: 640,
    height: 220,
    layer: [
      {
        data: { values: [...counts.values()] },
        mark: { type: 'bar', binSpacing: 1 },
        encoding: {
          x: { field: 'low', type: 'quantitative', bin: { binned: true }, title },
          x2: { field: 'high' },
          y: {
            field: 'n',
            type: 'quantitative',
            title: 'Combinations',
            stack: 'zero',
            axis: { tickMinStep: 1 },
          },
          color: colour,
        },
      },
      {
        data: { values: [{ v: quantile(sorted, 0.5) }] },
        mark: { type: 'rule', color: ink, strokeWidth: 2, strokeDash: [4, 3] },
        encoding: { x: { field: 'v', type: 'quantitative' } },
      },
    ],
  };
}
