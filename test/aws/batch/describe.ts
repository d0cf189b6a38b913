import type {
  AttemptDetail,
  ConsumableResourceRequirement,
  ContainerDetail,
  JobDetail,
} from '@aws-sdk/client-batch';
import type { Attempt } from './attempt.ts';
import type { Child } from './child.ts';
import type { Need } from './consumables.ts';
import type { Job } from './job.ts';
import { shownStrategy } from './retry.ts';
import { shownSummary } from './summary.ts';
import { arn, type World } from './world.ts';

/** Of a parent, or of a plain job. */
export function jobDetail(world: World, job: Job): JobDetail {
  if (job.size === undefined) return childDetail(world, job.child(0));
  const summary = shownSummary(world, job);
  return {
    ...shared(job),
    jobArn: arn(world, `job/${job.id}`),
    jobId: job.id,
    status: job.status,
    createdAt: job.createdAt,
    // AB 2.5: required in the type, absent on the wire.
    startedAt: undefined,
    ...(job.end === undefined ? {} : { stoppedAt: job.end.at }),
    ...(job.end?.reason === undefined ? {} : { statusReason: job.end.reason }),
    attempts: [],
    container: container(job),
    arrayProperties: {
      size: job.size,
      statusSummary: summary?.counts ?? {},
      ...(summary === undefined ? {} : { statusSummaryLastUpdatedAt: summary.at }),
    },
    tags: job.request.tags ?? {},
    ...stopFlags(job.stop?.how),
  };
}

export function childDetail(world: World, child: Child): JobDetail {
  const { job, latest } = child;
  const reason = child.ended ? child.statusReason : job.queue.blockedReason(world, child);
  const running = child.status === 'RUNNING' || child.ended;
  return {
    ...shared(job),
    jobArn: arn(world, `job/${child.id}`),
    jobId: child.id,
    status: job.statusOf(child.index),
    // AB 2.2: of a child, when it was spawned.
    createdAt: job.size === undefined ? job.createdAt : job.spawnedAt(child.index),
    startedAt: running ? latest?.startedAt : undefined,
    ...(child.stoppedAt === undefined ? {} : { stoppedAt: child.stoppedAt }),
    ...(reason === undefined ? {} : { statusReason: reason }),
    attempts: child.finished.map((attempt) => attemptDetail(world, attempt)),
    container: { ...container(job), ...(latest === undefined ? {} : containerState(world, latest)) },
    ...(job.size === undefined ? {} : { arrayProperties: { index: child.index } }),
    // AB 2.7: tags do not reach children.
    tags: job.size === undefined ? (job.request.tags ?? {}) : {},
    ...stopFlags(child.stop?.how ?? (job.size === undefined ? job.stop?.how : undefined)),
  };
}

function shared(job: Job) {
  const { request, definition, retryStrategy, timeoutSeconds } = job;
  return {
    jobName: request.jobName,
    jobQueue: job.queue.arn,
    jobDefinition: definition.arn,
    dependsOn: request.dependsOn ?? [],
    parameters: { ...definition.request.parameters, ...request.parameters },
    ...(retryStrategy === undefined ? {} : { retryStrategy: shownStrategy(retryStrategy) }),
    ...(timeoutSeconds === undefined ? {} : { timeout: { attemptDurationSeconds: timeoutSeconds } }),
    ...(request.shareIdentifier === undefined ? {} : { shareIdentifier: request.shareIdentifier }),
    propagateTags: request.propagateTags ?? definition.request.propagateTags ?? false,
    platformCapabilities: definition.request.platformCapabilities ?? ['EC2'],
    eksAttempts: [],
    ...(job.needs.length === 0
      ? {}
      : { consumableResourceProperties: { consumableResourceList: job.needs.map(needed) } }),
  };
}

/** AB 2.12: also of children: what each of them needs. */
function needed({ consumable, quantity }: Need): ConsumableResourceRequirement {
  return { consumableResource: consumable.name, quantity };
}

/** The definition's container with the submission's overrides. */
function container({ definition, request }: Job): ContainerDetail {
  const { containerOverrides } = request;
  const overridden = new Set(containerOverrides?.environment?.map(({ name }) => name));
  const overriddenTypes = new Set(containerOverrides?.resourceRequirements?.map(({ type }) => type));
  const defined = definition.container;
  return {
    volumes: [],
    mountPoints: [],
    ulimits: [],
    secrets: [],
    networkInterfaces: [],
    ...defined,
    command: containerOverrides?.command ?? defined.command ?? [],
    environment: [
      ...(defined.environment ?? []).filter(({ name }) => !overridden.has(name)),
      ...(containerOverrides?.environment ?? []),
    ],
    resourceRequirements: [
      ...(defined.resourceRequirements ?? []).filter(({ type }) => !overriddenTypes.has(type)),
      ...(containerOverrides?.resourceRequirements ?? []),
    ],
  };
}

/** AB 2.5: what only shows once there is such a thing. */
function containerState(world: World, attempt: Attempt) {
  const { ending, logStream } = attempt;
  return {
    taskArn: arn(world, `task/AWSBatch-${attempt.child.job.queue.name}/${attempt.task}`, 'ecs'),
    containerInstanceArn: containerInstance(world, attempt),
    ...(logStream === undefined ? {} : { logStreamName: logStream }),
    ...(ending?.exitCode === undefined ? {} : { exitCode: ending.exitCode }),
    ...(ending?.reason === undefined ? {} : { reason: ending.reason }),
  };
}

function containerInstance(world: World, { child, instance }: Attempt): string {
  return arn(world, `container-instance/AWSBatch-${child.job.queue.name}/${instance.slice(2)}`, 'ecs');
}

function attemptDetail(world: World, attempt: Attempt): AttemptDetail {
  const { startedAt, stoppedAt, ending } = attempt;
  return {
    container: { ...containerState(world, attempt), networkInterfaces: [] },
    ...(startedAt === undefined ? {} : { startedAt }),
    ...(stoppedAt === undefined ? {} : { stoppedAt }),
    ...(ending === undefined ? {} : { statusReason: ending.statusReason }),
    taskProperties: [],
  };
}

/** AB 2.5: present only when true. */
export function stopFlags(how: 'cancelled' | 'terminated' | undefined) {
  if (how === undefined) return {};
  return how === 'cancelled' ? { isCancelled: true } : { isTerminated: true };
}
