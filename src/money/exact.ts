/** What attempts really cost, once their times are known: from fragments, and from engine records where none came. */

/** Cost of `seconds` of one slice. */
export function attemptUsd(seconds: number, usdPerSliceHour: number): number {
  return (Math.max(0, seconds) * usdPerSliceHour) / 3600;
}

/** An attempt as the engine recorded it: ISO 8601, absent when it never started or nobody saw its end. */
export interface RecordedAttempt {
  readonly startedAt?: string;
  readonly stoppedAt?: string;
}

/** Seconds on a machine; 0 for an attempt that never started, the timeout for one whose end nobody saw. */
export function attemptSeconds(attempt: RecordedAttempt, timeoutSeconds: number): number {
  if (attempt.startedAt === undefined) return 0;
  if (attempt.stoppedAt === undefined) return timeoutSeconds;
  return Math.max(0, (Date.parse(attempt.stoppedAt) - Date.parse(attempt.startedAt)) / 1000);
}
