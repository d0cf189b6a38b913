import type {
  CancelJobRequest,
  CancelJobsRequest,
  CancelJobsResponse,
  DescribeJobsRequest,
  DescribeJobsResponse,
  ListJobsRequest,
  ListJobsResponse,
} from '@aws-sdk/client-batch';
import type { Account } from './account.ts';
import { childDetail, jobDetail } from './describe.ts';
import { listJobs } from './list.ts';
import { clientException } from './refusal.ts';
import type { Stop } from './status.ts';
import { stop } from './stop.ts';

/** AB 2.5: up to 100 ids; unknown and forgotten ones are missing from the answer. */
export function describeJobs(account: Account, { jobs }: DescribeJobsRequest): DescribeJobsResponse {
  if (jobs === undefined || jobs.length === 0 || jobs.length > 100)
    throw clientException('jobs must contain 1 to 100 job ids');
  const targets = jobs.map((id) => account.target(id)).filter((target) => target !== undefined);
  return {
    jobs: targets.map(({ job, index }) =>
      index === undefined ? jobDetail(account.world, job) : childDetail(account.world, job.child(index)),
    ),
  };
}

/** AB 2.4. */
export function listJobsOf(account: Account, request: ListJobsRequest): ListJobsResponse {
  const { jobQueue, arrayJobId, multiNodeJobId } = request;
  if ([jobQueue, arrayJobId, multiNodeJobId].filter((one) => one !== undefined).length !== 1)
    throw clientException('Exactly one of jobQueue, arrayJobId, multiNodeJobId must be given');
  const queue = jobQueue === undefined ? undefined : account.existingQueue(jobQueue);
  const array = account.jobs.get(arrayJobId ?? '');
  return listJobs(account.world, request, queue ?? array, (job, index) => account.isForgotten(job, index));
}

/** AB 2.10: accepted also for what is unknown, or has ended. */
export function stopOne(
  account: Account,
  how: Stop['how'],
  { jobId, reason }: CancelJobRequest,
): Record<string, never> {
  if (jobId === undefined || jobId === '') throw clientException('jobId must be given');
  const target = account.target(jobId);
  const asked: Stop = { how, reason: checkedReason(reason) };
  if (target !== undefined) stop(account.world, target, asked);
  return {};
}

/** AB 2.10: unknown ids count as successful. */
export function stopMany(
  account: Account,
  how: Stop['how'],
  { jobs = [], reason }: CancelJobsRequest,
): CancelJobsResponse {
  if (jobs.length === 0 || jobs.length > 50) throw clientException('jobs must contain 1 to 50 job ids');
  for (const jobId of jobs) stopOne(account, how, { jobId, reason });
  return { successful: jobs, errors: [] };
}

function checkedReason(reason: string | undefined): string {
  if (reason === undefined || reason === '') throw clientException('reason must be given');
  if (reason.length > 1_024) throw clientException('reason must be at most 1,024 characters');
  return reason;
}
