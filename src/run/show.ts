import { meterWords } from '../money/price-words.ts';
import { marketOf } from '../plan/queues.ts';
import * as ranges from '../plan/ranges.ts';
import { sliceOf } from '../plan/slices.ts';
import { type Failed, FailureGroups } from '../report/failure-groups.ts';
import { contexts, progressStatus } from '../report/progress-status.ts';
import type { Origin, RunProgress, SliceState } from '../report/run-progress.ts';
import { runReviewBody, runReviewTitle } from '../report/run-review.ts';
import { mostMapped } from '../report/slice-map.ts';
import { isSettled } from './array-state.ts';
import { controlsOf } from './controls.ts';
import type { RunDeps } from './deps.ts';
import { failuresOf, wasStopped } from './failures.ts';
import type { ArrayAt, Looked } from './observe.ts';
import { pricedAsLaunched, withPricesOf } from './pricing.ts';
import type { ChildFailureRecord, RoundRecord, RunRecord, StateRecord } from './records.ts';
import { ensureReview, reviewBranch, type Shown } from './review.ts';
import { knownDiagnoses } from './standstill.ts';
import type { Started } from './start.ts';
import { doneOf, tally } from './tally.ts';

/** Opens the review of a fresh run or brings that of a running one up to date. */
export async function showProgress(
  deps: RunDeps,
  started: Started,
  state: StateRecord,
  { arrays, failures }: Looked,
): Promise<void> {
  const progress = await progressOf(deps, started, state, arrays, failures);
  const title = runReviewTitle(progress);
  const body = runReviewBody(progress, controlsOf(deps.forge));
  const shown = await ensureReview(deps, started, { title, body, version: state.version });
  if (isCurrent(shown)) await showAtWork(deps, state, progress, shown);
}

/** A person closed or merged the others; or somebody has told of a later state. */
const isCurrent = ({ state, text }: Shown) => state === 'open' && text !== 'stale' && text !== 'closed';

/**
 * Of a run that works: what an earlier round came to holds no longer. A review that was ready stays so: whoever comes
 * late would make it a draft after the publication that made it ready, and nobody looks at it again.
 */
async function showAtWork(
  { forge }: RunDeps,
  { phase }: StateRecord,
  progress: RunProgress,
  review: Shown,
): Promise<void> {
  const commit = await forge.head(reviewBranch(progress.run));
  if (commit === undefined) return;
  const status = { state: 'pending', description: progressStatus(progress), url: review.url } as const;
  await forge.setStatus(commit, { ...status, context: contexts.progress });
  if (phase.round === 0) return;
  const description = `round ${phase.round} is at work`;
  await forge.setStatus(commit, { ...status, context: contexts.complete, description });
}

/** A run as the store tells it, in the words of the report. */
export async function progressOf(
  deps: RunDeps,
  { run, rounds }: Started,
  state: StateRecord,
  arrays: readonly ArrayAt[],
  known?: Looked['failures'],
): Promise<RunProgress> {
  const failures = known ?? (await failuresOf(deps, run.run, arrays));
  const now = tally(withPricesOf(deps, run).planEngine, arrays, failures);
  const { counts, withoutResult } = now;
  const standing = standingLines(arrays, failures);
  const done = doneOf(state, now);
  const round = rounds.at(-1);
  const current = arrays.filter((at) => at.round === round);
  const { map, failedSlices } = mapOf(current, failures);
  const due = state.phase.phase === 'published' ? null : nextWatch(state, deps.settings.watchSeconds);
  const { by } = controlsOf(deps.forge);
  return {
    grid: run.grid.name,
    run: run.run,
    combinations: combinationsOf(run),
    phase: state.phase.phase,
    round: state.phase.round,
    slices: {
      total: arrays.reduce((sum, { array }) => sum + array.slices, 0),
      waiting: counts.submitted + counts.pending + counts.runnable,
      starting: counts.starting,
      running: counts.running,
      succeeded: counts.succeeded,
      failed: counts.failed,
      withoutResult,
    },
    done: { ...done, succeeded: done.succeeded + (run.reused?.combinations ?? 0) },
    ...(map !== undefined && { map }),
    failedSlices,
    failures: groupsOf(standing),
    unfinished: unfinishedOf(standing),
    money: {
      meteredUsd: now.meteredUsd,
      budgetUsd: round?.budgetUsd ?? run.budgetUsd,
      estimateUsd: run.estimate.usd,
      usdPerHour: now.burnUsdPerHour,
      notes: meterNotes(deps, run, round),
    },
    diagnosis: await knownDiagnoses(deps, state, arrays),
    stopped: state.stopped,
    secondsLeft: secondsLeft(deps, round?.createdAt, current, now.counts),
    lastWatch: state.lastWatch,
    nextWatch: by === 'workflows' ? due : null,
    ...(by === 'terminal' && isLeft(deps, due) && { unwatched: true }),
    origin: originOf(run),
  };
}

const originOf = ({ provenance, source, images, createdAt, reused }: RunRecord): Origin => ({
  ...{ ...provenance, ...source, createdAt },
  images: Object.values(images),
  reused: reused?.combinations ?? 0,
});

function meterNotes(deps: RunDeps, run: RunRecord, round: RoundRecord | undefined): readonly string[] {
  const engine = pricedAsLaunched(withPricesOf(deps, run).planEngine, round?.pricing);
  const classes = round?.classes ?? run.classes;
  return meterWords(
    classes.map(({ resources, queue }) => ({ job: resources, market: marketOf(engine, queue) })),
  );
}

/** Of the run's plan: the whole grid, or what a trial is about. */
export const combinationsOf = ({ selected, combinations }: RunRecord): number =>
  selected === null ? combinations : ranges.size(selected);

