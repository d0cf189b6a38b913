import type { ComputeEnvironmentDetail, JobQueueDetail } from '@aws-sdk/client-batch';
import { arn, type World } from './world.ts';

/** A healthy queue (AB 4.1). */
export function queueDetail(
  world: World,
  name: string,
  { computeEnvironmentArn }: ComputeEnvironmentDetail,
  schedulingPolicy: string | undefined,
): JobQueueDetail {
  return {
    jobQueueName: name,
    jobQueueArn: arn(world, `job-queue/${name}`),
    state: 'ENABLED',
    status: 'VALID',
    statusReason: 'JobQueue Healthy',
    priority: 1,
    computeEnvironmentOrder: [{ order: 1, computeEnvironment: computeEnvironmentArn }],
    serviceEnvironmentOrder: [],
    jobQueueType: 'ECS',
    tags: {},
    jobStateTimeLimitActions: [],
    ...(schedulingPolicy === undefined
      ? {}
      : { schedulingPolicyArn: arn(world, `scheduling-policy/${schedulingPolicy}`) }),
  };
}

/** A healthy environment (AB 4.1, 4.2). */
export function environmentDetail(world: World, name: string, vcpus: number): ComputeEnvironmentDetail {
  return {
    computeEnvironmentName: name,
    computeEnvironmentArn: arn(world, `compute-environment/${name}`),
    ecsClusterArn: arn(world, `cluster/AWSBatch-${name}`, 'ecs'),
    type: 'MANAGED',
    state: 'ENABLED',
    status: 'VALID',
    statusReason: 'ComputeEnvironment Healthy',
    containerOrchestrationType: 'ECS',
    computeResources: {
      type: 'EC2',
      allocationStrategy: 'BEST_FIT_PROGRESSIVE',
      minvCpus: 0,
      maxvCpus: vcpus,
      desiredvCpus: 0,
      instanceTypes: ['c7a'],
      subnets: ['subnet-0'],
      securityGroupIds: ['sg-0'],
      instanceRole: arn(world, 'instance-profile/ecsInstanceRole', 'iam'),
    },
  };
}
