import type { FoundJob, JobRequest } from '../engine/engine.ts';
import { allInParallel } from '../in-parallel.ts';
import type { PlannedArray } from '../plan/plan.ts';
import { arrayKey, arraysPrefix, stateKey } from '../store/keys.ts';
import {
  cancelled,
  forgo,
  intend,
  maySubmit,
  type Release,
  recordedJob,
  release,
  submissionStep,
  submitted,
} from './array-state.ts';
import type { RunDeps } from './deps.ts';
import { createDocument, type Document, readDocument, requireDocument, swapDocument } from './documents.ts';
import { jobRequest } from './job-request.ts';
import { type ArrayRecord, arraySchema, type RoundRecord, type RunRecord, stateSchema } from './records.ts';
import { storeWidth } from './settings.ts';

type Submitting = Extract<ArrayRecord, { state: 'submitting' }>;

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

/** What the submissions of one step share. */
export interface Errand {
  readonly phase: PhaseWatch;
  /** Queues that refused an array: their others wait for the next step. */
  readonly refused: Set<string>;
}

export const openErrand = (deps: RunDeps, run: string): Errand => ({
  phase: watchPhase(deps, run),
  refused: new Set(),
});

/**
 * Submits every array of a round that still waits for it, one after the other (50 SubmitJob a second: AB 3). Safe
 * twice at once and after a death at any line: the array's record orders the submitters, the job's name finds what a
 * dead one left. `known`: records as they were read a moment ago. Returns true when no array is left to submit.
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
    if (!(await submitArray(deps, at, records.get(key)))) done = false;
  }
  return done;
}

interface Known {
  readonly key: string;
  readonly document: Document<ArrayRecord>;
}

interface ArrayAt {
  readonly run: RunRecord;
  readonly round: RoundRecord;
  readonly array: PlannedArray;
  readonly key: string;
  readonly request: JobRequest;
  readonly errand: Errand;
}

async function submitArray(
  deps: RunDeps,
  at: ArrayAt,
  known: Document<ArrayRecord> | undefined,
): Promise<boolean> {
  let read = known;
  for (;;) {
    const current: Document<ArrayRecord> = read ?? (await requireDocument(deps.store, at.key, arraySchema));
    read = undefined;
    const now = deps.clock.now();
    const ownerGone = current.value.state === 'submitting' && deps.isGone(current.value.owner);
    const step = submissionStep(current.value, deps.owner, now, ownerGone);
    if (step.step === 'settled') return true;
    if (step.step === 'wait') return false;
    if (step.step === 'submit' && (await at.errand.phase.isCancelling())) {
      await swapDocument(deps.store, at.key, current.version, cancelled(current.value, now));
      continue;
    }
    if (step.step !== 'forgo' && at.errand.refused.has(at.request.queue)) return false;
    const held = await swapDocument(deps.store, at.key, current.version, step.record);
    if (held === undefined || step.step === 'forgo') continue;
    const lease = held as Document<Submitting>; // only `forgo` writes another state
    const outcome = await submitUnderLease(deps, at, lease, step.step === 'look');
    if (outcome !== 'again') return outcome === 'done';
  }
}

/** Seconds between refused calls. */
const throttleDelays = [2, 4, 8, 16, 30];

/** @param lookFirst somebody tried before and left no word: its job may exist. */
async function submitUnderLease(
  deps: RunDeps,
  at: ArrayAt,
  held: Document<Submitting>,
  lookFirst: boolean,
): Promise<'done' | 'later' | 'again'> {
  const { phase, refused } = at.errand;
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
      look = false;
      phase.forget();
    }
    if (await phase.isCancelling()) return letGo(deps, at, held, { doubtful });
    // Too little of the lease left: it runs out, and whoever comes next looks before submitting.
    if (!maySubmit(held.value, deps.owner, deps.clock.now())) return 'later';
    phase.forget();
    const since = deps.clock.now().toISOString();
    const outcome = await deps.engine.submit(at.request);
    switch (outcome.outcome) {
      case 'submitted':
        return record(deps, at, held, { ...outcome, at: since, kind: 'array-submitted', doubtful });
      case 'ambiguous':
        doubtful = true;
        look = true;
        break;
      case 'throttled': {
        const delay = throttleDelays[throttled++];
        if (delay === undefined) return letGo(deps, at, held, { doubtful });
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
        const aside = forgo(held.value, outcome.reason, deps.clock.now());
        return (await swapDocument(deps.store, at.key, held.version, aside)) === undefined ? 'again' : 'done';
      }
    }
  }
}

/** Whoever comes next may try at once; in a run that is being cancelled nobody does. */
async function letGo(
  deps: RunDeps,
  at: ArrayAt,
  held: Document<Submitting>,
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
  at: ArrayAt,
  held: Document<Submitting>,
  { handle, definition, at: since, kind, doubtful }: MadeJob,
): Promise<'done' | 'again'> {
  const submission = { handle, definition, at: since };
  const swapped = await swapDocument(deps.store, at.key, held.version, submitted(held.value, submission));
  if (swapped === undefined) {
    const now = await readDocument(deps.store, at.key, arraySchema);
    const winner = now === undefined ? undefined : recordedJob(now.value);
    if (winner !== handle.jobId)
      await deps.engine.cancel(handle, 'another submitter recorded this array first');
    if (winner !== undefined && doubtful) await terminateNamesakes(deps, at, winner);
    return 'again';
  }
  deps.log({ kind, ...place(at), jobId: handle.jobId });
  if (doubtful) await terminateNamesakes(deps, at, handle.jobId);
  if (await at.errand.phase.isCancelling()) await deps.engine.cancel(handle, 'the run is being cancelled');
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

interface PhaseWatch {
  /** Reads the phase, unless it was read since `forget`. A run never comes back from cancelling. */
  isCancelling(): Promise<boolean>;
  /** Something has happened since the phase was read. */
  forget(): void;
}

function watchPhase(deps: RunDeps, run: string): PhaseWatch {
  let known: boolean | undefined;
  return {
    async isCancelling() {
      known ??=
        (await requireDocument(deps.store, stateKey(run), stateSchema)).value.phase.phase === 'cancelling';
      return known;
    },
    forget() {
      if (known === false) known = undefined;
    },
  };
}
