import type { JobDetail } from '@aws-sdk/client-batch';
import { type Counts, noCounts, type Observation } from '../engine.ts';
import { hasEnded, stateOf } from './job-status.ts';

/**
 * How long a parent that failed may wait for a summary that adds up, in seconds. Far above the lag that summaries are
 * assumed to have, and above what clocks may differ.
 */
export const summaryPatience = 600;

/** One answer of DescribeJobs about a job of so many slices. */
export function observation(job: JobDetail | undefined, size: number, now: Date): Observation {
  if (job === undefined) return { state: 'gone' };
  const ending = ended(job, size, now);
  const told = summaryCounts(job, size);
  return {
    state: ending === undefined ? 'active' : 'ended',
    counts: ending ?? told ?? plainCounts(job),
    countsAt: trueAt(job, ending !== undefined, now).toISOString(),
    ...(job.statusReason !== undefined && { reason: job.statusReason }),
  };
}

/**
 * How far a summary is behind, in seconds, at most (AB 2.3 [MEM]: nobody has measured it). Where it is behind further,
 * the 15 min of `overshootUsd` have to do.
 */
export const summaryLag = 60;

/**
 * When the counts were true. Whether Batch dates a summary anew while nothing in it changes is unknown (AB 2.3 [MEM]):
 * counts of a minute ago are true now, however old their date, or slices that run for hours would cost nothing until
 * one ends. The end of a job holds from then on, whatever its summary knows; a summary that was never
 * made says nothing of the time since the job was (AB 2.3): its slices may run already. Of a plain job all is known now.
 */
function trueAt({ createdAt, stoppedAt, arrayProperties }: JobDetail, isEnd: boolean, now: Date): Date {
  if (isEnd) return given(stoppedAt) ?? now;
  if (arrayProperties?.size === undefined) return now;
  const updated = given(arrayProperties.statusSummaryLastUpdatedAt);
  if (updated === undefined) return given(createdAt) ?? now;
  // A parent that has ended while its summary lags: after its end nothing ran.
  const bound = Math.min(now.getTime() - summaryLag * 1000, given(stoppedAt)?.getTime() ?? now.getTime());
  return new Date(Math.max(updated.getTime(), bound));
}

/** Times that are not known are absent, or zero (AB 2.5 [MEM]). */
const given = (ms: number | undefined): Date | undefined =>
  ms === undefined || ms <= 0 ? undefined : new Date(ms);

/**
 * The counts that a job has ended with; `undefined` while it runs, or while its summary, which lags (AB 2.3), does
 * not yet say how many of its slices failed: counts of an end are recorded once and for all.
 */
function ended(job: JobDetail, size: number, now: Date): Counts | undefined {
  if (!hasEnded(job)) return undefined;
  const told = summaryCounts(job, size);
  if (told === undefined) return plainCounts(job);
  // Only then does a parent succeed (AB 2.3).
  if (job.status === 'SUCCEEDED') return { ...noCounts, succeeded: size };
  const { succeeded, failed } = told;
  if (succeeded + failed === size) return { ...noCounts, succeeded, failed };
  // An array that failed before its children were made has no summary at all.
  const quiet = (now.getTime() - lastNews(job)) / 1000 > summaryPatience;
  return quiet ? { ...noCounts, succeeded, failed: size - succeeded } : undefined;
}

/** When Batch last told something new, in milliseconds. */
function lastNews({ createdAt = 0, stoppedAt = 0, arrayProperties }: JobDetail): number {
  return Math.max(createdAt, stoppedAt, arrayProperties?.statusSummaryLastUpdatedAt ?? 0);
}

function plainCounts({ status = 'SUBMITTED' }: JobDetail): Counts {
  return { ...noCounts, [stateOf[status]]: 1 };
}

/** Absent for plain jobs. What the summary does not mention, at first everything, counts as submitted (AB 2.3). */
function summaryCounts({ arrayProperties }: JobDetail, size: number): Counts | undefined {
  if (arrayProperties?.size === undefined) return undefined;
  const summary = arrayProperties.statusSummary ?? {};
  const counts = Object.entries(stateOf).map(([status, state]) => [state, inside(summary[status], size)]);
  // Made of the table of all states.
  const told = Object.fromEntries(counts) as Record<keyof Counts, number>;
  const sum = Object.values(told).reduce((a, b) => a + b, 0);
  return { ...told, submitted: told.submitted + Math.max(0, size - sum) };
}

const inside = (count: number | undefined, size: number) => Math.min(Math.max(count ?? 0, 0), size);
