import type { Axis } from '../grid/grid.ts';
import type { Bill } from '../money/bill.ts';
import type { Used } from '../money/waste.ts';
import type { Outcome } from '../results/outcome.ts';
import { type AxisEffect, axisEffects } from './axis-effect.ts';
import { AxisCollector, type AxisColumn, type Column, float64, int32, uint8 } from './columns.ts';
import { type FailureGroup, FailureGroups } from './failure-groups.ts';
import { ResultCollector, type ResultSummary } from './result-summary.ts';
import { type Spread, spread } from './statistics.ts';
import { UseCollector } from './use-collector.ts';

/** An ensemble in numbers: what texts and figures are made of. */
export interface Summary {
  readonly run: string;
  readonly combinations: number;
  readonly states: { readonly succeeded: number; readonly failed: number; readonly missing: number };
  /** Succeeded combinations whose outputs another run had published, by that run. */
  readonly reused: ReadonlyMap<string, number>;
  readonly failures: readonly FailureGroup[];
  /** Labels of the first 50; `states.missing` counts all. */
  readonly missing: readonly string[];
  /** Seconds of one combination's program, over combinations this run executed and finished well. */
  readonly seconds: Spread | undefined;
  /** Of all programs of this run that became a verdict. */
  readonly totalSeconds: number;
  /** Of all attempts that did not. */
  readonly wastedSeconds: number;
  /** USD: of the whole bill where there is one, else of the combinations; null when no combination has a price. */
  readonly costUsd: number | null;
  /** What all attempts cost. */
  readonly bill?: Bill;
  /** USD of the combinations of each resource class met. */
  readonly classUsd: ReadonlyMap<number, number>;
  /** Executed combinations without a price. */
  readonly unpriced: number;
  /** Succeeded only at a second or later attempt. */
  readonly retried: number;
  /** Bytes; the largest of any combination. */
  readonly peakMemory: { readonly bytes: number; readonly label: string } | undefined;
  /** Of each resource class met. */
  readonly usage: ReadonlyMap<number, Used>;
  /** Resource classes of combinations that failed for want of memory. */
  readonly shortOfMemory: ReadonlySet<number>;
  /** Combinations by content identity of the image, by worker, number of hosts. */
  readonly versions: {
    readonly images: ReadonlyMap<string, number>;
    readonly workers: ReadonlyMap<string, number>;
  };
  readonly hosts: readonly string[];
  readonly outputs: { readonly files: number; readonly bytes: number };
  readonly results: readonly ResultSummary[];
  /** Empty when no result varies at all. */
  readonly effects: readonly AxisEffect[];
  readonly columns: Columns;
}

/** One row per combination, in the order of the outcomes. */
export interface Columns {
  readonly axes: readonly AxisColumn[];
  /** Position in `states`. */
  readonly state: Uint8Array;
  /** Program seconds; NaN when unknown. */
  readonly seconds: Float64Array;
  /** Seconds since 1970; NaN when unknown or done by another run. */
  readonly start: Float64Array;
  readonly end: Float64Array;
  /** Number over all rounds (round x 2^26 + slice) and -1 when unknown or done by another run. */
  readonly slice: Float64Array;
  /** Position in `Summary.hosts`; -1 when unknown. */
  readonly host: Int32Array;
  /** At most 255. */
  readonly attempts: Uint8Array;
}

export const states = ['succeeded', 'failed', 'missing'] as const;
export type State = (typeof states)[number];

export interface SummaryOptions {
  /** Outcomes whose source is another run are reused ones. */
  readonly run: string;
  readonly axes: readonly Axis[];
  /** Names of `results:`, in written order. */
  readonly results: readonly string[];
  /** Outcomes to come, where it is known. */
  readonly rows?: number;
  /** Resource class of a combination; all are class 0 without it. */
  readonly classOf?: (index: number) => number;
}

const missingKept = 50;
/** Hosts, images and workers told apart. */
const namesKept = 10_000;

