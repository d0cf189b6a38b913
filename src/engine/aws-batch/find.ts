import type { JobDetail } from '@aws-sdk/client-batch';
import type { FoundJob } from '../engine.ts';
import type { BatchClients } from './clients.ts';
import { describeJobs } from './describe-jobs.ts';
import { hasEnded } from './job-status.ts';
import { listJobs } from './list-jobs.ts';

/** Every job of exactly this name that the queue remembers, in any state. */
export async function findJobs(
  clients: Pick<BatchClients, 'batch'>,
  name: string,
  queue: string,
): Promise<readonly FoundJob[]> {
  // With a filter every status is listed, 100 a page (AB 2.4).
  const listed = await listJobs(clients, {
    jobQueue: queue,
    filters: [{ name: 'JOB_NAME', values: [name] }],
    maxResults: 100,
  });
  // The filter takes no notice of upper and lower case.
  const ids = listed.flatMap(({ jobName, jobId }) =>
    jobName === name && jobId !== undefined ? [jobId] : [],
  );
  const jobs = await describeJobs(clients, ids);
  return [...jobs].map(([jobId, job]) => foundJob(jobId, job, queue));
}

function foundJob(jobId: string, job: JobDetail, queue: string): FoundJob {
  const variables = job.container?.environment ?? [];
  return {
    handle: { jobId, queue, size: job.arrayProperties?.size ?? 1 },
    definition: job.jobDefinition ?? '',
    environment: Object.fromEntries(
      variables.flatMap(({ name, value }) => (name === undefined ? [] : [[name, value ?? '']])),
    ),
    ended: hasEnded(job),
    // Present only when true (AB 2.5); TerminateJob in an early state cancels (AB 2.10).
    ...((job.isTerminated || job.isCancelled) && { stopped: true as const }),
    ...(job.createdAt !== undefined && { createdAt: new Date(job.createdAt).toISOString() }),
  };
}
