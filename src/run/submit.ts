import type { FoundJob, JobRequest } from '../engine/engine.ts';
import type { PlannedArray } from '../plan/plan.ts';
import { arrayKey, stateKey } from '../store/keys.ts';
import { cancelled, forgo, intend, maySubmit, release, submissionStep, submitted } from './array-state.ts';
import type { RunDeps } from './deps.ts';
import { createDocument, type Document, readDocument, requireDocument, swapDocument } from './documents.ts';
import { jobRequest } from './job-request.ts';
import { type ArrayRecord, arraySchema, type RoundRecord, type RunRecord, stateSchema } from './records.ts';

type Submitting = Extract<ArrayRecord, { state: 'submitting' }>;

/** Writes the intent of every array of a round before the first is submitted; a repeat changes nothing. */
export async function intendRound(deps: RunDeps, run: RunRecord, round: RoundRecord): Promise<void> {
  for (const array of round.arrays) {
    const request = jobRequest(run, round, array, deps.store.location);
    const intent = intend(request.name, request.queue, deps.clock.now());
    await createDocument(deps.store, arrayKey(run.run, round.round, array.array), intent);
  }
}

/**
 * Submits every array of a round that still waits for it. Safe twice at once and after a death at any line: the
 * array's record orders the submitters, the job's name finds what a dead one left.
 * Returns true when no array is left to submit.
 */
export async function submitRound(deps: RunDeps, run: RunRecord, round: RoundRecord): Promise<boolean> {
  let done = true;
  for (const array of round.arrays) {
    if (!(await submitArray(deps, run, round, array))) done = false;
  }
  return done;
}

async function submitArray(
  deps: RunDeps,
  run: RunRecord,
  round: RoundRecord,
  array: PlannedArray,
): Promise<boolean> {
  const key = arrayKey(run.run, round.round, array.array);
  for (;;) {
    const current = await requireDocument(deps.store, key, arraySchema);
    if (current.value.state === 'intended' && (await isCancelling(deps, run.run))) {
      await swapDocument(deps.store, key, current.version, cancelled(current.value, deps.clock.now()));
      continue;
    }
    const ownerGone = current.value.state === 'submitting' && deps.isGone(current.value.owner);
    const step = submissionStep(current.value, deps.owner, deps.clock.now(), ownerGone);
    if (step.step === 'settled') return true;
    if (step.step === 'wait') return false;
    const held = await swapDocument(deps.store, key, current.version, step.record);
    if (held === undefined || step.step === 'forgo') continue;
    const lease = held as Document<Submitting>; // only `forgo` writes another state
    const at = { run, round, array, key, request: jobRequest(run, round, array, deps.store.location) };
    const outcome = await submitUnderLease(deps, at, lease, step.step === 'look');
    if (outcome !== 'again') return outcome === 'done';
  }
}

interface ArrayAt {
  readonly run: RunRecord;
  readonly round: RoundRecord;
  readonly array: PlannedArray;
  readonly key: string;
  readonly request: JobRequest;
}

/** Seconds between refused calls. */
const throttleDelays = [2, 4, 8, 16, 30];

