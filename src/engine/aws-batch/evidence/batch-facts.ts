import type { ComputeEnvironmentDetail, JobDetail, JobQueueDetail, JobSummary } from '@aws-sdk/client-batch';
import type { EnvironmentFacts, JobFacts, QueueFacts } from './evidence.ts';

/** What matters in the answers of Batch. Pure. */

export function jobFacts(
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

export function queueFacts(queue: JobQueueDetail): QueueFacts {
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

export function environmentFacts(one: ComputeEnvironmentDetail): EnvironmentFacts {
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
