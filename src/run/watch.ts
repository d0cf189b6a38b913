import { allInParallel } from '../in-parallel.ts';
import { activeKey, activePrefix, stateKey } from '../store/keys.ts';
import { type Begun, begin } from './begin.ts';
import { cancel } from './cancel.ts';
import type { RunDeps } from './deps.ts';
import { requireDocument } from './documents.ts';
import { openStep, tellLater } from './errand.ts';
import { failuresOf } from './failures.ts';
import { type Measured, tellMetrics } from './metrics.ts';
import { type ArrayAt, openHandles, recordObservations } from './observe.ts';
import { refuseElsewhere } from './own-engine.ts';
import { afterPilot } from './pilot.ts';
import { withPricesOf } from './pricing.ts';
import { finishPublished, publish } from './publish.ts';
import { type StandstillRecord, type StateRecord, stateSchema } from './records.ts';
import { type Refusal, refusals } from './refusals.ts';
import { combinationsOf, showProgress } from './show.ts';
import { book } from './spend.ts';
import { lookAtStandstills } from './standstill.ts';
import { type Started, updateState } from './start.ts';
import { doneOf, stopReason, type Tally, tally } from './tally.ts';

export interface Watched {
  readonly run: string;
  readonly state: StateRecord;
  readonly tally: Tally;
  /** For metrics. */
  readonly measured: Measured;
  /** Why arrays wait that the engine refuses; empty when none does. */
  readonly refused: readonly Refusal[];
  /** Whether all that is left is to publish it; `publish` does, also where a publication was interrupted. */
  readonly ended: boolean;
  /** Whether the engine has slices of it that have not ended; they go on whoever looks. */
  readonly withEngine: boolean;
  /** Calls of the engine that failed and are repeated by the next look, in words for people. */
  readonly later: readonly string[];
}

/** All runs on the work list. */
export async function* activeRuns(deps: Pick<RunDeps, 'store'>): AsyncGenerator<string> {
  for await (const { key } of deps.store.list(activePrefix)) yield key.slice(activePrefix.length);
}

export interface WatchOptions {
  /** False: a run whose arrays have all ended is shown as it stands, and left for somebody else to publish. */
  readonly publish?: boolean;
}

/**
 * One short step over one run: completes submissions, looks, records failures, meters, stops at a limit, goes on from
 * a pilot, publishes what has ended, and tells the review. Safe twice at once and after a death at any line.
 */
export async function watch(deps: RunDeps, runId: string, options: WatchOptions = {}): Promise<Watched> {
  const begun = await begin(deps, runId);
  return conclude(deps, begun, await observe(deps, begun.arrays), options);
}

export type WatchedOrFailed = Watched | { readonly run: string; readonly fault: unknown };

/** Runs whose submissions are completed at once: Batch takes 50 SubmitJob a second from the whole account (AB 3). */
const runsAtOnce = 4;

/**
 * The same over many runs, whose jobs are looked at together: one DescribeJobs per hundred of them (AB 2.1). A run that
 * cannot be watched does not keep the others from it.
 */
export async function* watchAll(
  deps: RunDeps,
  runs: readonly string[],
  options: WatchOptions = {},
): AsyncGenerator<WatchedOrFailed> {
  const step = openStep();
  const all = await allInParallel(runs, runsAtOnce, (run) =>
    begin(deps, run, step).catch((fault: unknown) => ({ run, fault })),
  );
  const arrays = all.flatMap((one) => ('fault' in one ? [] : one.arrays));
  const seen = await observe(deps, arrays).catch((fault: unknown) => ({ fault }));
  const measured: Measured[] = [];
  for (const one of all) {
    if ('fault' in one) {
      yield one;
      continue;
    }
    const { run } = one.started.run;
    if ('fault' in seen) {
      yield { run, fault: seen.fault };
      continue;
    }
    const looked = await conclude(deps, one, seen, options).catch((fault: unknown) => ({ run, fault }));
    if ('measured' in looked) measured.push(looked.measured);
    yield looked;
  }
  await tellMetrics(deps, measured);
}

type Observations = Awaited<ReturnType<RunDeps['engine']['observe']>>;

async function observe({ engine }: RunDeps, arrays: readonly ArrayAt[]): Promise<Observations> {
  const handles = openHandles(arrays);
  return handles.length === 0 ? new Map() : engine.observe(handles);
}

