import { type Evidence, isOurs } from '../evidence/evidence.ts';

/** A queue that has to start machines first takes 5-10 minutes; Batch says itself what is wrong after 10-15 (AB 4.5 [MEM]). */
export const coldSeconds = 10 * 60;

export const isCold = (seconds: number) => seconds < coldSeconds;

/** `12 min`; what is shorter than one is "under a minute". */
export function minutes(seconds: number): string {
  if (seconds < 60) return 'under a minute';
  const whole = Math.floor(seconds / 60);
  return whole < 120 ? `${whole} min` : `${Math.floor(whole / 60)} h ${whole % 60} min`;
}

/**
 * How long the job has had its turn: since it is first in its queue, where that is known, but never longer than it
 * exists. What was not seen counts as just begun, so that nobody is told of trouble that may be none.
 */
export function waitedSeconds({ now, job, front, jobId }: Evidence): number {
  const first = front?.jobs[0];
  const ours = first !== undefined && isOurs(jobId, first.jobId);
  const since = Math.max(job?.createdAt ?? now, ours ? first.since : 0);
  return Math.max(0, (now - since) / 1000);
}
