import { type Counts, noCounts } from '../engine/engine.ts';
import { mayContinue } from '../money/meter.ts';
import * as ranges from '../plan/ranges.ts';
import { indexesOf } from './array-indexes.ts';
import { isSettled } from './array-state.ts';
import type { RunDeps } from './deps.ts';
import { failedIn } from './failures.ts';
import type { ArrayAt } from './observe.ts';
import { meterTerms } from './price.ts';
import type { ChildFailureRecord, RoundRecord, StateRecord } from './records.ts';
import { type MonthSpend, monthReason } from './spend.ts';

/** What all arrays of a run come to. Pure. */
export interface Tally {
  /** Slices. */
  readonly counts: Counts;
  /** Slices of settled arrays that never ran or whose end nobody saw. */
  readonly withoutResult: number;
  /** Combinations of slices that ended, as far as the fragments of failed ones tell. */
  readonly done: { readonly succeeded: number; readonly failed: number };
  /** Failed combinations by round, also those that a later round took over. */
  readonly failedByRound: ReadonlyMap<number, number>;
  readonly meteredUsd: number;
  readonly burnUsdPerHour: number;
  /** No slice will do anything more. */
  readonly settled: boolean;
}

export function tally(
  planEngine: RunDeps['planEngine'],
  arrays: readonly ArrayAt[],
  failures: ReadonlyMap<string, readonly ChildFailureRecord[]>,
): Tally {
  let counts: Counts = noCounts;
  let withoutResult = 0;
  const done = { succeeded: 0, failed: 0 };
  const failedByRound = new Map<number, number>();
  let meteredUsd = 0;
  let burnUsdPerHour = 0;
  for (const at of arrays) {
    const { value } = at.document;
    const own = countsOf(at);
    counts = add(counts, own);
    if (isSettled(value)) withoutResult += Math.max(0, at.array.slices - own.succeeded - own.failed);
    const lines = failures.get(at.key) ?? [];
    const { failed, unfinished } = failedIn(at.round, at.array, lines);
    const ended = combinationsOf(at, own.succeeded + lines.length);
    const succeeded = Math.max(0, ended - failed - unfinished);
    const { round } = at.round;
    failedByRound.set(round, (failedByRound.get(round) ?? 0) + failed);
    const later = takenOver(at, arrays);
    done.failed += Math.max(0, failed - later.all);
    // Slices that a stopped run never reached end well, too: what a rerun found to be missing had not succeeded.
    const open = ranges.size(indexesOf(at)) - succeeded - failed;
    const unreached = later.all - failed - open;
    done.succeeded += Math.max(0, succeeded - Math.max(0, later.again - failed, unreached));
    if ('meteredUsd' in value) meteredUsd += value.meteredUsd;
    if (value.state === 'submitted') {
      const { usdPerSliceHour } = meterTerms(planEngine, at.round, at.array);
      burnUsdPerHour += (own.starting + own.running) * usdPerSliceHour;
    }
  }
  return {
    counts,
    withoutResult,
    done,
    failedByRound,
    meteredUsd,
    burnUsdPerHour,
    settled: arrays.every((at) => isSettled(at.document.value)),
  };
}

/**
 * Finished combinations that people are told of, without reused ones. The merge has the last word. Of a run that is
 * being stopped no more successes are believed than before: a slice that finds its run stopped ends well without
 * having done anything.
 */
export function doneOf(
  { phase, stopped, done }: Pick<StateRecord, 'phase' | 'stopped' | 'done'>,
  now: Pick<Tally, 'done'>,
): StateRecord['done'] {
  if (phase.phase === 'published' && done.missing !== undefined) return done;
  if (stopped === null) return now.done;
  return { ...now.done, succeeded: Math.min(now.done.succeeded, done.succeeded) };
}

/**
 * Combinations of an array that later rounds took over, where an earlier verdict no longer counts. A rerun takes over
 * what has failed; only one of `again` takes over what has succeeded, too.
 */
function takenOver(
  at: ArrayAt,
  arrays: readonly ArrayAt[],
): { readonly all: number; readonly again: number } {
  const later = new Set(arrays.map(({ round }) => round).filter(({ round }) => round > at.round.round));
  if (later.size === 0) return { all: 0, again: 0 };
  const own = indexesOf(at);
  const taken = (rounds: readonly RoundRecord[]) => {
    const indexes = rounds.flatMap(({ groups }) => groups.map((group) => group.indexes));
    return ranges.size(ranges.intersection(own, ranges.union(...indexes)));
  };
  return { all: taken([...later]), again: taken([...later].filter(({ again }) => again)) };
}

/** A settled array holds nothing that waits or runs, whatever it was seen to do last. */
function countsOf({ array, document: { value } }: ArrayAt): Counts {
  const counts = 'counts' in value ? value.counts : null;
  if (!isSettled(value)) return counts ?? { ...noCounts, submitted: array.slices };
  return { ...noCounts, succeeded: counts?.succeeded ?? 0, failed: counts?.failed ?? 0 };
}

function add(one: Counts, other: Counts): Counts {
  return {
    submitted: one.submitted + other.submitted,
    pending: one.pending + other.pending,
    runnable: one.runnable + other.runnable,
    starting: one.starting + other.starting,
    running: one.running + other.running,
    succeeded: one.succeeded + other.succeeded,
    failed: one.failed + other.failed,
  };
}

/** Combinations of so many slices; the last slice of a group may be smaller, which shows only when all are done. */
function combinationsOf({ round, array }: ArrayAt, slices: number): number {
  const group = round.groups.find((one) => one.class === array.class);
  if (group === undefined) return 0;
  return Math.min(slices * group.sliceSize, ranges.size(group.indexes));
}

/** Why the run must stop now, if it must. Only failures of the current round count: a rerun begins with what failed before. */
export function stopReason(
  now: Tally,
  round: RoundRecord,
  settings: RunDeps['settings'],
  month: MonthSpend,
): string | undefined {
  if (now.settled) return undefined;
  const failed = now.failedByRound.get(round.round) ?? 0;
  if (failed > 0 && failed >= round.stopAfterFailures) {
    return `${failed} combinations failed; \`failures.stop_after\` allows fewer than ${round.stopAfterFailures}`;
  }
  const { meteredUsd, burnUsdPerHour } = now;
  const verdict = mayContinue({
    ...{ meteredUsd, burnUsdPerHour, budgetUsd: round.budgetUsd },
    watchSeconds: settings.watchSeconds,
  });
  if (!verdict.go) return verdict.why;
  // To stop what costs nothing would leave the month as it is.
  return meteredUsd + burnUsdPerHour === 0 ? undefined : monthReason(month, settings);
}