function nextWatch({ lastWatch }: StateRecord, seconds: number): string | null {
  return lastWatch === null ? null : new Date(Date.parse(lastWatch) + seconds * 1000).toISOString();
}

/** On the local engine the work waits for a watcher, too, and its diagnosis says so. */
function isLeft({ clock, engine }: Pick<RunDeps, 'clock' | 'engine'>, due: string | null): boolean {
  return due !== null && !engine.limits.explainIsFree && Date.parse(due) < clock.now().getTime();
}

/** Which slice is which is known of the failed ones only; the others are drawn as many as there are, in order. */
function mapOf(
  arrays: readonly ArrayAt[],
  failures: ReadonlyMap<string, readonly ChildFailureRecord[]>,
): { readonly map?: readonly SliceState[]; readonly failedSlices: readonly number[] } {
  const failedSlices: number[] = [];
  const map: SliceState[] = [];
  for (const { key, array, document } of arrays) {
    const failed = new Set((failures.get(key) ?? []).map(({ child }) => child));
    for (const child of failed) failedSlices.push(array.firstSlice + child);
    const { value } = document;
    const counts = 'counts' in value ? value.counts : null;
    let succeeded = counts?.succeeded ?? 0;
    const settled = isSettled(value);
    let running = settled ? 0 : (counts?.running ?? 0) + (counts?.starting ?? 0);
    if (array.slices > mostMapped) continue;
    for (let child = 0; child < array.slices; child++) {
      if (failed.has(child)) map.push('failed');
      else if (succeeded-- > 0) map.push('succeeded');
      else if (running-- > 0) map.push('running');
      else map.push(settled ? 'without result' : 'waiting');
    }
  }
  const slices = arrays.reduce((sum, { array }) => sum + array.slices, 0);
  return slices > mostMapped ? { failedSlices } : { map, failedSlices };
}

type Failures = ReadonlyMap<string, readonly ChildFailureRecord[]>;

interface StandingLine {
  readonly line: ChildFailureRecord;
  readonly slice: number;
  /** Whether no later round took a combination over. */
  readonly stands: (index: number) => boolean;
}

/** What is recorded of failed slices, as far as no later round took their combinations over. */
function standingLines(arrays: readonly ArrayAt[], failures: Failures): readonly StandingLine[] {
  const rounds = [...new Set(arrays.map(({ round }) => round))];
  return rounds.flatMap((round) => {
    const later = rounds.filter((one) => one.round > round.round).flatMap(({ groups }) => groups);
    const taken = ranges.union(...later.map(({ indexes }) => indexes));
    const stands = (index: number) => !ranges.contains(taken, index);
    const isTaken = (slice: number) =>
      taken.length > 0 && ranges.difference(sliceOf(round.groups, slice).indexes, taken).length === 0;
    return arrays
      .filter((at) => at.round === round)
      .flatMap(({ key, array: { firstSlice } }) =>
        (failures.get(key) ?? []).map((line) => ({ line, slice: firstSlice + line.child, stands })),
      )
      .filter(({ slice }) => !isTaken(slice));
  });
}

function groupsOf(lines: readonly StandingLine[]) {
  const groups = new FailureGroups();
  for (const { line, slice, stands } of lines) {
    const { examples, attempts, class: kind, reason } = line;
    const pages = pagesOf(line);
    for (const { index, id, label, attempt, failure } of examples) {
      if (!stands(index)) continue;
      const combination = { index, id, label, parameters: {}, text: {} };
      // The engine advises on what it saw itself; the worker may have seen more.
      const advice = failure.class === kind ? adviceOf(line) : {};
      groups.add({ combination, attempts: attempt, failure, ...pages, ...advice } satisfies Failed);
    }
    if (examples.length > 0 || wasStopped(line)) continue;
    const last = attempts.at(-1);
    groups.add({
      ...{ ...pages, ...adviceOf(line) },
      combination: { index: -1, id: '', label: `slice ${slice}`, parameters: {}, text: {} },
      attempts: attempts.length,
      failure: {
        ...{ class: kind, message: reason, exitCode: last?.exitCode ?? null },
        ...{ signal: null, tail: '', again: false },
      },
    });
  }
  return groups.finish();
}

function unfinishedOf(lines: readonly StandingLine[]): RunProgress['unfinished'] {
  const slices = new Map<string, number>();
  for (const { line } of lines) {
    if (wasStopped(line)) slices.set(line.reason, (slices.get(line.reason) ?? 0) + 1);
  }
  return [...slices].map(([why, count]) => ({ why, slices: count }));
}

/** Where people see a failed slice. */
export function pagesOf({ url, attempts }: ChildFailureRecord): Pick<Failed, 'url' | 'logUrl'> {
  const logUrl = attempts.at(-1)?.logUrl;
  return { ...(url !== undefined && { url }), ...(logUrl !== undefined && { logUrl }) };
}

const adviceOf = ({ advice }: ChildFailureRecord) => (advice === undefined ? {} : { advice });

/** From the pace of the current round so far. */
function secondsLeft(
  deps: RunDeps,
  since: string | undefined,
  arrays: readonly ArrayAt[],
  counts: { readonly succeeded: number; readonly failed: number },
): number | null {
  const total = arrays.reduce((sum, { array }) => sum + array.slices, 0);
  const ended = arrays.reduce((sum, { document: { value } }) => {
    const own = 'counts' in value ? value.counts : null;
    return sum + (own?.succeeded ?? 0) + (own?.failed ?? 0);
  }, 0);
  if (since === undefined || ended === 0 || counts.succeeded + counts.failed === 0) return null;
  if (arrays.every((at) => isSettled(at.document.value))) return 0;
  const elapsed = (deps.clock.now().getTime() - Date.parse(since)) / 1000;
  return (elapsed / ended) * (total - ended);
}
