import { commonValue } from '../common-value.ts';
import { count, plural } from '../format.ts';
import { type State, type Summary, states } from '../summary.ts';
import { type Cell, cellsOf } from './cells.ts';
import { draw } from './draw.ts';
import { type Figure, frame, type LegendEntry } from './frame.ts';
import { cellSize, gridSpec, type MapValue } from './grid-spec.ts';
import { type Layout, layout } from './layout.ts';
import { onDark, onLight, stateColours, stateGlyphs } from './theme.ts';

/** Every combination by its state; `undefined` when there is no axis to place them on. */
export async function stateMap(summary: Summary): Promise<Figure | undefined> {
  const plan = layout(summary);
  if (plan.x === undefined && plan.y === undefined) return undefined;
  const cells = cellsOf(summary, plan);
  const size = cellSize(plan, 0);
  const glyphs = size.x >= 9 && size.y >= 9;
  const values = cells.map((cell): MapValue => {
    const state = worst(summary, cell);
    return {
      ...texts(plan, cell),
      v: state,
      t: stateGlyphs[state],
      c: state === 'missing' ? onLight : onDark,
    };
  });
  const colour = {
    field: 'v',
    type: 'nominal',
    legend: null,
    scale: { domain: states, range: states.map((state) => stateColours[state]) },
  };
  const drawing = await draw(
    gridSpec(values, plan, { colour, text: glyphs && values.some(({ t }) => t !== '') }, 0),
  );
  return frame({
    name: 'map.svg',
    title: stateTitle(summary),
    notes: foldNotes(plan, cells, 'the worst state'),
    legend: stateLegend(summary),
    drawing,
  });
}

export function texts({ x, y, columns, rows }: Layout, cell: Cell) {
  return {
    x: x?.domain[cell.x] ?? '',
    y: y?.domain[cell.y] ?? '',
    column: columns?.domain[cell.column] ?? '',
    row: rows?.domain[cell.row] ?? '',
  };
}

/** Failed before missing before succeeded. */
const severity: Readonly<Record<State, number>> = { succeeded: 0, missing: 1, failed: 2 };

function worst(summary: Summary, { combinations }: Cell): State {
  return combinations
    .map((row) => states[summary.columns.state[row] ?? 2] ?? 'missing')
    .reduce((a, b) => (severity[b] > severity[a] ? b : a), 'succeeded');
}

export function stateLegend({ states: counts }: Summary): LegendEntry[] {
  return states
    .filter((state) => counts[state] > 0)
    .map((state) => ({
      label: `${count(counts[state])} ${state}`,
      colour: stateColours[state],
      glyph: stateGlyphs[state],
    }));
}

function stateTitle(summary: Summary): string {
  const { succeeded, failed, missing } = summary.states;
  const all = summary.combinations;
  if (succeeded === all)
    return all === 1 ? 'The combination succeeded' : `All ${count(all)} combinations succeeded`;
  const parts = [
    ...(failed > 0 ? [`${count(failed)} failed`] : []),
    ...(missing > 0 ? [`${count(missing)} missing`] : []),
  ];
  const shared = commonValue(summary);
  return `Of ${plural(all, 'combination')}, ${parts.join(' and ')}${shared === undefined ? '' : `: all at ${shared}`}`;
}

function panelNote({ x, y, columns, rows }: Layout): string[] {
  if (columns === undefined && rows === undefined) return [];
  const sides = [
    ...(x === undefined ? [] : [`${x.title} across`]),
    ...(y === undefined ? [] : [`${y.title} ${y.axes[0]?.numbers === undefined ? 'downwards' : 'upwards'}`]),
  ];
  return [`In each panel ${sides.join(', ')}.`];
}

/** What a reader must know of how combinations were put together. */
export function foldNotes(plan: Layout, cells: readonly Cell[], how: string): string[] {
  const panels = panelNote(plan);
  const most = cells.reduce((largest, cell) => Math.max(largest, cell.combinations.length), 0);
  if (most <= 1) return panels;
  const binned = [plan.x, plan.y].flatMap((along) =>
    along !== undefined && along.bin > 1 ? [`${along.bin} neighbouring values of ${along.title}`] : [],
  );
  const folded = plan.folded.map((axis) => axis.name);
  const why = [...(folded.length > 0 ? [`all values of ${folded.join(', ')}`] : []), ...binned];
  const share = why.length === 0 ? '' : ` (${why.join('; ')})`;
  return [...panels, `A cell shows ${how} of up to ${plural(most, 'combination')}${share}.`];
}
