import type { Combination } from '../grid/combination.ts';
import { type Fingerprints, fingerprintAll } from './fingerprint.ts';
import type { Failure, Fragment, InstanceRecord } from './fragment.ts';
import { countVerdicts, type MergedCounts, type MergedVersion } from './merge-count.ts';
import { type Gathered, outcomeOf } from './merge-outcome.ts';
import {
  fragmentSource,
  type KnownFailure,
  misplaced,
  type RecordedJob,
  type Reports,
  reusedSource,
  type Source,
} from './merge-sources.ts';
import type { Outcome, OutcomeSource } from './outcome.ts';
import { parseFragment } from './parse-fragment.ts';
import { openReportLog } from './report-log.ts';
import { openSpill } from './spill.ts';
import { compareText } from './verdict.ts';

export interface MergeInput {
  readonly run: string;
  readonly count: number;
  /** In index order; called once now and once for every `outcomes()`. */
  readonly combinations: () => AsyncIterable<Combination> | Iterable<Combination>;
  /** The job that the array's record names, if one is recorded. */
  readonly recorded: (round: number, array: number) => RecordedJob | undefined;
  /** USD per second of a combination's work; null when no price is known. Absent: no cost is told. */
  readonly price?: (at: {
    readonly index: number;
    readonly round: number;
    readonly slice: number;
    readonly instance?: InstanceRecord;
  }) => number | null;
  /** Told of every fragment that is merged, once. */
  readonly onFragment?: (fragment: Fragment) => void;
  /** An existing local folder for temporary files. */
  readonly spillDirectory: string;
}

/** What the engine recorded about a slice that ended badly; `indexes` are the slice's combinations. */
export interface EngineFailure {
  readonly round: number;
  readonly indexes: Iterable<number>;
  readonly failure: Failure;
  /** Attempts that started; 0 when the slice never ran. */
  readonly attempts: number;
  readonly source?: OutcomeSource;
}

export interface MergeReport {
  /** ISO 8601, of the newest fragment; null without fragments. The merge has no clock of its own. */
  readonly creationTime: string | null;
  /** Keys of the fragments that were merged, sorted. */
  readonly fragments: readonly string[];
  /** Sorted by key. */
  readonly unreadable: readonly { readonly key: string; readonly reason: string }[];
  /** What the verdicts were made with; more than one line is a mixed ensemble. */
  readonly versions: readonly MergedVersion[];
  readonly counts: MergedCounts;
  /** Names of all parameters, in order of first appearance. */
  readonly parameters: readonly string[];
}

/** Everything but the combination itself that another run's outcome brings along. */
export type ReusedOutcome = Pick<
  Outcome,
  'work' | 'command' | 'outputs' | 'results' | 'usage' | 'startedAt' | 'endedAt'
> & { readonly source: OutcomeSource };

export interface Merge extends Disposable {
  /** One fragment as stored. The order of calls does not matter; the same key counts once. */
  add(key: string, bytes: Uint8Array): void;
  /** A fragment that is known to exist but could not be had. */
  addUnreadable(key: string, reason: string): void;
  addEngineFailure(failure: EngineFailure): void;
  /** A combination that another run has already computed. */
  addReused(index: number, outcome: ReusedOutcome): void;
  /** Every combination exactly once, in index order. May be called again. */
  outcomes(): AsyncIterable<Outcome>;
  report(): MergeReport;
}

/**
 * Opens a merge of one run (design, section 6). Memory: about 40 bytes a combination, given back when it is disposed,
 * and a few hundred a fragment; the fragments themselves wait in a temporary file, as they came: writing out what was parsed would cost as much as
 * parsing it, and keeping it costs the garbage collector more than parsing it again.
 */
