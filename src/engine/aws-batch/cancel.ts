import type { JobHandle } from '../engine.ts';
import { asked, isClientException } from './asked.ts';
import type { BatchClients } from './clients.ts';
import { describeJobs } from './describe-jobs.ts';
import { hasEnded } from './job-status.ts';
import { longestReason } from './limits.ts';

/** Terminates a parent, and with it all children, whatever state they are in; CancelJob leaves alone what runs (AB 2.10). */
export async function cancelJob(
  clients: Pick<BatchClients, 'batch'>,
  { jobId }: JobHandle,
  reason: string,
): Promise<void> {
  const input = { jobId, reason: reason.slice(0, longestReason) };
  try {
    await asked('TerminateJob', clients.batch.terminateJob(input), jobId);
  } catch (error) {
    // Whether an unknown id is an error is not documented.
    if (!isClientException(error)) throw error;
    const job = (await describeJobs(clients, [jobId])).get(jobId);
    if (job !== undefined && !hasEnded(job)) throw error;
  }
}