async function conclude(
  world: RunDeps,
  { started, arrays: before, later }: Begun,
  observations: Observations,
  options: WatchOptions,
): Promise<Watched> {
  const deps = withPricesOf(world, started.run);
  const runId = started.run.run;
  const { phase } = started.state.value;
  if (phase.phase === 'published') {
    if (options.publish !== false) await finishPublished(deps, started);
    const ended = await isMarked(deps, runId);
    const failures = await failuresOf(deps, runId, before);
    const now = tally(deps.planEngine, before, failures);
    return watched(started, started.state.value, now, before, { later, ended });
  }
  refuseElsewhere(started.run, phase, before, observations);
  const looked = await recordObservations(deps, runId, before, observations);
  const { arrays } = looked;
  tellLater(deps, runId, looked.later);
  const failures = await failuresOf(deps, runId, arrays, looked.failures);
  const now = tally(deps.planEngine, arrays, failures);
  const still = await lookAtStandstills(deps, started.state.value, arrays);
  const state = await recordProgress(deps, runId, now, still);
  const month = await book(deps, started.run, { totalUsd: now.meteredUsd, usdPerHour: now.burnUsdPerHour });
  const current = started.rounds.at(-1);
  const why = current === undefined ? undefined : stopReason(now, current, deps.settings, month);
  const stops = why !== undefined && phase.phase !== 'cancelling';
  if (stops) await cancel({ ...deps, actor: 'muster' }, runId, why);
  const next =
    now.settled && !stops ? await afterPilot(deps, started, arrays, now.meteredUsd) : 'slices work';
  const publishes = next === 'publish' && options.publish !== false;
  if (publishes) await publish(deps, runId);
  else if (!stops && next !== 'went on' && state.version !== started.state.value.version) {
    await showProgress(deps, started, state, { ...looked, failures });
  }
  const { value } = await requireDocument(deps.store, stateKey(runId), stateSchema);
  const ended = next === 'publish' && (!publishes || value.phase.phase !== 'published');
  return watched(started, value, now, arrays, { later: [...later, ...looked.later], ended });
}

/** A published run that is on the work list has not been shown whole. */
const isMarked = async ({ store }: RunDeps, runId: string) =>
  (await store.stat(activeKey(runId))) !== undefined;

const openStates: ReadonlySet<string> = new Set(['submitting', 'submitted']);

function watched(
  { run }: Started,
  state: StateRecord,
  now: Tally,
  arrays: readonly ArrayAt[],
  { later, ended }: Pick<Watched, 'later' | 'ended'>,
): Watched {
  const { succeeded, failed } = doneOf(state, now);
  const done = { succeeded: succeeded + (run.reused?.combinations ?? 0), failed };
  return {
    run: state.run,
    state,
    tally: now,
    measured: { grid: run.grid.name, combinations: combinationsOf(run), done, money: state.money },
    refused: refusals(arrays),
    withEngine: arrays.some(({ document: { value } }) => openStates.has(value.state)),
    later,
    ended,
  };
}

/** Seconds after which a look that saw nothing new is recorded all the same. */
const seenAgainSeconds = 60;

/** What stands still is news, too: no count moves, and people must hear of it. */
async function recordProgress(
  deps: RunDeps,
  runId: string,
  now: Tally,
  still: readonly StandstillRecord[],
): Promise<StateRecord> {
  const at = deps.clock.now().toISOString();
  const { counts, meteredUsd } = now;
  const updated = await updateState(deps, runId, (state) => {
    const { money, still: oldStill = [], ...old } = state;
    const done = doneOf(state, now);
    const standing = still.length === 0 && oldStill.length === 0 ? {} : { still: [...still] };
    const news = { counts, done, money: { ...money, meteredUsd, meteredAt: at }, ...standing };
    const same =
      JSON.stringify([counts, done, meteredUsd, still]) ===
      JSON.stringify([old.counts, old.done, money.meteredUsd, oldStill]);
    const age =
      state.lastWatch === null ? Number.POSITIVE_INFINITY : Date.parse(at) - Date.parse(state.lastWatch);
    return same && age < seenAgainSeconds * 1000 ? {} : { ...news, lastWatch: at };
  });
  return updated.value;
}
