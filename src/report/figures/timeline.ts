import { count, duration, plural } from '../format.ts';
import { type State, type Summary, states } from '../summary.ts';
import { draw } from './draw.ts';
import { type Figure, frame, type LegendEntry } from './frame.ts';
import { lines, muted, stateColours } from './theme.ts';
import { timeUnit } from './units.ts';

/** A slice from its first combination's start to its last one's end. */
export interface Bar {
  readonly slice: number;
  start: number;
  end: number;
  host: number;
  state: State;
  attempts: number;
}

const mostBars = 1200;
const mostLanes = 64;

/** When each slice ran, by host; many slices become a count of running ones over time. */
export async function timeline(summary: Summary): Promise<Figure | undefined> {
  const bars = barsOf(summary);
  if (bars.length < 2) return undefined;
  const begin = bars.reduce((first, bar) => Math.min(first, bar.start), Number.POSITIVE_INFINITY);
  const finish = bars.reduce((last, bar) => Math.max(last, bar.end), Number.NEGATIVE_INFINITY);
  const unit = timeUnit(finish - begin);
  const hosts = new Set(bars.map((bar) => bar.host)).size;
  const { lanes, count: places } = lanesOf(bars);
  const title = `Time since the first start (${unit.name})`;
  const x = (seconds: number) => (seconds - begin) / unit.seconds;
  const chart = bars.length <= mostBars && places <= mostLanes;
  const spec = chart
    ? gantt(bars, lanes, places, x, title)
    : running(bars, begin, finish, unit.seconds, title);
  const retried = bars.filter((bar) => bar.attempts > 1).length;
  const what = `${plural(bars.length, 'slice')} on ${plural(hosts, 'host')} took ${duration(finish - begin)}`;
  return frame({
    name: 'timeline.svg',
    title: `${what}, at most ${count(mostAtOnce(bars))} at once`,
    notes: [
      ...(chart
        ? ['A bar is a slice, a line of bars one place on a host.']
        : ['How many slices ran at each moment.']),
      ...(retried > 0 && chart
        ? [`A dot marks ${plural(retried, 'slice')} with more than one attempt.`]
        : []),
    ],
    legend: chart ? legend(bars) : [],
    drawing: await draw(spec),
  });
}

function legend(bars: readonly Bar[]): LegendEntry[] {
  return states
    .filter((state) => bars.some((bar) => bar.state === state))
    .map((state) => ({ label: state, colour: stateColours[state] }));
}

/** Slices of this run, in order of their start. */
export function barsOf({ columns }: Summary): Bar[] {
  const bars = new Map<number, Bar>();
  for (const [row, slice] of columns.slice.entries()) {
    const [start, end] = [columns.start[row] ?? Number.NaN, columns.end[row] ?? Number.NaN];
    if (slice < 0 || Number.isNaN(start) || Number.isNaN(end)) continue;
    const state = states[columns.state[row] ?? 2] ?? 'missing';
    const attempts = columns.attempts[row] ?? 1;
    const bar = bars.get(slice);
    if (bar === undefined) {
      bars.set(slice, { slice, start, end, host: columns.host[row] ?? -1, state, attempts });
      continue;
    }
    bar.start = Math.min(bar.start, start);
    bar.end = Math.max(bar.end, end);
    bar.attempts = Math.max(bar.attempts, attempts);
    if (state === 'failed') bar.state = state;
  }
  return [...bars.values()].sort((a, b) => a.start - b.start || a.slice - b.slice);
}

/** A line for each bar: hosts one below the other, each with as many lines as it had slices at once. */
function lanesOf(bars: readonly Bar[]): { readonly lanes: readonly string[]; readonly count: number } {
  const free = new Map<number, number[]>();
  const own = bars.map((bar) => {
    const ends = free.get(bar.host) ?? [];
    free.set(bar.host, ends);
    // Clocks of one host may be read a moment apart.
    const at = ends.findIndex((end) => end <= bar.start + 0.5);
    const lane = at === -1 ? ends.length : at;
    ends[lane] = bar.end;
    return { host: bar.host, lane };
  });
  const name = (host: number, lane: number) =>
    `${String(host).padStart(6, '0')}.${String(lane).padStart(4, '0')}`;
  const count = [...free.values()].reduce((sum, ends) => sum + ends.length, 0);
  return { lanes: own.map(({ host, lane }) => name(host, lane)), count };
}

export function mostAtOnce(bars: readonly Bar[]): number {
  const steps = bars
    .flatMap((bar) => [
      { at: bar.start, by: 1 },
      { at: bar.end, by: -1 },
    ])
    .sort((a, b) => a.at - b.at || a.by - b.by);
  let [now, most] = [0, 0];
  for (const { by } of steps) {
    now += by;
    most = Math.max(most, now);
  }
  return most;
}

function gantt(
  bars: readonly Bar[],
  lanes: readonly string[],
  places: number,
  x: (seconds: number) => number,
  title: string,
) {
  const values = bars.map((bar, at) => ({
    l: lanes[at] ?? '',
    a: x(bar.start),
    b: x(bar.end),
    s: bar.state,
    again: bar.attempts > 1,
  }));
  const y = { field: 'l', type: 'ordinal', sort: 'ascending', axis: null };
  const along = {
    type: 'quantitative',
    title,
    scale: { nice: false, zero: true },
    axis: { grid: true, tickCount: 8 },
  };
  const colour = { domain: states, range: states.map((state) => stateColours[state]) };
  return {
    width: 680,
    height: { step: Math.max(4, Math.min(18, 420 / places)) },
    layer: [
      {
        data: { values },
        mark: { type: 'bar', height: { band: 0.8 }, stroke: '#ffffff', strokeWidth: 0.5 },
        encoding: {
          x: { field: 'a', ...along },
          x2: { field: 'b' },
          y,
          color: { field: 's', type: 'nominal', legend: null, scale: colour },
        },
      },
      {
        data: { values: values.filter(({ again }) => again) },
        mark: { type: 'circle', size: 22, color: '#fffffe', opacity: 1, xOffset: 6 },
        encoding: { x: { field: 'a', ...along }, y },
      },
    ],
  };
}

/** Slices running at each of 240 moments. */
function running(bars: readonly Bar[], begin: number, finish: number, unit: number, title: string) {
  const moments = 240;
  const step = (finish - begin) / moments || 1;
  const change = new Int32Array(moments + 2);
  for (const bar of bars) {
    const [from, to] = [Math.ceil((bar.start - begin) / step), Math.ceil((bar.end - begin) / step)];
    change[from] = (change[from] ?? 0) + 1;
    change[to] = (change[to] ?? 0) - 1;
  }
  let now = 0;
  const values = Array.from({ length: moments + 1 }, (_, at) => {
    now += change[at] ?? 0;
    return { a: (at * step) / unit, n: now };
  });
  return {
    width: 680,
    height: 220,
    data: { values },
    mark: { type: 'area', interpolate: 'step-after', color: stateColours.succeeded, line: { color: muted } },
    encoding: {
      x: {
        field: 'a',
        type: 'quantitative',
        title,
        scale: { nice: false },
        axis: { grid: false, domainColor: lines },
      },
      y: {
        field: 'n',
        type: 'quantitative',
        title: 'Slices running',
        axis: { tickMinStep: 1, tickCount: 5 },
      },
    },
  };
}
