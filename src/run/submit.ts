import type { FoundJob, JobRequest } from '../engine/engine.ts';
import { allInParallel } from '../in-parallel.ts';
import type { PlannedArray } from '../plan/plan.ts';
import { arrayKey, arraysPrefix } from '../store/keys.ts';
import {
  cancelled,
  forgo,
  intend,
  isForsaken,
  isStale,
  mayAdopt,
  maySubmit,
  type Release,
  recordedJob,
  release,
  submissionStep,
  submitted,
} from './array-state.ts';
import type { RunDeps } from './deps.ts';
import { createDocument, type Document, readDocument, requireDocument, swapDocument } from './documents.ts';
import { asking, countLost, EngineTrouble, type Errand, isLeft, openErrand, orLater } from './errand.ts';
import { jobRequest } from './job-request.ts';
import { doubtAgain, lookForJob, settleDoubt } from './namesakes.ts';
import { type ArrayIn, type ArrayRecord, arraySchema, type RoundRecord, type RunRecord } from './records.ts';
import { storeWidth } from './settings.ts';

/** Writes the intents that a round still lacks, before its first array is submitted; a repeat changes nothing. */
export async function intendRound(deps: RunDeps, run: RunRecord, round: RoundRecord): Promise<void> {
  const present = new Set<string>();
  for await (const { key } of deps.store.list(arraysPrefix(run.run, round.round))) present.add(key);
  const lacking = round.arrays
    .map((array) => ({ array, key: arrayKey(run.run, round.round, array.array) }))
    .filter(({ key }) => !present.has(key));
  await allInParallel(lacking, storeWidth, ({ array, key }) => {
    const request = jobRequest(run, round, array, deps.store.location);
    return createDocument(deps.store, key, intend(request.name, request.queue, deps.clock.now()));
  });
}

/**
 * Submits every array of a round that still waits for it, one after the other (50 SubmitJob a second: AB 3). Safe
 * twice at once and after a death at any line: the array's record orders the submitters, the job's name finds what a
 * dead one left. `known`: records as they were read a moment ago. Where the engine fails, the array and its queue wait
 * for the next step. Returns true when no array is left to submit.
 */
export async function submitRound(
  deps: RunDeps,
  run: RunRecord,
  round: RoundRecord,
  known: readonly Known[] = [],
  errand: Errand = openErrand(deps, run.run),
): Promise<boolean> {
  const records = new Map(known.map(({ key, document }) => [key, document]));
  let done = true;
  const left = new Map<string, number>();
  for (const array of round.arrays) {
    const key = arrayKey(run.run, round.round, array.array);
    const at = {
      run,
      round,
      array,
      key,
      request: jobRequest(run, round, array, deps.store.location),
      errand,
    };
    if (await submitArray(deps, at, records.get(key))) continue;
    done = false;
    const { queue } = at.request;
    if (errand.step.stuck.has(queue)) left.set(queue, (left.get(queue) ?? 0) + 1);
  }
  for (const [queue, arrays] of left) {
    deps.log({ kind: 'queue-waits', run: run.run, round: round.round, queue, arrays });
  }
  return done;
}

interface Known {
  readonly key: string;
  readonly document: Document<ArrayRecord>;
}

interface ArrayToSubmit {
  readonly run: RunRecord;
  readonly round: RoundRecord;
  readonly array: PlannedArray;
  readonly key: string;
  readonly request: JobRequest;
  readonly errand: Errand;
}

async function submitArray(
  deps: RunDeps,
  at: ArrayToSubmit,
  known: Document<ArrayRecord> | undefined,
): Promise<boolean> {
  const { errand, request } = at;
  let read = known;
  for (;;) {
    const current: Document<ArrayRecord> = read ?? (await requireDocument(deps.store, at.key, arraySchema));
    read = undefined;
    const { value, version } = current;
    if (value.state === 'submitted' && value.doubtfulSince !== undefined) {
      if (!isLeft(errand, request.queue)) await stopNamesakes(deps, at, { value, version });
      return true;
    }
    const now = deps.clock.now();
    const ownerGone = value.state === 'submitting' && deps.isGone(value.owner);
    const step = submissionStep(value, deps.owner, now, ownerGone);
    if (step.step === 'settled') return true;
    if (step.step === 'wait') return false;
    if (step.step === 'submit' && (await errand.phase.isCancelling())) {
      await swapDocument(deps.store, at.key, version, cancelled(value, now));
      continue;
    }
    if (isLeft(errand, request.queue)) return false;
    const held = await swapDocument(deps.store, at.key, version, step.record);
    if (held === undefined) continue;
    const lease = { ...held, value: step.record };
    const outcome = await submitUnderLease(deps, at, lease, step.step === 'look').catch((error: unknown) =>
      leaveToNext(deps, at, lease, error),
    );
    if (outcome !== 'again') return outcome === 'done';
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
  deps.log({ kind: 'array-refused', ...place(at), why, fix });
  const now = deps.clock.now();
  const next = isForsaken(held.value, now)
    ? forgo(held.value, `first tried on ${held.value.firstTriedAt}, never recorded. ${why}`, now)
    : release(held.value, { doubtful: true, refused: { why, fix } }, now);
  await swapDocument(deps.store, at.key, held.version, next);
  return next.state === 'unknown' ? 'again' : 'later';
}

/** Seconds between refused calls. */
const throttleDelays = [2, 4, 8, 16, 30];

/** @param lookFirst somebody tried before and left no word: its job may exist. */
async function submitUnderLease(
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
        return record(deps, at, held, { ...found, at: since, kind: 'array-adopted', doubtful });
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
        return record(deps, at, held, { ...outcome, at: since, kind: 'array-submitted', doubtful });
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
        deps.log({ kind: 'array-refused', ...place(at), why, fix });
        return letGo(deps, at, held, { doubtful, refused: { why, fix } });
      }
      case 'rejected': {
        deps.log({ kind: 'array-refused', ...place(at), why: outcome.reason });
        return giveUp(deps, at, held, outcome.reason);
      }
    }
  }
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

interface MadeJob {
  readonly handle: FoundJob['handle'];
  readonly definition: string;
  /** ISO 8601: not before this it began to cost anything. */
  readonly at: string;
  readonly kind: 'array-submitted' | 'array-adopted';
  /** A namesake may exist. Nobody else submits under our lease, so that a first try with an answer leaves none. */
  readonly doubtful: boolean;
}

async function record(
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
  deps.log({ kind, ...place(at), jobId: handle.jobId });
  errand.phase.forget(); // what was found may be recorded long after the phase was read
  if (await errand.phase.isCancelling()) {
    const stop = asking(deps.engine.cancel(handle, 'the run is being cancelled'));
    await orLater(deps, run.run, errand.later, 'stopping a job', stop);
  }
  if (doubtful) await stopNamesakes(deps, at, { value: made, version: swapped.version });
  return 'done';
}

/** What fails here is repeated by the next step, as long as the record says that there is a doubt. */
async function stopNamesakes(
  deps: RunDeps,
  at: ArrayToSubmit,
  recorded: Document<ArrayIn<'submitted'>>,
): Promise<void> {
  const { errand, run, request } = at;
  const settling = settleDoubt(deps, run.run, at.key, recorded);
  const told = `whether ${request.name} has namesakes`;
  if (!(await orLater(deps, run.run, errand.later, told, settling))) errand.step.stuck.add(request.queue);
}

const place = (at: ArrayToSubmit) => ({ run: at.run.run, round: at.round.round, array: at.array.array });
