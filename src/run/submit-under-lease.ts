import { cancelled, forgo, isForsaken, isStale, maySubmit, type Release, release } from './array-state.ts';
import { type ArrayToSubmit, placeOf } from './array-to-submit.ts';
import type { RunDeps } from './deps.ts';
import { type Document, swapDocument } from './documents.ts';
import { asking, countLost, EngineTrouble } from './errand.ts';
import { lookForJob } from './namesakes.ts';
import { recordJob } from './record-job.ts';
import type { ArrayIn } from './records.ts';

/** Seconds between refused calls. */
const throttleDelays = [2, 4, 8, 16, 30];

/**
 * Called by the holder of the lease alone. `later`: left to the next step; `again`: see what the record says now.
 * @param lookFirst somebody tried before and left no word: its job may exist.
 */
export function submitUnderLease(
  deps: RunDeps,
  at: ArrayToSubmit,
  held: Document<ArrayIn<'submitting'>>,
  lookFirst: boolean,
): Promise<'done' | 'later' | 'again'> {
  return lookAndSubmit(deps, at, held, lookFirst).catch((error: unknown) =>
    leaveToNext(deps, at, held, error),
  );
}

async function lookAndSubmit(
  deps: RunDeps,
  at: ArrayToSubmit,
  held: Document<ArrayIn<'submitting'>>,
  lookFirst: boolean,
): Promise<'done' | 'later' | 'again'> {
  const { phase, refused, step } = at.errand;
  let doubtful = lookFirst;
  let look = lookFirst;
  let throttled = 0;
  for (;;) {
    if (look) {
      const found = await lookForJob(deps, at.request);
      if (found !== undefined) {
        const since = found.createdAt ?? held.value.firstTriedAt;
        return recordJob(deps, at, held, { ...found, at: since, kind: 'array-adopted', doubtful });
      }
      if (isStale(held.value, deps.clock.now())) {
        return giveUp(deps, at, held, `first tried on ${held.value.firstTriedAt}, never recorded`);
      }
      look = false;
      phase.forget();
    }
    if (await phase.isCancelling()) return letGo(deps, at, held, { doubtful });
    // Too little of the lease left: it runs out, and whoever comes next looks before submitting.
    if (!maySubmit(held.value, deps.owner, deps.clock.now())) return 'later';
    phase.forget();
    const since = deps.clock.now().toISOString();
    const outcome = await asking(deps.engine.submit(at.request));
    switch (outcome.outcome) {
      case 'submitted':
        return recordJob(deps, at, held, { ...outcome, at: since, kind: 'array-submitted', doubtful });
      case 'ambiguous':
        doubtful = true;
        look = true;
        countLost(step, at.request.queue);
        break;
      case 'throttled': {
        const delay = throttleDelays[throttled++];
        if (delay === undefined) {
          step.stuck.add(at.request.queue);
          return letGo(deps, at, held, { doubtful });
        }
        await deps.clock.sleep(delay);
        break;
      }
      case 'refused': {
        const { reason: why, fix } = outcome;
        refused.add(at.request.queue);
        deps.log({ kind: 'array-refused', ...placeOf(at), why, fix });
        return letGo(deps, at, held, { doubtful, refused: { why, fix } });
      }
      case 'rejected': {
        deps.log({ kind: 'array-refused', ...placeOf(at), why: outcome.reason });
        return giveUp(deps, at, held, outcome.reason);
      }
    }
  }
}

/** Nobody knows what became of the job: what the engine could not tell, whoever comes next asks again. */
async function leaveToNext(
  deps: RunDeps,
  at: ArrayToSubmit,
  held: Document<ArrayIn<'submitting'>>,
  error: unknown,
): Promise<'later' | 'again'> {
  if (!(error instanceof EngineTrouble)) throw error;
  at.errand.step.stuck.add(at.request.queue);
  const why = `whether its job exists cannot be told: ${error.message}`;
  const fix = 'It is asked again with the next watch; if that goes on, see that the queue is there.';
  deps.log({ kind: 'array-refused', ...placeOf(at), why, fix });
  const now = deps.clock.now();
  const next = isForsaken(held.value, now)
    ? forgo(held.value, `first tried on ${held.value.firstTriedAt}, never recorded. ${why}`, now)
    : release(held.value, { doubtful: true, refused: { why, fix } }, now);
  await swapDocument(deps.store, at.key, held.version, next);
  return next.state === 'unknown' ? 'again' : 'later';
}

/** Settled without a job. */
async function giveUp(
  deps: RunDeps,
  at: ArrayToSubmit,
  held: Document<ArrayIn<'submitting'>>,
  why: string,
): Promise<'done' | 'again'> {
  const aside = forgo(held.value, why, deps.clock.now());
  return (await swapDocument(deps.store, at.key, held.version, aside)) === undefined ? 'again' : 'done';
}

/** Whoever comes next may try at once; in a run that is being cancelled nobody does. */
async function letGo(
  deps: RunDeps,
  at: ArrayToSubmit,
  held: Document<ArrayIn<'submitting'>>,
  why: Release,
): Promise<'later' | 'again'> {
  const now = deps.clock.now();
  const released = release(held.value, why, now);
  const cancelling = await at.errand.phase.isCancelling();
  await swapDocument(deps.store, at.key, held.version, cancelling ? cancelled(released, now) : released);
  return cancelling ? 'again' : 'later';
}
