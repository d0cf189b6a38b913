import type { JobDetail, JobStatus } from '@aws-sdk/client-batch';
import type { Counts } from '../engine.ts';

/** For good: what is retried goes back to RUNNABLE (AB 2.3). */
export const hasEnded = ({ status }: Pick<JobDetail, 'status'>) =>
  status === 'SUCCEEDED' || status === 'FAILED';

/** Our names of what Batch counts. */
export const stateOf = {
  SUBMITTED: 'submitted',
  PENDING: 'pending',
  RUNNABLE: 'runnable',
  STARTING: 'starting',
  RUNNING: 'running',
  SUCCEEDED: 'succeeded',
  FAILED: 'failed',
} as const satisfies Record<JobStatus, keyof Counts>;
