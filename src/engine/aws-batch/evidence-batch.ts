import type { JobDetail, JobSummary } from '@aws-sdk/client-batch';
import type { JobHandle } from '../engine.ts';
import type { BatchClients } from './clients.ts';
import {
  type EnvironmentFacts,
  type Evidence,
  type FrontFacts,
  isOurs,
  type QueueFacts,
} from './evidence.ts';
import type { Asking } from './evidence-ask.ts';
import { environmentFacts, jobFacts, queueFacts } from './evidence-batch-facts.ts';
import { askLimit } from './evidence-limit.ts';

type Batch = BatchClients['batch'];

/** Pages of waiting slices read at most, where nobody tells which is the first. */
const waitingPages = 3;

/** What Batch itself knows: at most nine calls, whatever the size of the array. */
export async function batchEvidence(
  batch: Batch,
  handle: JobHandle,
  now: number,
  asking: Asking,
): Promise<Omit<Evidence, 'notSeen'>> {
  const { jobId, queue, size } = handle;
  const [details, queues, snapshot] = await Promise.all([
    asking.ask('batch:DescribeJobs', () =>
      batch.describeJobs({ jobs: size === 1 ? [jobId] : [jobId, `${jobId}:0`] }),
    ),
    asking.ask('batch:DescribeJobQueues', () => batch.describeJobQueues({ jobQueues: [queue] })),
    asking.ask('batch:GetJobQueueSnapshot', () => batch.getJobQueueSnapshot({ jobQueue: queue })),
  ]);
  const [found] = queues?.jobQueues ?? [];
  const facts = queues === undefined ? undefined : found === undefined ? 'gone' : queueFacts(found);
  const jobs = (snapshot?.frontOfQueue?.jobs ?? []).map(({ jobArn = '', earliestTimeAtPosition = now }) => ({
    ...{ jobId: jobArn.split('job/').at(-1) ?? jobArn, since: earliestTimeAtPosition },
  }));
  const [environments, head, waiting, limit] = await Promise.all([
    facts === undefined || facts === 'gone' ? undefined : askEnvironments(batch, facts, asking),
    askHead(batch, jobs[0]?.jobId, asking),
    snapshot === undefined && size > 1 ? askWaiting(batch, jobId, asking) : [],
    askLimit(batch, details?.jobs ?? [], asking),
  ]);
  const ours = head !== undefined && isOurs(jobId, head.jobId ?? '') ? [head] : [];
  const job = jobFacts(jobId, details?.jobs ?? [], [...ours, ...waiting]);
  const other = head !== undefined && ours.length === 0 ? headFacts(head) : undefined;
  return {
    now,
    jobId,
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

const headFacts = ({ jobName, jobId = '', statusReason }: JobDetail): FrontFacts['head'] => ({
  name: jobName ?? jobId,
  ...(statusReason !== undefined && { reason: statusReason }),
});

/** Without a snapshot any of the waiting ones may be the head. A page may be empty although others follow (AB 2.4). */
async function askWaiting(batch: Batch, jobId: string, asking: Asking): Promise<readonly JobSummary[]> {
  const waiting: JobSummary[] = [];
  let nextToken: string | undefined;
  for (let page = 0; page < waitingPages; page++) {
    const answer = await asking.ask('batch:ListJobs', () =>
      batch.listJobs({
        ...{ arrayJobId: jobId, jobStatus: 'RUNNABLE', maxResults: 1_000 },
        ...(nextToken !== undefined && { nextToken }),
      }),
    );
    waiting.push(...(answer?.jobSummaryList ?? []));
    nextToken = answer?.nextToken;
    if (nextToken === undefined || nextToken === '') break;
  }
  return waiting;
}

async function askEnvironments(
  batch: Batch,
  { environments }: QueueFacts,
  asking: Asking,
): Promise<readonly EnvironmentFacts[] | undefined> {
  const answer = await asking.ask('batch:DescribeComputeEnvironments', () =>
    batch.describeComputeEnvironments({ computeEnvironments: [...environments] }),
  );
  if (answer === undefined) return undefined;
  const facts = (answer.computeEnvironments ?? []).map(environmentFacts);
  const place = ({ arn, name }: EnvironmentFacts) =>
    environments.findIndex((one) => one === arn || one === name);
  return facts.sort((one, other) => place(one) - place(other));
}
