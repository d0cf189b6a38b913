import type { FoundJob } from '../engine/engine.ts';
import { mayAdopt, recordedJob, submitted } from './array-state.ts';
import { type ArrayToSubmit, placeOf } from './array-to-submit.ts';
import type { RunDeps } from './deps.ts';
import { type Document, readDocument, swapDocument } from './documents.ts';
import { asking, orLater } from './errand.ts';
import { doubtAgain, settleDoubt } from './namesakes.ts';
import { type ArrayIn, arraySchema } from './records.ts';

interface MadeJob {
  readonly handle: FoundJob['handle'];
  readonly definition: string;
  /** ISO 8601: not before this it began to cost anything. */
  readonly at: string;
  readonly kind: 'array-submitted' | 'array-adopted';
  /** A namesake may exist. Nobody else submits under our lease, so that a first try with an answer leaves none. */
  readonly doubtful: boolean;
}

/**
 * Records the job of an array, made or found. One that nobody will want is told to stop: because another submitter
 * recorded its own first, or because the run is being cancelled.
 */
export async function recordJob(
  deps: RunDeps,
  at: ArrayToSubmit,
  held: Document<ArrayIn<'submitting'>>,
  { handle, definition, at: since, kind, doubtful }: MadeJob,
): Promise<'done' | 'again'> {
  const { errand, run } = at;
  const doubt = doubtful ? deps.clock.now().toISOString() : undefined;
  const made = submitted(held.value, { handle, definition, at: since }, doubt);
  const swapped = await swapDocument(deps.store, at.key, held.version, made);
  if (swapped === undefined) {
    const now = (await readDocument(deps.store, at.key, arraySchema))?.value;
    // Who looks for it right now finds it: stopping it would hand them a dead one.
    const wanted = mayAdopt(now) || (now !== undefined && recordedJob(now) === handle.jobId);
    if (!wanted) {
      const reason = 'another submitter recorded this array first';
      const stop = asking(deps.engine.cancel(handle, reason));
      if (!(await orLater(deps, run.run, errand.later, 'a surplus job', stop)))
        await doubtAgain(deps, at.key);
    }
    return 'again';
  }
  deps.log({ kind, ...placeOf(at), jobId: handle.jobId });
  errand.phase.forget(); // what was found may be recorded long after the phase was read
  if (await errand.phase.isCancelling()) {
    const stop = asking(deps.engine.cancel(handle, 'the run is being cancelled'));
    await orLater(deps, run.run, errand.later, 'stopping a job', stop);
  }
  if (doubtful) await stopNamesakes(deps, at, { value: made, version: swapped.version });
  return 'done';
}

/** What fails here is repeated by the next step, as long as the record says that there is a doubt. */
export async function stopNamesakes(
  deps: RunDeps,
  at: ArrayToSubmit,
  recorded: Document<ArrayIn<'submitted'>>,
): Promise<void> {
  const { errand, run, request } = at;
  const settling = settleDoubt(deps, run.run, at.key, recorded);
  const told = `whether ${request.name} has namesakes`;
  if (!(await orLater(deps, run.run, errand.later, told, settling))) errand.step.stuck.add(request.queue);
}
