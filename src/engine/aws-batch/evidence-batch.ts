import type { ComputeEnvironmentDetail, JobDetail, JobQueueDetail, JobSummary } from '@aws-sdk/client-batch';
import type { JobHandle } from '../engine.ts';
import type { BatchClients } from './clients.ts';
import {
  type EnvironmentFacts,
  type Evidence,
  type FrontFacts,
  isOurs,
  type JobFacts,
  type QueueFacts,
} from './evidence.ts';
import type { Asking } from './evidence-ask.ts';

type Batch = BatchClients['batch'];
/** Pages of waiting slices read at most, where nobody tells which is the first. */
const waitingPages = 3;

/** What Batch itself knows: at most eight calls, whatever the size of the array. */
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
  const [environments, head, waiting] = await Promise.all([
    facts === undefined || facts === 'gone' ? undefined : askEnvironments(batch, facts, asking),
    askHead(batch, jobs[0]?.jobId, asking),
    snapshot === undefined && size > 1 ? askWaiting(batch, jobId, asking) : [],
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

function jobFacts(
  jobId: string,
  details: readonly JobDetail[],
  waiting: readonly Pick<JobSummary, 'statusReason'>[],
): JobFacts | undefined {
  const job = details.find((one) => one.jobId === jobId);
  if (job === undefined) return undefined;
  const child = details.find((one) => one.jobId !== jobId);
  const { resourceRequirements = [] } = (child ?? job).container ?? {};
  const asked = (type: string) => Number(resourceRequirements.find((one) => one.type === type)?.value ?? 0);
  const size = job.arrayProperties?.size ?? 1;
  // Missing keys are zeros (AB 2.3).
  const summary = job.arrayProperties?.statusSummary ?? { [job.status ?? '']: 1 };
  const of = (status: string) => summary[status] ?? 0;
  const reasons = [...waiting, ...(child?.status === 'RUNNABLE' ? [child] : []), ...(size === 1 ? [job] : [])]
    .map(({ statusReason = '' }) => statusReason)
    .filter((text) => text !== '');
  return {
    ...{ name: job.jobName ?? jobId, size, createdAt: job.createdAt ?? 0 },
    ended: job.status === 'SUCCEEDED' || job.status === 'FAILED',
    counts: {
      early: of('SUBMITTED') + of('PENDING'),
      ...{ runnable: of('RUNNABLE'), starting: of('STARTING'), running: of('RUNNING') },
    },
    ...(asked('VCPU') > 0 && { vcpus: asked('VCPU') }),
    ...(asked('MEMORY') > 0 && { memoryMib: asked('MEMORY') }),
    reasons,
  };
}

function queueFacts(queue: JobQueueDetail): QueueFacts {
  const order = [...(queue.computeEnvironmentOrder ?? [])].sort(
    (one, other) => (one.order ?? 0) - (other.order ?? 0),
  );
  return {
    name: queue.jobQueueName ?? '',
    ...{ state: queue.state ?? '', status: queue.status ?? '' },
    ...(queue.statusReason !== undefined && { statusReason: queue.statusReason }),
    environments: order.map(({ computeEnvironment = '' }) => computeEnvironment),
  };
}

function environmentFacts(one: ComputeEnvironmentDetail): EnvironmentFacts {
  const { computeResources: resources } = one;
  return {
    ...{ name: one.computeEnvironmentName ?? '', arn: one.computeEnvironmentArn ?? '' },
    ...{ state: one.state ?? '', status: one.status ?? '' },
    ...(one.statusReason !== undefined && { statusReason: one.statusReason }),
    spot: resources?.type === 'SPOT',
    ...{ maxVcpus: resources?.maxvCpus ?? 0, desiredVcpus: resources?.desiredvCpus ?? 0 },
    ...{ types: resources?.instanceTypes ?? [], subnets: resources?.subnets ?? [] },
    ...(one.ecsClusterArn !== undefined && { cluster: one.ecsClusterArn }),
  };
}
