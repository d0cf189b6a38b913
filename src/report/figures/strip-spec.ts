import type { AxisColumn } from '../columns.ts';
import { quantile } from '../statistics.ts';
import { categoryLabels } from './category-labels.ts';
import type { Spec } from './draw.ts';
import { scale } from './layout.ts';
import { numberTicks } from './number-ticks.ts';
import { accent, ink } from './theme.ts';

export interface StripPoint {
  readonly row: number;
  readonly v: number;
  readonly s?: string;
}

export interface StripLook {
  /** Rows drawn as points; medians are of all. */
  readonly shown: ReadonlySet<number>;
  /** Of the value axis. */
  readonly title: string;
  /** Encodes the field `s`; without it all points have one colour. */
  readonly colour?: Spec;
  readonly log?: boolean;
  readonly width?: number;
  readonly height?: number;
}

/** More places than this are drawn as a line of medians, without bars. */
const mostBars = 60;
const mostPlaces = 150;

/** A point per combination over the values of one axis, and the median of each value. */
export function stripSpec(axis: AxisColumn, points: readonly StripPoint[], look: StripLook): Spec {
  const { width = 640, height = 240, log = false } = look;
  const along = scale(axis, 'across', mostPlaces);
  const placed = points.flatMap((point) => {
    const x = along.domain[along.place(point.row)];
    return x === undefined ? [] : [{ x, ...point }];
  });
  const drawn = placed.filter(({ row }) => look.shown.has(row));
  const step = width / along.domain.length;
  const crowded = drawn.length / along.domain.length > 12;
  const y = {
    field: 'v',
    type: 'quantitative',
    title: look.title,
    scale: { type: log ? 'log' : 'linear', zero: !log && look.colour !== undefined, nice: !log },
    axis: {
      titlePadding: 10,
      ...numberTicks(
        points.map(({ v }) => v),
        log,
      ),
    },
  };
  const x = {
    field: 'x',
    type: 'ordinal',
    sort: null,
    scale: { domain: along.domain },
    axis: { title: along.title, ticks: false, ...categoryLabels(along.domain, step) },
  };
  const dots = {
    data: { values: drawn.map(({ row: _, ...point }) => point) },
    mark: { type: 'circle', size: crowded ? 14 : 28, opacity: crowded ? 0.5 : 0.75, color: accent },
    encoding: { x, y, ...(look.colour === undefined ? {} : { color: look.colour }) },
  };
  const single = placed.length === along.domain.length;
  return { width, height, layer: [dots, ...(single ? [] : [medians(placed, along.domain, step, x, y)])] };
}

function medians(
  points: readonly { readonly x: string; readonly v: number }[],
  domain: readonly string[],
  step: number,
  x: Spec,
  y: Spec,
): Spec {
  const groups = Map.groupBy(points, ({ x: at }) => at);
  const values = domain.flatMap((at) => {
    const sorted = (groups.get(at) ?? []).map(({ v }) => v).sort((a, b) => a - b);
    return sorted.length === 0 ? [] : [{ x: at, v: quantile(sorted, 0.5) }];
  });
  const mark =
    domain.length <= mostBars
      ? { type: 'tick', color: ink, thickness: 2.5, size: Math.min(40, step * 0.6), orient: 'horizontal' }
      : { type: 'line', color: ink, strokeWidth: 1.5 };
  return { data: { values }, mark, encoding: { x, y } };
}