async function submitUnderLease(
  deps: RunDeps,
  at: ArrayAt,
  held: Document<Submitting>,
  lookFirst: boolean,
): Promise<'done' | 'later' | 'again'> {
  let look = lookFirst;
  let throttled = 0;
  for (;;) {
    if (look) {
      const found = await lookForJob(deps, at.request);
      if (found !== undefined) return record(deps, at, held, found.handle, found.definition, 'array-adopted');
    }
    if (await isCancelling(deps, at.run.run)) return letGo(deps, at, held);
    // Too little of the lease left: it runs out, and whoever comes next looks before submitting.
    if (!maySubmit(held.value, deps.owner, deps.clock.now())) return 'later';
    const outcome = await deps.engine.submit(at.request);
    switch (outcome.outcome) {
      case 'submitted':
        return record(deps, at, held, outcome.handle, outcome.definition, 'array-submitted');
      case 'ambiguous':
        look = true;
        break;
      case 'throttled': {
        const delay = throttleDelays[throttled++];
        if (delay === undefined) return letGo(deps, at, held);
        await deps.clock.sleep(delay);
        break;
      }
      case 'refused':
        deps.log({ kind: 'array-refused', ...place(at), why: outcome.reason, fix: outcome.fix });
        return letGo(deps, at, held);
      case 'rejected': {
        deps.log({ kind: 'array-refused', ...place(at), why: outcome.reason });
        const aside = forgo(held.value, outcome.reason, deps.clock.now());
        return (await swapDocument(deps.store, at.key, held.version, aside)) === undefined ? 'again' : 'done';
      }
    }
  }
}

/** No job was made: the next submitter may try at once. */
async function letGo(deps: RunDeps, at: ArrayAt, held: Document<Submitting>): Promise<'later' | 'again'> {
  await swapDocument(deps.store, at.key, held.version, release(held.value));
  return (await isCancelling(deps, at.run.run)) ? 'again' : 'later';
}

async function record(
  deps: RunDeps,
  at: ArrayAt,
  held: Document<Submitting>,
  handle: FoundJob['handle'],
  definition: string,
  kind: 'array-submitted' | 'array-adopted',
): Promise<'done' | 'again'> {
  const submission = { handle, definition, at: deps.clock.now().toISOString() };
  const swapped = await swapDocument(deps.store, at.key, held.version, submitted(held.value, submission));
  if (swapped === undefined) {
    const now = await readDocument(deps.store, at.key, arraySchema);
    const winner =
      now !== undefined && 'submission' in now.value ? now.value.submission?.handle.jobId : undefined;
    if (winner !== handle.jobId)
      await deps.engine.cancel(handle, 'another submitter recorded this array first');
    return 'again';
  }
  deps.log({ kind, ...place(at), jobId: handle.jobId });
  await terminateNamesakes(deps, at, handle.jobId);
  if (await isCancelling(deps, at.run.run)) await deps.engine.cancel(handle, 'the run is being cancelled');
  return 'done';
}

const place = (at: ArrayAt) => ({ run: at.run.run, round: at.round.round, array: at.array.array });

/** Looks as often as the listing may lag (AB 2.11), adopting only a job that asks for exactly the same. */
async function lookForJob(deps: RunDeps, request: JobRequest): Promise<FoundJob | undefined> {
  const lag = deps.engine.limits.listingLag;
  let waited = 0;
  for (const second of lag === 0 ? [0] : [lag / 4, lag / 2, lag]) {
    await deps.clock.sleep(second - waited);
    waited = second;
    const found = await deps.engine.find(request.name, request.queue);
    const same = found.filter((job) => isSame(job, request)).sort(byJobId);
    if (same[0] !== undefined) return same[0];
  }
  return undefined;
}

async function terminateNamesakes(deps: RunDeps, at: ArrayAt, keep: string): Promise<void> {
  for (const job of await deps.engine.find(at.request.name, at.request.queue)) {
    if (job.handle.jobId === keep || job.ended) continue;
    await deps.engine.cancel(job.handle, `${keep} is the recorded job of this array`);
    deps.log({ kind: 'namesake-terminated', run: at.run.run, jobId: job.handle.jobId });
  }
}

const byJobId = (a: FoundJob, b: FoundJob) => (a.handle.jobId < b.handle.jobId ? -1 : 1);

function isSame(job: FoundJob, request: JobRequest): boolean {
  return (
    job.handle.size === request.size &&
    Object.entries(request.environment).every(([name, value]) => job.environment[name] === value)
  );
}

async function isCancelling(deps: RunDeps, run: string): Promise<boolean> {
  return (await requireDocument(deps.store, stateKey(run), stateSchema)).value.phase.phase === 'cancelling';
}
