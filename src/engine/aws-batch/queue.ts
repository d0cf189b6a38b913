import type { JobQueueDetail } from '@aws-sdk/client-batch';
import { pages } from '../../aws/pages.ts';
import { asked } from './asked.ts';
import type { BatchClients } from './clients.ts';
import { batchCommand } from './command.ts';
import { invalidQueue, noQueue } from './queue-trouble.ts';

/** What a queue says before anything is submitted to it. */
export type QueueState =
  | { readonly ready: true /** It has a scheduling policy. */; readonly shared: boolean }
  | { readonly ready: false; readonly reason: string; readonly fix: string };

export async function lookAtQueue(
  { batch }: Pick<BatchClients, 'batch'>,
  region: string,
  queue: string,
): Promise<QueueState> {
  const found = pages(async (nextToken) => {
    const describing = batch.describeJobQueues({ jobQueues: [queue], nextToken });
    const page = await asked('DescribeJobQueues', describing, queue);
    return { items: page.jobQueues, nextToken: page.nextToken };
  });
  for await (const { items: [detail] = [] } of found) {
    if (detail !== undefined) return judgeQueue(detail, region, queue);
  }
  // An unknown name is silently missing (AB 4.1 [MEM]).
  return { ready: false, ...noQueue(region, queue) };
}

/** Jobs can be submitted to a queue that is ENABLED and VALID (AB 4.1). */
function judgeQueue(detail: JobQueueDetail, region: string, queue: string): QueueState {
  const { state, status, statusReason, schedulingPolicyArn } = detail;
  const name = detail.jobQueueName ?? queue;
  if (state === 'DISABLED') {
    const enable = batchCommand(region, 'update-job-queue', `--job-queue ${queue} --state ENABLED`);
    const reason = `job queue ${name} is disabled: it takes no new jobs`;
    return { ready: false, reason, fix: `Enable it: ${enable}` };
  }
  if (status === undefined || status === 'VALID') {
    return { ready: true, shared: schedulingPolicyArn !== undefined && schedulingPolicyArn !== '' };
  }
  const said = { name, status, ...(statusReason !== undefined && { statusReason }) };
  const { reason, fix } = invalidQueue(said, region, queue);
  return { ready: false, reason: `${reason}: it takes no new jobs`, fix };
}
