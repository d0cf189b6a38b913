/** AB 2.3. */
export const statuses = [
  'SUBMITTED',
  'PENDING',
  'RUNNABLE',
  'STARTING',
  'RUNNING',
  'SUCCEEDED',
  'FAILED',
] as const;
export type Status = (typeof statuses)[number];
export type StatusCounts = Record<Status, number>;

/** How a person stopped a job. */
export interface Stop {
  readonly how: 'cancelled' | 'terminated';
  readonly reason: string;
}

export function noCounts(): StatusCounts {
  return { SUBMITTED: 0, PENDING: 0, RUNNABLE: 0, STARTING: 0, RUNNING: 0, SUCCEEDED: 0, FAILED: 0 };
}
