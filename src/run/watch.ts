import { activePrefix, stateKey } from '../store/keys.ts';
import { cancel, terminateJobs } from './cancel.ts';
import type { RunDeps } from './deps.ts';
import { changeDocument, requireDocument } from './documents.ts';
import { type ArrayAt, failuresOf, observeArrays, readArrays } from './observe.ts';
import { afterPilot } from './pilot.ts';
import { finishPublished, publish } from './publish.ts';
import { type StateRecord, stateSchema } from './records.ts';
import { advance } from './run-state.ts';
import { showProgress } from './show.ts';
import { ensureStarted, type Started, updateState } from './start.ts';
import { submitRound } from './submit.ts';
import { stopReason, type Tally, tally } from './tally.ts';

export interface Watched {
  readonly run: string;
  readonly state: StateRecord;
  readonly tally: Tally;
}

/** All runs on the work list. */
export async function* activeRuns(deps: Pick<RunDeps, 'store'>): AsyncGenerator<string> {
  for await (const { key } of deps.store.list(activePrefix)) yield key.slice(activePrefix.length);
}

export interface WatchOptions {
  /** False: a run whose arrays have all ended is left for somebody else to publish. */
  readonly publish?: boolean;
}

/**
 * One short step over one run: completes submissions, looks, records failures, meters, stops at a limit, goes on from
 * a pilot, publishes what has ended, and tells the review. Safe twice at once and after a death at any line.
 */
export async function watch(deps: RunDeps, runId: string, options: WatchOptions = {}): Promise<Watched> {
  const started = await ensureStarted(deps, runId);
  const { phase } = started.state.value;
  let arrays = await readArrays(deps, runId, started.rounds);
  if (phase.phase === 'published') {
    await finishPublished(deps, started);
    return watched(started.state.value, await tallyOf(deps, runId, arrays));
  }
  if (phase.phase === 'cancelling') await terminateJobs(deps, runId);
  else await completeSubmissions(deps, started, arrays);

  arrays = await observeArrays(deps, runId, await readArrays(deps, runId, started.rounds));
  const now = await tallyOf(deps, runId, arrays);
  const state = await recordProgress(deps, runId, now);
  const current = started.rounds.at(-1);
  const why = current === undefined ? undefined : stopReason(now, current, deps.settings);
  if (why !== undefined && phase.phase !== 'cancelling') {
    await cancel({ ...deps, actor: 'muster' }, runId, why);
  } else if (now.settled && options.publish !== false) {
    const next = await afterPilot(deps, started, arrays, now.meteredUsd);
    if (next === 'publish') await publish(deps, runId);
  } else if (state.version !== started.state.value.version) {
    await showProgress(deps, started, state, arrays);
  }
  const { value } = await requireDocument(deps.store, stateKey(runId), stateSchema);
  return watched(value, now);
}

const watched = (state: StateRecord, now: Tally): Watched => ({ run: state.run, state, tally: now });

/** Submissions that nobody has finished, of every approved round. */
async function completeSubmissions(
  deps: RunDeps,
  { run, rounds }: Started,
  arrays: readonly ArrayAt[],
): Promise<void> {
  let complete = true;
  for (const round of rounds) {
    const open = arrays.some(
      (at) => at.round === round && ['intended', 'submitting'].includes(at.document.value.state),
    );
    if (open && !(await submitRound(deps, run, round))) complete = false;
  }
  const current = rounds.at(-1);
  if (!complete || current === undefined) return;
  await changeDocument(deps.store, stateKey(run.run), stateSchema, (state) => {
    if (state.phase.phase !== 'launching') return undefined;
    const next = advance(state, { event: 'submitted', round: current.round }, deps.clock.now());
    return next.outcome === 'moved' ? next.state : undefined;
  });
}

export async function tallyOf(deps: RunDeps, runId: string, arrays: readonly ArrayAt[]): Promise<Tally> {
  return tally(deps.planEngine, arrays, await failuresOf(deps, runId, arrays));
}

/** Seconds after which a look that saw nothing new is recorded all the same. */
const seenAgainSeconds = 60;

async function recordProgress(deps: RunDeps, runId: string, now: Tally): Promise<StateRecord> {
  const at = deps.clock.now().toISOString();
  const { counts, done, meteredUsd } = now;
  const updated = await updateState(deps, runId, (state) => {
    const news = { counts, done, money: { ...state.money, meteredUsd, meteredAt: at } };
    const { counts: oldCounts, done: oldDone, money } = state;
    const same =
      JSON.stringify([counts, done, meteredUsd]) === JSON.stringify([oldCounts, oldDone, money.meteredUsd]);
    const age =
      state.lastWatch === null ? Number.POSITIVE_INFINITY : Date.parse(at) - Date.parse(state.lastWatch);
    return same && age < seenAgainSeconds * 1000 ? {} : { ...news, lastWatch: at };
  });
  return updated.value;
}
