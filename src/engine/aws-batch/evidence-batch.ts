import type { ComputeEnvironmentDetail, JobDetail, JobQueueDetail, JobSummary } from '@aws-sdk/client-batch';
import type { JobHandle } from '../engine.ts';
import type { BatchClients } from './clients.ts';
import type { EnvironmentFacts, Evidence, FrontFacts, JobFacts, QueueFacts } from './evidence.ts';
import type { Asking } from './evidence-ask.ts';

type Batch = BatchClients['batch'];
/** Of one `maxResults`: enough to find one that Batch says something about. */
const waitingLookedAt = 100;

/** What Batch itself knows: six calls at most, whatever the size of the array. */
export async function batchEvidence(
  batch: Batch,
  handle: JobHandle,
  now: number,
  asking: Asking,
): Promise<Omit<Evidence, 'notSeen'>> {
  const { jobId, queue, size } = handle;
  const [details, waiting, queues, snapshot] = await Promise.all([
    asking.ask('batch:DescribeJobs', () =>
      batch.describeJobs({ jobs: size === 1 ? [jobId] : [jobId, `${jobId}:0`] }),
    ),
    // Only the head of a queue gets a reason (AB 4.5), and which child that is nobody tells.
    size === 1
      ? undefined
      : asking.ask('batch:ListJobs', () =>
          batch.listJobs({ arrayJobId: jobId, jobStatus: 'RUNNABLE', maxResults: waitingLookedAt }),
        ),
    asking.ask('batch:DescribeJobQueues', () => batch.describeJobQueues({ jobQueues: [queue] })),
    asking.ask('batch:GetJobQueueSnapshot', () => batch.getJobQueueSnapshot({ jobQueue: queue })),
  ]);
  const job = jobFacts(jobId, details?.jobs ?? [], waiting?.jobSummaryList ?? []);
  const [found] = queues?.jobQueues ?? [];
  const facts = queues === undefined ? undefined : found === undefined ? 'gone' : queueFacts(found);
  const jobs = (snapshot?.frontOfQueue?.jobs ?? []).map(({ jobArn = '', earliestTimeAtPosition = now }) => ({
    ...{ jobId: jobArn.split('job/').at(-1) ?? jobArn, since: earliestTimeAtPosition },
  }));
  const [environments, head] = await Promise.all([
    facts === undefined || facts === 'gone' ? undefined : askEnvironments(batch, facts, asking),
    askHead(batch, jobId, jobs[0]?.jobId, asking),
  ]);
  return {
    now,
    jobId,
    ...(job !== undefined && { job }),
    ...(facts !== undefined && { queue: facts }),
    ...(environments !== undefined && { environments }),
    ...(snapshot !== undefined && { front: { jobs, ...(head !== undefined && { head }) } }),
  };
}

/** Whether `id` is the job itself or one of its children. */
export const isOurs = (jobId: string, id: string) => id === jobId || id.startsWith(`${jobId}:`);

/** In a queue without shares one job that fits nowhere holds up all behind it (AB 1, 10): so its reason matters. */
async function askHead(
  batch: Batch,
  jobId: string,
  first: string | undefined,
  asking: Asking,
): Promise<FrontFacts['head']> {
  if (first === undefined || isOurs(jobId, first)) return undefined;
  const answer = await asking.ask('batch:DescribeJobs', () => batch.describeJobs({ jobs: [first] }));
  const head = answer?.jobs?.[0];
  if (head === undefined) return undefined;
  const { jobName = first, statusReason } = head;
  return { name: jobName, ...(statusReason !== undefined && { reason: statusReason }) };
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
  waiting: readonly JobSummary[],
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
