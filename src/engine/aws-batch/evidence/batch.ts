import type { JobDetail, JobSummary } from '@aws-sdk/client-batch';
import { firstItems } from '../../../aws/pages.ts';
import type { JobHandle } from '../../engine.ts';
import { asked } from '../asked.ts';
import type { BatchClients } from '../clients.ts';
import type { Asking } from './ask.ts';
import { environmentFacts, jobFacts, queueFacts } from './batch-facts.ts';
import {
  type EnvironmentFacts,
  type Evidence,
  type FrontFacts,
  isOurs,
  type QueueFacts,
} from './evidence.ts';
import { askLimit } from './limit.ts';

type Batch = BatchClients['batch'];

/** Waiting slices looked at, where nobody tells which is the first. */
const waitingLookedAt = 3_000;

/**
 * What Batch itself knows: some nine calls, whatever the size of the array. Throws `RemoteError` where the job itself
 * cannot be looked at.
 */
export async function batchEvidence(
  batch: Batch,
  { jobId, queue, size }: JobHandle,
  { region, now }: Pick<Evidence, 'region' | 'now'>,
  asking: Asking,
): Promise<Omit<Evidence, 'notSeen'>> {
  const [details, queues, snapshot] = await Promise.all([
    // Who cannot even look at the job must not be told anything about it.
    asked('DescribeJobs', batch.describeJobs({ jobs: size === 1 ? [jobId] : [jobId, `${jobId}:0`] })),
    askQueue(batch, queue, asking),
    asking.ask('batch:GetJobQueueSnapshot', () => batch.getJobQueueSnapshot({ jobQueue: queue })),
  ]);
  const [found] = queues ?? [];
  const facts = queues === undefined ? undefined : found === undefined ? 'gone' : queueFacts(found);
  const jobs = (snapshot?.frontOfQueue?.jobs ?? []).map(({ jobArn = '', earliestTimeAtPosition = now }) => ({
    ...{ jobId: jobArn.split('job/').at(-1) ?? jobArn, since: earliestTimeAtPosition },
  }));
  const [environments, head, waiting, limit] = await Promise.all([
    facts === undefined || facts === 'gone' ? undefined : askEnvironments(batch, facts, asking),
    askHead(batch, jobs[0]?.jobId, asking),
    snapshot === undefined && size > 1 ? askWaiting(batch, jobId, asking) : [],
    askLimit(batch, details.jobs ?? [], asking),
  ]);
  const ours = head !== undefined && isOurs(jobId, head.jobId ?? '') ? [head] : [];
  const job = jobFacts(jobId, details.jobs ?? [], [...ours, ...waiting]);
  const other = head !== undefined && ours.length === 0 ? await headFacts(batch, head, asking) : undefined;
  return {
    ...{ now, region, jobId, queueId: queue },
    ...(job !== undefined && { job }),
    ...(facts !== undefined && { queue: facts }),
    ...(environments !== undefined && { environments }),
    ...(limit !== undefined && { limit }),
    ...(snapshot !== undefined && { front: { jobs, ...(other !== undefined && { head: other }) } }),
  };
}

/**
 * Only the head of a queue gets a reason (AB 4.5). In one without shares, one job that fits nowhere holds up all behind
 * it (AB 1, 10): so it matters whosever it is.
 */
async function askHead(batch: Batch, first: string | undefined, asking: Asking) {
  if (first === undefined) return undefined;
  const answer = await asking.ask('batch:DescribeJobs', () => batch.describeJobs({ jobs: [first] }));
  return answer?.jobs?.[0];
}

async function headFacts(batch: Batch, head: JobDetail, asking: Asking): Promise<FrontFacts['head']> {
  const { jobName, jobId = '', statusReason } = head;
  const limit = await askLimit(batch, [head], asking);
  return {
    name: jobName ?? jobId,
    ...(statusReason !== undefined && { reason: statusReason }),
    ...(limit !== undefined && { limit }),
  };
}

const askQueue = (batch: Batch, queue: string, asking: Asking) =>
  firstItems(1, (nextToken) =>
    asking.ask('batch:DescribeJobQueues', async () => {
      const answer = await batch.describeJobQueues({ jobQueues: [queue], nextToken });
      return { items: answer.jobQueues, nextToken: answer.nextToken };
    }),
  );

/** Without a snapshot any of the waiting ones may be the head. */
async function askWaiting(batch: Batch, jobId: string, asking: Asking): Promise<readonly JobSummary[]> {
  const waiting = await firstItems(waitingLookedAt, (nextToken) =>
    asking.ask('batch:ListJobs', async () => {
      const wanted = { arrayJobId: jobId, jobStatus: 'RUNNABLE', maxResults: 1_000 } as const;
      const answer = await batch.listJobs({ ...wanted, nextToken });
      return { items: answer.jobSummaryList, nextToken: answer.nextToken };
    }),
  );
  return waiting ?? [];
}

async function askEnvironments(
  batch: Batch,
  { environments }: QueueFacts,
  asking: Asking,
): Promise<readonly EnvironmentFacts[] | undefined> {
  const found = await firstItems(environments.length, (nextToken) =>
    asking.ask('batch:DescribeComputeEnvironments', async () => {
      const wanted = { computeEnvironments: [...environments] };
      const answer = await batch.describeComputeEnvironments({ ...wanted, nextToken });
      return { items: answer.computeEnvironments, nextToken: answer.nextToken };
    }),
  );
  if (found === undefined) return undefined;
  const facts = found.map(environmentFacts);
  const place = ({ arn, name }: EnvironmentFacts) =>
    environments.findIndex((one) => one === arn || one === name);
  return facts.sort((one, other) => place(one) - place(other));
}