export async function openMerge(input: MergeInput): Promise<Merge> {
  const parameters = new Set<string>();
  const plan = await fingerprintAll(input.combinations(), input.count, (combination) => {
    for (const name of Object.keys(combination.parameters)) parameters.add(name);
  });
  const spill = openSpill(input.spillDirectory);
  const sources: Source[] = [];
  const failures: KnownFailure[] = [];
  const ranks = (source: number) => sources[source]?.rank;
  const engineRanks = (failure: number) => failures[failure]?.rank;
  const gathered: Gathered = { log: openReportLog(input.count, ranks, engineRanks), sources, failures };
  const seen = new Set<string>();
  const merged: string[] = [];
  const unreadable: { key: string; reason: string }[] = [];
  let newest: string | null = null;

  const accept = (fragment: Fragment, bytes: Uint8Array) => {
    const { round, array, slice, instance } = fragment;
    const origin = fragmentSource(fragment, input.recorded(round, array), spill.appendJson(bytes));
    const source = sources.push(origin) - 1;
    for (const [entry, { index, state, usage }] of fragment.combinations.entries()) {
      const seconds = usage.totalSeconds;
      const rate = input.price?.({ index, round, slice, ...(instance && { instance }) }) ?? null;
      const cost = rate === null ? null : rate * seconds;
      gathered.log.report(index, {
        state,
        source,
        entry,
        spent: { seconds, cost },
      });
    }
    newest = newer(newest, fragment.writtenAt);
    input.onFragment?.(fragment);
  };

  return {
    add(key, bytes) {
      if (seen.has(key)) return;
      seen.add(key);
      const read = readFragment(key, bytes, input.run, plan);
      if ('reason' in read) {
        unreadable.push({ key, reason: read.reason });
        return;
      }
      merged.push(key);
      accept(read.fragment, bytes);
    },
    addUnreadable(key, reason) {
      unreadable.push({ key, reason });
    },
    addEngineFailure({ indexes, round, attempts, failure, source }) {
      const rank = { round, attempts, text: JSON.stringify([failure, source ?? null]) };
      const number = failures.push({ rank, failure, ...(source && { source }) }) - 1;
      for (const index of indexes) gathered.log.engineFailed(index, number);
    },
    addReused(index, { source, work, command, outputs, results, usage, startedAt, endedAt }) {
      const report = { work, command, outputs, results, usage, startedAt, endedAt };
      const span = spill.append({ combinations: [report] } satisfies Reports);
      const number = sources.push(reusedSource(source, span)) - 1;
      gathered.log.report(index, { state: 'succeeded', source: number, entry: 0 });
    },
    async *outcomes() {
      for await (const combination of input.combinations()) {
        yield outcomeOf(combination, gathered, spill, input.price !== undefined);
      }
    },
    report: () => ({
      creationTime: newest,
      fragments: merged.toSorted(compareText),
      unreadable: unreadable.toSorted((a, b) => compareText(a.key, b.key)),
      parameters: [...parameters],
      ...countVerdicts(input.count, gathered),
    }),
    [Symbol.dispose]() {
      spill[Symbol.dispose]();
      gathered.log[Symbol.dispose]();
      plan[Symbol.dispose]();
    },
  };
}

/** A fragment that can be trusted as a whole, or why not: one wrong name means that it speaks of another plan. */
function readFragment(
  key: string,
  bytes: Uint8Array,
  run: string,
  plan: Fingerprints,
): { readonly fragment: Fragment } | { readonly reason: string } {
  const parsed = parseFragment(bytes);
  if (parsed.kind === 'unreadable') return { reason: parsed.reason };
  const { fragment } = parsed;
  if (fragment.run !== run) return { reason: `written by run ${fragment.run}` };
  const stranger = fragment.combinations.find(({ index, id, label }) => !plan.matches(index, id, label));
  if (stranger !== undefined) {
    const { index, id, label } = stranger;
    return { reason: `calls combination ${index} ${label} (${id}), which the plan does not` };
  }
  const reason = misplaced(key, fragment);
  return reason === undefined ? { fragment } : { reason };
}

/** The later of two times as written; equal instants are ordered as text, so that the answer is always the same one. */
function newer(a: string | null, b: string): string {
  if (a === null) return b;
  const difference = instant(a) - instant(b) || compareText(a, b);
  return difference < 0 ? b : a;
}

/** Text that is no time counts as older than every time. */
function instant(text: string): number {
  const parsed = Date.parse(text);
  return Number.isNaN(parsed) ? Number.MIN_SAFE_INTEGER : parsed;
}