/** Reads the outcomes once; memory is a few numbers for each. */
export async function summarise(
  outcomes: Iterable<Outcome> | AsyncIterable<Outcome>,
  options: SummaryOptions,
): Promise<Summary> {
  const summariser = new Summariser(options);
  for await (const outcome of outcomes) summariser.add(outcome);
  return summariser.finish();
}

/** The summary of a run whose attempts are accounted for. */
export function withBill(summary: Summary, bill: Bill | undefined): Summary {
  if (bill === undefined) return summary;
  const priced = bill.attempts > bill.unpriced;
  return { ...summary, bill, ...(priced && { costUsd: bill.totalUsd }) };
}

/** The same for callers that hold the loop themselves. */
export class Summariser {
  readonly #options: SummaryOptions;
  readonly #axes: readonly { readonly name: string; readonly collector: AxisCollector }[];
  readonly #results: readonly ResultCollector[];
  readonly #failures = new FailureGroups();
  readonly #state: Column<Uint8Array>;
  readonly #seconds: Column<Float64Array>;
  readonly #start: Column<Float64Array>;
  readonly #end: Column<Float64Array>;
  readonly #slice: Column<Float64Array>;
  readonly #host: Column<Int32Array>;
  readonly #attempts: Column<Uint8Array>;
  readonly #counts = { succeeded: 0, failed: 0, missing: 0 };
  readonly #reused = new Map<string, number>();
  readonly #missing: string[] = [];
  readonly #images = new Map<string, number>();
  readonly #workers = new Map<string, number>();
  readonly #hosts = new Map<string, number>();
  readonly #usage = new Map<number, UseCollector>();
  readonly #classUsd = new Map<number, number>();
  readonly #shortOfMemory = new Set<number>();
  readonly #totals = {
    seconds: 0,
    wasted: 0,
    cost: 0,
    priced: 0,
    unpriced: 0,
    retried: 0,
    files: 0,
    bytes: 0,
  };
  #peak: { bytes: number; label: string } | undefined;

  constructor(options: SummaryOptions) {
    const { axes, results, rows } = options;
    this.#options = options;
    this.#axes = axes.map((axis) => ({ name: axis.name, collector: new AxisCollector(axis, rows) }));
    this.#results = results.map((name) => new ResultCollector(name, rows));
    this.#state = uint8(rows);
    this.#seconds = float64(rows);
    this.#start = float64(rows);
    this.#end = float64(rows);
    this.#slice = float64(rows);
    this.#host = int32(rows);
    this.#attempts = uint8(rows);
  }

  add(outcome: Outcome): void {
    const { combination, state } = outcome;
    const reused = outcome.source !== undefined && outcome.source.run !== this.#options.run;
    this.#counts[state] += 1;
    this.#state.push(states.indexOf(state));
    for (const { name, collector } of this.#axes) {
      collector.add(combination.parameters[name], combination.text[name]);
    }
    for (const result of this.#results) {
      result.add(
        state === 'succeeded' ? (outcome.results[result.name] ?? null) : undefined,
        combination.label,
      );
    }
    if (state === 'failed') this.#failures.add(outcome);
    if (state === 'missing' && this.#missing.length < missingKept) this.#missing.push(combination.label);
    this.#addSource(outcome, reused);
    this.#addTimes(outcome, reused);
    if (!reused) this.#addUse(outcome);
    this.#totals.files += outcome.outputs.length;
    for (const output of outcome.outputs) this.#totals.bytes += output.size;
  }

  #addSource({ source, state, attempts }: Outcome, reused: boolean): void {
    this.#attempts.push(Math.min(255, attempts));
    this.#slice.push(source === undefined || reused ? -1 : sliceNumber(source.round, source.slice));
    this.#host.push(source === undefined || reused ? -1 : position(this.#hosts, source.host));
    if (source === undefined) return;
    if (state === 'succeeded') {
      tally(this.#images, source.image);
      tally(this.#workers, source.worker);
    }
    if (reused) tally(this.#reused, source.run);
    else if (state === 'succeeded' && attempts > 1) this.#totals.retried += 1;
  }

  #addTimes(outcome: Outcome, reused: boolean): void {
    const time = (iso: string | undefined) =>
      iso === undefined || reused ? Number.NaN : Date.parse(iso) / 1000;
    this.#seconds.push(outcome.usage === undefined || reused ? Number.NaN : outcome.usage.seconds);
    this.#start.push(time(outcome.startedAt));
    this.#end.push(time(outcome.endedAt));
  }

  #addUse({ combination, usage, cost, wastedSeconds, attempts, failure }: Outcome): void {
    this.#totals.wasted += wastedSeconds;
    const key = this.#options.classOf?.(combination.index) ?? 0;
    if (cost !== null) {
      this.#classUsd.set(key, (this.#classUsd.get(key) ?? 0) + cost);
      this.#totals.cost += cost;
      this.#totals.priced += 1;
    } else if (attempts > 0) this.#totals.unpriced += 1;
    if (failure?.class === 'memory') this.#shortOfMemory.add(key);
    if (usage === undefined) return;
    this.#totals.seconds += usage.seconds;
    const use = this.#usage.get(key) ?? new UseCollector();
    this.#usage.set(key, use);
    use.add(usage);
    const peak = usage.peakMemoryBytes ?? 0;
    if (peak > (this.#peak?.bytes ?? 0)) this.#peak = { bytes: peak, label: combination.label };
  }

  finish(): Summary {
    const columns: Columns = {
      axes: this.#axes.map(({ collector }) => collector.finish()),
      state: this.#state.finish(),
      seconds: this.#seconds.finish(),
      start: this.#start.finish(),
      end: this.#end.finish(),
      slice: this.#slice.finish(),
      host: this.#host.finish(),
      attempts: this.#attempts.finish(),
    };
    const results = this.#results.map((result) => result.finish());
    const totals = this.#totals;
    return {
      run: this.#options.run,
      combinations: columns.state.length,
      states: this.#counts,
      reused: this.#reused,
      failures: this.#failures.finish(),
      missing: this.#missing,
      seconds: spread(
        columns.seconds.map((seconds, row) => (columns.state[row] === 0 ? seconds : Number.NaN)),
      ),
      totalSeconds: totals.seconds,
      wastedSeconds: totals.wasted,
      costUsd: totals.priced === 0 ? null : totals.cost,
      classUsd: this.#classUsd,
      shortOfMemory: this.#shortOfMemory,
      unpriced: totals.unpriced,
      retried: totals.retried,
      peakMemory: this.#peak,
      usage: new Map([...this.#usage].map(([key, use]) => [key, use.finish()])),
      versions: { images: this.#images, workers: this.#workers },
      hosts: [...this.#hosts.keys()],
      outputs: { files: totals.files, bytes: totals.bytes },
      results,
      effects: effects(columns, results),
      columns,
    };
  }
}

/** A number that orders slices by round, then by slice; rounds hold far fewer than 2^26 slices. */
function sliceNumber(round: number, slice: number): number {
  return round * 2 ** 26 + slice;
}

function effects(columns: Columns, results: readonly ResultSummary[]): readonly AxisEffect[] {
  const varying = results.filter((result) => result.varies);
  if (varying.length === 0) return [];
  return axisEffects({
    axes: columns.axes,
    rows: columns.state.length,
    succeeded: (row) => columns.state[row] === 0,
    equal: (row, other) => varying.every((result) => result.equal(row, other)),
  });
}

function position(positions: Map<string, number>, name: string): number {
  const known = positions.get(name);
  if (known !== undefined || positions.size >= namesKept) return known ?? -1;
  positions.set(name, positions.size);
  return positions.size - 1;
}

function tally(counts: Map<string, number>, name: string): void {
  if (counts.has(name) || counts.size < namesKept) counts.set(name, (counts.get(name) ?? 0) + 1);
}
