import type { JobQueueDetail } from '@aws-sdk/client-batch';
import { asked } from './asked.ts';
import type { BatchClients } from './clients.ts';

/** What a queue says before anything is submitted to it. */
export type QueueState =
  | { readonly ready: true /** It has a scheduling policy. */; readonly shared: boolean }
  | { readonly ready: false; readonly reason: string; readonly fix: string };

export async function lookAtQueue(
  { batch }: Pick<BatchClients, 'batch'>,
  region: string,
  queue: string,
): Promise<QueueState> {
  let detail: JobQueueDetail | undefined;
  let nextToken: string | undefined;
  do {
    const input = { jobQueues: [queue], ...(nextToken !== undefined && { nextToken }) };
    const page = await asked('DescribeJobQueues', batch.describeJobQueues(input), queue);
    [detail] = page.jobQueues ?? [];
    nextToken = page.nextToken === '' ? undefined : page.nextToken;
  } while (detail === undefined && nextToken !== undefined);
  // An unknown name is silently missing (AB 4.1 [MEM]).
  return judgeQueue(detail, region, queue);
}

/** Jobs can be submitted to a queue that is ENABLED and VALID (AB 4.1). */
function judgeQueue(detail: JobQueueDetail | undefined, region: string, queue: string): QueueState {
  const at = `--region ${region}`;
  const trouble = (reason: string, fix: string) => ({ ready: false, reason, fix }) as const;
  if (detail === undefined) {
    return trouble(
      `there is no job queue ${queue} in ${region}`,
      `Correct its ARN under \`queues\` in muster.yaml; \`aws batch describe-job-queues ${at}\` lists those there are.`,
    );
  }
  const { state, status, statusReason, schedulingPolicyArn } = detail;
  const name = detail.jobQueueName ?? queue;
  if (state === 'DISABLED') {
    return trouble(
      `job queue ${name} is disabled: it takes no new jobs`,
      `Enable it: aws batch update-job-queue --job-queue ${queue} --state ENABLED ${at}`,
    );
  }
  if (status === undefined || status === 'VALID') {
    return { ready: true, shared: schedulingPolicyArn !== undefined && schedulingPolicyArn !== '' };
  }
  const said = statusReason === undefined || statusReason === '' ? '' : ` ("${statusReason}")`;
  const reason = `job queue ${name} is ${status}${said}: it takes no new jobs`;
  if (status === 'CREATING' || status === 'UPDATING') {
    return trouble(
      reason,
      `Wait until \`aws batch describe-job-queues --job-queues ${queue} ${at}\` says VALID.`,
    );
  }
  return trouble(
    reason,
    status === 'INVALID'
      ? `Repair its compute environments; why they are invalid is the statusReason of: aws batch describe-compute-environments ${at}`
      : 'Choose another queue in muster.yaml.',
  );
}
