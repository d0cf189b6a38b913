import { stateKey } from '../store/keys.ts';
import type { RunDeps } from './deps.ts';
import { changeDocument } from './documents.ts';
import { asking, EngineTrouble, openErrand, openStep, type Step } from './errand.ts';
import { type ArrayAt, openHandles, readArrays } from './observe.ts';
import { refuseForeign } from './own-engine.ts';
import { type StateRecord, stateSchema } from './records.ts';
import { advance } from './run-state.ts';
import { ensureStarted, type Started } from './start.ts';
import { submitRound } from './submit.ts';

export type CancelOutcome =
  | { readonly outcome: 'cancelling'; readonly state: StateRecord }
  | { readonly outcome: 'refused'; readonly why: string };

/**
 * Stops a run for good: nothing more is submitted, every job is told to stop. Returns before they have; the watch
 * that follows publishes what succeeded as partial. Repeated, it tells the jobs again and changes nothing else.
 */
export async function cancel(deps: RunDeps, runId: string, why: string): Promise<CancelOutcome> {
  let refusal: string | undefined;
  refuseForeign(deps, (await ensureStarted(deps, runId)).run);
  const { value: state } = await changeDocument(deps.store, stateKey(runId), stateSchema, (current) => {
    const event = { event: 'cancel', by: deps.actor, why, at: deps.clock.now().toISOString() } as const;
    const next = advance(current, event, deps.clock.now());
    refusal = next.outcome === 'refused' ? next.why : undefined;
    return next.outcome === 'moved' ? next.state : undefined;
  });
  if (refusal !== undefined) return { outcome: 'refused', why: refusal };
  deps.log({ kind: 'stopped', run: runId, why });
  const started = await ensureStarted(deps, runId); // the phase as it stands now, and rounds that came meanwhile
  const { refused } = await terminateJobs(deps, started, await readArrays(deps, runId, started.rounds));
  const [first] = refused;
  if (first !== undefined) throw first.cause;
  return { outcome: 'cancelling', state };
}

export interface Terminated {
  /** Jobs that could not be told to stop; the next step tells them again. */
  readonly refused: readonly EngineTrouble[];
  /** What else was left to the next step. */
  readonly later: readonly string[];
}

/**
 * Jobs are told to stop, then intents become cancelled and dead submissions are looked for: that may take minutes, and
 * what is known costs money meanwhile. One that cannot be told keeps none of the others. Safe to repeat.
 * `before`: records as they were read a moment ago.
 */
export async function terminateJobs(
  deps: RunDeps,
  { run, rounds, state }: Started,
  before: readonly ArrayAt[],
  step: Step = openStep(),
): Promise<Terminated> {
  const { phase } = state.value;
  const reason = phase.phase === 'cancelling' ? `cancelled by ${phase.by}: ${phase.why}` : 'cancelled';
  const told = new Set<string>();
  const refused = [...(await tellJobs(deps, before, reason, told))];
  const errand = openErrand(deps, run.run, step);
  for (const round of rounds) await submitRound(deps, run, round, before, errand);
  refused.push(...(await tellJobs(deps, await readArrays(deps, run.run, rounds), reason, told)));
  return { refused, later: errand.later };
}

/** Tells every job once. */
async function tellJobs(
  deps: RunDeps,
  arrays: readonly ArrayAt[],
  reason: string,
  told: Set<string>,
): Promise<readonly EngineTrouble[]> {
  const refused: EngineTrouble[] = [];
  for (const handle of openHandles(arrays)) {
    if (told.has(handle.jobId)) continue;
    told.add(handle.jobId);
    try {
      await asking(deps.engine.cancel(handle, reason));
    } catch (error) {
      if (!(error instanceof EngineTrouble)) throw error;
      refused.push(error);
    }
  }
  return refused;
}
