import type {
  DescribeComputeEnvironmentsRequest,
  DescribeComputeEnvironmentsResponse,
  DescribeJobQueuesRequest,
  DescribeJobQueuesResponse,
  GetJobQueueSnapshotRequest,
  GetJobQueueSnapshotResponse,
} from '@aws-sdk/client-batch';
import type { Account } from './account.ts';
import { page } from './pages.ts';
import { clientException } from './refusal.ts';
import { arn } from './world.ts';

/** AB 4.1: unknown ones are missing from the answer. */
export function describeQueues(
  account: Account,
  { jobQueues, maxResults, nextToken }: DescribeJobQueuesRequest,
): DescribeJobQueuesResponse {
  const wanted = account.queues.filter(
    ({ name, arn }) => jobQueues === undefined || jobQueues.includes(name) || jobQueues.includes(arn),
  );
  const { items, next } = page(account.world, wanted, checked(maxResults), nextToken);
  return {
    jobQueues: items.map(({ detail }) => detail),
    ...(next === undefined ? {} : { nextToken: next }),
  };
}

/** AB 4.1. */
export function describeEnvironments(
  account: Account,
  { computeEnvironments, maxResults, nextToken }: DescribeComputeEnvironmentsRequest,
): DescribeComputeEnvironmentsResponse {
  const wanted = account.queues
    .map(({ environment }) => environment)
    .filter(
      ({ computeEnvironmentName, computeEnvironmentArn }) =>
        computeEnvironments === undefined ||
        computeEnvironments.includes(computeEnvironmentName ?? '') ||
        computeEnvironments.includes(computeEnvironmentArn ?? ''),
    );
  const { items, next } = page(account.world, wanted, checked(maxResults), nextToken);
  return { computeEnvironments: [...items], ...(next === undefined ? {} : { nextToken: next }) };
}

/** AB 4.5: the first 100 that are RUNNABLE, and what is in use. */
export function queueSnapshot(
  account: Account,
  { jobQueue }: GetJobQueueSnapshotRequest,
): GetJobQueueSnapshotResponse {
  const queue = account.existingQueue(jobQueue);
  const lastUpdatedAt = account.world.timeline.now();
  return {
    frontOfQueue: {
      jobs: queue.waiting(100).map((child) => ({
        jobArn: arn(account.world, `job/${child.id}`),
        earliestTimeAtPosition: queue.headSince,
      })),
      lastUpdatedAt,
    },
    queueUtilization: {
      totalCapacityUsage: [{ capacityUnit: 'VCPU', quantity: queue.used }],
      lastUpdatedAt,
    },
  };
}

function checked(maxResults = 100): number {
  if (maxResults < 1 || maxResults > 100) throw clientException('maxResults must be between 1 and 100');
  return maxResults;
}
