import { stateKey } from '../store/keys.ts';
import type { RunDeps } from './deps.ts';
import { changeDocument } from './documents.ts';
import { readArrays } from './observe.ts';
import { type StateRecord, stateSchema } from './records.ts';
import { advance } from './run-state.ts';
import { ensureStarted } from './start.ts';
import { openErrand, submitRound } from './submit.ts';

export type CancelOutcome =
  | { readonly outcome: 'cancelling'; readonly state: StateRecord }
  | { readonly outcome: 'refused'; readonly why: string };

/**
 * Stops a run for good: nothing more is submitted, every job is told to stop. Returns before they have; the watch
 * that follows publishes what succeeded as partial. Repeated, it tells the jobs again and changes nothing else.
 */
export async function cancel(deps: RunDeps, runId: string, why: string): Promise<CancelOutcome> {
  let refusal: string | undefined;
  await ensureStarted(deps, runId);
  const { value: state } = await changeDocument(deps.store, stateKey(runId), stateSchema, (current) => {
    const event = { event: 'cancel', by: deps.actor, why, at: deps.clock.now().toISOString() } as const;
    const next = advance(current, event, deps.clock.now());
    refusal = next.outcome === 'refused' ? next.why : undefined;
    return next.outcome === 'moved' ? next.state : undefined;
  });
  if (refusal !== undefined) return { outcome: 'refused', why: refusal };
  deps.log({ kind: 'stopped', run: runId, why });
  await terminateJobs(deps, runId);
  return { outcome: 'cancelling', state };
}

/** Intents become cancelled, dead submissions are looked for, jobs are told to stop. Safe to repeat. */
export async function terminateJobs(deps: RunDeps, runId: string): Promise<void> {
  const { run, rounds, state } = await ensureStarted(deps, runId);
  const before = await readArrays(deps, runId, rounds);
  const errand = openErrand(deps, runId);
  for (const round of rounds) await submitRound(deps, run, round, before, errand);
  const { phase } = state.value;
  const reason = phase.phase === 'cancelling' ? `cancelled by ${phase.by}: ${phase.why}` : 'cancelled';
  for (const { document } of await readArrays(deps, runId, rounds)) {
    if (document.value.state === 'submitted')
      await deps.engine.cancel(document.value.submission.handle, reason);
  }
}
