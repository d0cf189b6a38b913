import type { ChildFailure, EngineAttempt, FoundJob, Observation } from '../engine.ts';
import { countsOf, hasEnded, type JobProgress, reportAttempt } from './job-progress.ts';
import type { JobTable } from './job-table.ts';

/** What the engine tells about jobs, read from the table in any process. */

export function observeJob(table: JobTable, jobId: string, at: string): Observation {
  const progress = table.progress(jobId);
  if (progress === undefined) return table.isOwn(jobId) ? { state: 'gone' } : notMadeHere(table, jobId);
  return {
    state: hasEnded(progress) ? 'ended' : 'active',
    counts: countsOf(progress),
    countsAt: at,
    ...(progress.cancelled === undefined ? {} : { reason: progress.cancelled.reason }),
  };
}

/** In a store that several machines share, the jobs of one are not lost because another one has no folder of them. */
const notMadeHere = ({ directory }: JobTable, jobId: string): Observation => ({
  state: 'gone',
  elsewhere: `job ${jobId} is not of ${directory}: another machine works on it, or that folder was removed`,
});

export function matchesOf(table: JobTable, name: string, queue: string): FoundJob[] {
  const jobs = table.ids().flatMap((id) => table.job(id) ?? []);
  return jobs
    .filter((job) => job.name === name && job.queue === queue)
    .map((job) => {
      const progress = table.progress(job.id);
      return {
        handle: { jobId: job.id, queue, size: job.size },
        definition: job.definition,
        environment: job.environment,
        ended: progress !== undefined && hasEnded(progress),
        ...(table.cancelled(job.id) !== undefined && { stopped: true as const }),
      };
    });
}

export function childFailures(table: JobTable, jobId: string, known: ReadonlySet<number>): ChildFailure[] {
  const progress = table.progress(jobId);
  if (progress === undefined) return [];
  const started = [...progress.children].flatMap(([child, { failure, attempts }]): ChildFailure[] => {
    if (failure === undefined || known.has(child)) return [];
    return [{ child, ...failure, attempts: toldAttempts(table, jobId, child, attempts) }];
  });
  const failures = [...started, ...neverStarted(progress, known)];
  return failures.sort((a, b) => a.child - b.child);
}

export function childAttempts(
  table: JobTable,
  jobId: string,
  children: readonly number[],
): ReadonlyMap<number, readonly EngineAttempt[]> {
  const progress = table.progress(jobId);
  if (progress === undefined) return new Map();
  return new Map(
    children.map((child) => {
      const attempts = progress.children.get(child)?.attempts ?? [];
      return [child, toldAttempts(table, jobId, child, attempts)];
    }),
  );
}

const toldAttempts = (
  table: JobTable,
  jobId: string,
  child: number,
  attempts: Parameters<typeof reportAttempt>[0][],
) => attempts.map((attempt) => reportAttempt(attempt, table.log(jobId, child, attempt.attempt)));

function neverStarted({ job, children, cancelled }: JobProgress, known: ReadonlySet<number>): ChildFailure[] {
  if (cancelled === undefined) return [];
  const indexes = Array.from({ length: job.size }, (_, index) => index);
  return indexes
    .filter((child) => !children.has(child) && !known.has(child))
    .map((child) => ({ child, class: 'cancelled', reason: cancelled.reason, attempts: [] }));
}
