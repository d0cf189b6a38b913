import { count, number, plural } from '../format.ts';
import type { ResultSummary } from '../result-summary.ts';
import { quantile } from '../statistics.ts';
import type { Summary } from '../summary.ts';
import { draw } from './draw.ts';
import { type Figure, frame } from './frame.ts';
import { drawable } from './layout.ts';
import { spansDecades } from './result-map.ts';
import { stripSpec } from './strip-spec.ts';
import { rowsWithNumbers, thin } from './units.ts';

const mostPoints = 1300;
const mostAxes = 6;
/** Medians of so many are good enough for a picture. */
const enough = 100_000;

/** A result against each axis: a point per combination, a bar for the median. */
export async function resultStrips(
  summary: Summary,
  result: ResultSummary,
  name: string,
): Promise<Figure | undefined> {
  const { spread } = result;
  const axes = drawable(summary).slice(0, mostAxes);
  if (spread === undefined || spread.min === spread.max || axes.length === 0) return undefined;
  const numbers = rowsWithNumbers(result.values);
  const rows = thin(numbers, enough);
  const shown = thin(rows, Math.floor(mostPoints / axes.length));
  const points = rows.map((row) => ({ row, v: result.values[row] ?? 0 }));
  const log = spansDecades(points.map(({ v }) => v));
  const columns = axes.length === 1 ? 1 : 2;
  const width = columns === 1 ? 640 : 300;
  const concat = axes.map((axis) =>
    stripSpec(axis, points, {
      title: result.name,
      shown: new Set(shown),
      log,
      width,
      height: columns === 1 ? 240 : 160,
    }),
  );
  return frame({
    name,
    title: title(summary, result),
    notes: [
      `A point is a combination, a bar the median${log ? '; the scale is logarithmic' : ''}.`,
      ...(shown.length < rows.length
        ? [`${plural(shown.length, 'point')} of ${count(numbers.length)} are drawn.`]
        : []),
    ],
    legend: [],
    drawing: await draw({
      columns,
      spacing: { row: 24, column: 36 },
      concat,
      resolve: { scale: { y: 'shared' } },
    }),
  });
}

/** The axis whose medians lie farthest apart, in words. */
function title(summary: Summary, result: ResultSummary): string {
  const found = drawable(summary)
    .map((axis) => ({ axis, medians: mediansBy(axis.index, axis.values.length, result.values) }))
    .map(({ axis, medians }) => ({ axis, low: lowest(medians), high: lowest(medians, -1) }))
    .sort((a, b) => b.high.value - b.low.value - (a.high.value - a.low.value))[0];
  if (found === undefined || !(found.high.value > found.low.value)) {
    return `The median of ${result.name} does not depend on any axis`;
  }
  const { axis, low, high } = found;
  const at = (place: number) => `${axis.values[place]}${axis.unit === undefined ? '' : ` ${axis.unit}`}`;
  const from = `${number(low.value)} at ${at(low.place)}`;
  return `${result.name} depends most on ${axis.name}: median ${from}, ${number(high.value)} at ${at(high.place)}`;
}

function mediansBy(index: Int32Array, places: number, values: Float64Array): number[] {
  const groups = Array.from({ length: places }, (): number[] => []);
  for (const [row, value] of values.entries()) {
    if (Number.isFinite(value)) groups[index[row] ?? -1]?.push(value);
  }
  return groups.map((group) =>
    group.length === 0
      ? Number.NaN
      : quantile(
          group.sort((a, b) => a - b),
          0.5,
        ),
  );
}

function lowest(values: readonly number[], sign = 1): { readonly place: number; readonly value: number } {
  let best = { place: -1, value: Number.NaN };
  for (const [place, value] of values.entries()) {
    if (!Number.isNaN(value) && (best.place < 0 || sign * value < sign * best.value)) best = { place, value };
  }
  return best;
}
