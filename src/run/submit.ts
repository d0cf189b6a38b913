import { allInParallel } from '../in-parallel.ts';
import { arrayKey, arraysPrefix } from '../store/keys.ts';
import { cancelled, intend, submissionStep } from './array-state.ts';
import { type ArrayToSubmit, arrayToSubmit } from './array-to-submit.ts';
import type { RunDeps } from './deps.ts';
import { createDocument, type Document, requireDocument, swapDocument } from './documents.ts';
import { type Errand, isLeft, openErrand } from './errand.ts';
import { jobRequest } from './job-request.ts';
import { stopNamesakes } from './record-job.ts';
import { type ArrayRecord, arraySchema, type RoundRecord, type RunRecord } from './records.ts';
import { storeWidth } from './settings.ts';
import { submitUnderLease } from './submit-under-lease.ts';

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
    const at = arrayToSubmit(deps, run, round, array, errand);
    if (await submitArray(deps, at, records.get(at.key))) continue;
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
    const outcome = await submitUnderLease(deps, at, lease, step.step === 'look');
    if (outcome !== 'again') return outcome === 'done';
  }
}
