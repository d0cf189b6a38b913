import type { FoundJob, JobRequest } from '../engine/engine.ts';
import { certain, doubted } from './array-state.ts';
import type { RunDeps } from './deps.ts';
import { changeDocument, type Document, swapDocument } from './documents.ts';
import { asking } from './errand.ts';
import { type ArrayIn, arraySchema } from './records.ts';

/**
 * Looks as often as the listing may lag (AB 2.11), adopting only a job that asks for exactly the same and that nobody
 * stopped: one that was told to stop would fail every slice that it had not finished.
 */
export async function lookForJob(deps: RunDeps, request: JobRequest): Promise<FoundJob | undefined> {
  const lag = deps.engine.limits.listingLag;
  let waited = 0;
  for (const second of lag === 0 ? [0] : [lag / 4, lag / 2, lag]) {
    await deps.clock.sleep(second - waited);
    waited = second;
    const found = await asking(deps.engine.find(request.name, request.queue));
    const [first] = found.filter((job) => isSame(job, request) && !job.stopped).sort(byUse);
    if (first !== undefined) return first;
  }
  return undefined;
}

/** What may still work first; then any order, if only it is always the same. */
function byUse(a: FoundJob, b: FoundJob): number {
  if (a.ended !== b.ended) return a.ended ? 1 : -1;
  return a.handle.jobId < b.handle.jobId ? -1 : 1;
}

function isSame(job: FoundJob, request: JobRequest): boolean {
  return (
    job.handle.size === request.size &&
    Object.entries(request.environment).every(([name, value]) => job.environment[name] === value)
  );
}

/**
 * Stops the other jobs that bear the name of a recorded one. The doubt stays in the record until this was done with
 * all that the listing may have owed when the job was recorded (AB 2.11): a process may die before, or look too early.
 */
export async function settleDoubt(
  deps: RunDeps,
  run: string,
  key: string,
  { value, version }: Document<ArrayIn<'submitted'>>,
): Promise<void> {
  const { doubtfulSince, submission } = value;
  if (doubtfulSince === undefined) return;
  const keep = submission.handle.jobId;
  // Of the moment before the look: a job that comes up during it may be missed.
  const age = (deps.clock.now().getTime() - Date.parse(doubtfulSince)) / 1000;
  for (const job of await asking(deps.engine.find(value.name, value.queue))) {
    if (job.handle.jobId === keep || job.ended) continue;
    await asking(deps.engine.cancel(job.handle, `${keep} is the recorded job of this array`));
    deps.log({ kind: 'namesake-terminated', run, jobId: job.handle.jobId });
  }
  if (age >= deps.engine.limits.listingLag) await swapDocument(deps.store, key, version, certain(value));
}

/**
 * For the maker of a surplus job that it cannot stop: it may have come long after the doubt of the recorded one was
 * settled, and nobody else knows of it. An array that has ended stays so: the workers of the job then do nothing.
 */
export async function doubtAgain(deps: RunDeps, key: string): Promise<void> {
  const now = deps.clock.now();
  await changeDocument(deps.store, key, arraySchema, (record) =>
    record.state === 'submitted' ? doubted(record, now) : undefined,
  );
}
