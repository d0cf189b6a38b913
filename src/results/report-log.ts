import { letGo } from './flat-arrays.ts';
import { compareEngineRanks, type EngineRank, type EntryState, type Rank, replaces } from './verdict.ts';

/** Best report so far and sums over all reports, per combination, in flat arrays: 33 bytes each. */
export interface ReportLog extends Disposable {
  /** A report of an attempt; `source` is a number that `ranks` knows. */
  report(index: number, report: Report): void;
  engineFailed(index: number, failure: number): void;
  best(index: number): BestReport | undefined;
  /** Number of the engine failure that weighs most. */
  engineFailure(index: number): number | undefined;
  attempts(index: number): number;
  /** Of all reports together, less `own`. */
  secondsBeside(index: number, own: number): number;
  /** Of all reports; null when a price was not known. */
  cost(index: number): number | null;
}

export interface Report {
  readonly state: EntryState;
  readonly source: number;
  /** Position among the reports of its source. */
  readonly entry: number;
  /** Absent for what is only taken over from another run: no attempt was made here. Cost in USD, null when unknown. */
  readonly spent?: { readonly seconds: number; readonly cost: number | null };
}

export interface BestReport {
  readonly state: EntryState;
  readonly source: number;
  readonly entry: number;
}

/** Sums are kept as whole milliseconds and nano-dollars: adding fractions would depend on the order of arrival. */
const perSecond = 1e3;
const perUsd = 1e9;

export function openReportLog(
  count: number,
  ranks: (source: number) => Rank | undefined,
  engineRanks: (failure: number) => EngineRank | undefined,
): ReportLog {
  const states = new Uint8Array(count);
  const sources = new Uint32Array(count);
  const entries = new Uint32Array(count);
  const attempts = new Uint32Array(count);
  const milliseconds = new Float64Array(count);
  const nanoUsd = new Float64Array(count);
  /** Number of the failure plus one. */
  const engine = new Uint32Array(count);

  const arrays = [states, sources, entries, attempts, milliseconds, nanoUsd, engine];

  const best = (index: number): BestReport | undefined => {
    const state = stateNames[states[index] ?? 0];
    if (state === undefined) return undefined;
    return { state, source: sources[index] ?? 0, entry: entries[index] ?? 0 };
  };
  const rankOf = (source: number): Rank => known(ranks(source));

  return {
    report(index, { state, source, entry, spent }) {
      if (spent !== undefined) {
        const { seconds, cost } = spent;
        attempts[index] = (attempts[index] ?? 0) + 1;
        milliseconds[index] = (milliseconds[index] ?? 0) + Math.round(seconds * perSecond);
        nanoUsd[index] = (nanoUsd[index] ?? 0) + (cost === null ? Number.NaN : Math.round(cost * perUsd));
      }
      const old = best(index);
      const next = { state, rank: rankOf(source) };
      if (old !== undefined && !replaces({ state: old.state, rank: rankOf(old.source) }, next)) return;
      states[index] = stateNames.indexOf(state);
      sources[index] = source;
      entries[index] = entry;
    },
    engineFailed(index, failure) {
      const old = engine[index] ?? 0;
      if (old === 0 || compareEngineRanks(known(engineRanks(failure)), known(engineRanks(old - 1))) > 0) {
        engine[index] = failure + 1;
      }
    },
    best,
    engineFailure: (index) => ((engine[index] ?? 0) === 0 ? undefined : (engine[index] ?? 0) - 1),
    attempts: (index) => attempts[index] ?? 0,
    secondsBeside: (index, own) => ((milliseconds[index] ?? 0) - Math.round(own * perSecond)) / perSecond,
    [Symbol.dispose]: () => letGo(arrays),
    cost: (index) => (Number.isNaN(nanoUsd[index]) ? null : (nanoUsd[index] ?? 0) / perUsd),
  };
}

const stateNames = [undefined, 'succeeded', 'failed'] as const;

function known<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('a report without its source');
  return value;
}
