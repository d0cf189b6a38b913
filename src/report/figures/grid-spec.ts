import { categoryLabels } from './category-labels.ts';
import type { Spec } from './draw.ts';
import type { Layout, Scale } from './layout.ts';
import { onLight } from './theme.ts';

/** What a map's mark needs besides its place. */
export interface MapMark {
  /** Encodes the field `v`. */
  readonly colour: Spec;
  /** Print the field `t` in the cell, in the colour of the field `c`. */
  readonly text: boolean;
}

/** A cell as Vega-Lite gets it: texts of the domains, a value, what to print. */
export interface MapValue {
  readonly x: string;
  readonly y: string;
  readonly column: string;
  readonly row: string;
  readonly v: string | number;
  readonly t: string;
  readonly c?: string;
}

const widthWanted = 700;
const heightWanted = 380;
const heightInPanels = 540;

/** Cells over two axes, in panels for two more. */
export function gridSpec(values: readonly MapValue[], plan: Layout, mark: MapMark, wide: number): Spec {
  const size = cellSize(plan, wide);
  const layers: Spec[] = [
    {
      mark: 'rect',
      encoding: { color: mark.colour },
    },
  ];
  if (mark.text) {
    layers.push({
      transform: [{ filter: "datum.t !== ''" }],
      mark: {
        type: 'text',
        fontSize: Math.min(11, Math.max(8, size.y * 0.6)),
        fontWeight: 600,
        fill: onLight,
      },
      encoding: { text: { field: 't' }, fill: { field: 'c', type: 'nominal', scale: null } },
    });
  }
  const alone = plan.columns === undefined && plan.rows === undefined;
  const spec = {
    width: { step: size.x },
    height: { step: size.y },
    encoding: { x: position('x', plan.x, size.x, alone), y: position('y', plan.y, size.y, alone) },
    layer: layers,
  };
  if (alone) return { data: { values }, ...spec };
  return {
    data: { values },
    facet: { ...header('column', plan.columns), ...header('row', plan.rows) },
    spacing: 8,
    spec,
  };
}

/** Pixels of one cell. `wide`: what a printed value needs, 0 without one. */
export function cellSize({ x, y, columns, rows }: Layout, wide: number): { x: number; y: number } {
  const across = widthWanted / (columns?.domain.length ?? 1) - 8;
  const down = (rows === undefined ? heightWanted : heightInPanels) / (rows?.domain.length ?? 1) - 8;
  const fit = (room: number, places: number, least: number, most: number) =>
    Math.min(most, Math.max(least, Math.floor((room / places) * 4) / 4));
  const [inX, inY] = [x?.domain.length ?? 1, y?.domain.length ?? 1];
  return {
    x: Math.max(wide, fit(across, inX, 2, x === undefined ? 60 : 48)),
    y: fit(down, inY, wide > 0 ? 15 : 2, y === undefined ? 36 : 28),
  };
}

function position(channel: 'x' | 'y', along: Scale | undefined, step: number, titled: boolean): Spec {
  const base = { field: channel, type: 'ordinal', sort: null };
  if (along === undefined) return { ...base, scale: { domain: [''] }, axis: null };
  const every = Math.max(1, Math.ceil(13 / step));
  const down = {
    values: along.domain.filter((_, at) => at % every === 0),
    labelPadding: 5,
    labelOverlap: false,
  };
  return {
    ...base,
    scale: { domain: along.domain, padding: step > 6 ? 0.06 : 0 },
    axis: {
      title: titled ? along.title : null,
      ticks: false,
      domain: false,
      ...(channel === 'y' ? { ...down, titlePadding: 8 } : categoryLabels(along.domain, step)),
    },
  };
}

function header(channel: 'column' | 'row', along: Scale | undefined): Spec {
  if (along === undefined) return {};
  const more = channel === 'row' ? { labelAngle: 0, labelAlign: 'left', titleAngle: -90 } : {};
  const definition = { field: channel, type: 'ordinal', sort: along.domain };
  return { [channel]: { ...definition, header: { title: along.title, labelPadding: 4, ...more } } };
}
