import {
  allow,
  arn,
  bucketArn,
  iamArn,
  objects,
  repositories,
  type Statement,
  type Things,
} from './statement.ts';
import { githubIssuer } from './trust.ts';

/** Definitions and consumable resources are made by the code, which calls all of them so. */
const definitions = arn('batch', 'job-definition/muster-*');
const consumables = arn('batch', 'consumable-resource/muster-*');
/** Children of arrays carry no tags, so no condition could tell ours (AB 11.1). */
const jobs = arn('batch', 'job/*');

export const writeStore = (things: Things): readonly Statement[] => [
  allow('WriteStore', ['s3:PutObject', 's3:DeleteObject', 's3:AbortMultipartUpload'], [objects(things)]),
];

/** These have no resource-level control (AB 11.1). */
const describeBatch = (...more: readonly string[]) =>
  allow('DescribeBatch', ['batch:DescribeJobQueues', ...more].toSorted(), ['*']);

export const submitAndFollow = (things: Things): readonly Statement[] => [
  describeBatch(
    'batch:DescribeComputeEnvironments',
    'batch:DescribeJobDefinitions',
    'batch:DescribeJobs',
    'batch:ListJobs',
  ),
  allow('Submit', ['batch:SubmitJob'], [...things.queues, definitions, jobs, consumables]),
  allow('Register', ['batch:RegisterJobDefinition'], [definitions]),
  allow('Tag', ['batch:TagResource'], [definitions, jobs, consumables]),
  // A watch stops what passes its budget; a launch ends a job that is there twice.
  allow('Stop', ['batch:TerminateJob'], [jobs]),
  allow(
    'HoldConcurrency',
    ['batch:CreateConsumableResource', 'batch:DescribeConsumableResource', 'batch:UpdateConsumableResource'],
    [consumables],
  ),
  allow('PassRolesToJobs', ['iam:PassRole'], things.jobRoles, {
    StringEquals: { 'iam:PassedToService': 'ecs-tasks.amazonaws.com' },
  }),
];

/** The first has no other resource. */
export const readImages = ({ imagePrefix }: Things): readonly Statement[] => [
  allow('LogInToRegistry', ['ecr:GetAuthorizationToken'], ['*']),
  allow('ReadImages', ['ecr:BatchGetImage', 'ecr:GetDownloadUrlForLayer'], [repositories(imagePrefix)]),
];

/** None of the calls on `*` has a resource (AB 11.3). */
export const preflight = (things: Things, alsoBatch = true): readonly Statement[] => [
  ...(alsoBatch ? [describeBatch('batch:DescribeComputeEnvironments')] : []),
  allow(
    'LookAtNetwork',
    [
      ...['DescribeInstanceTypeOfferings', 'DescribeInstanceTypes', 'DescribeInternetGateways'],
      ...['DescribeLaunchTemplateVersions', 'DescribeNatGateways', 'DescribeNetworkAcls'],
      ...['DescribeRouteTables', 'DescribeSecurityGroups', 'DescribeSubnets'],
      ...['DescribeVpcAttribute', 'DescribeVpcEndpoints'],
    ].map((one) => `ec2:${one}`),
    ['*'],
  ),
  allow('LookAtQuotas', ['servicequotas:GetAWSDefaultServiceQuota', 'servicequotas:GetServiceQuota'], ['*']),
  allow('LookAtLogGroup', ['logs:DescribeLogGroups'], [arn('logs', 'log-group:*')]),
  // Those of the workflows, too: `oidc-trust` compares them with the repository.
  allow('LookAtRoles', ['iam:GetRole'], [iamArn(`role/${things.name}-*`)]),
  allow('LookAtProfile', ['iam:GetInstanceProfile'], [things.instanceProfile]),
  allow('LookAtImages', ['ecr:DescribeImages'], [repositories(things.imagePrefix)]),
  allow(
    'LookAtBucket',
    ['s3:GetBucketVersioning', 's3:GetLifecycleConfiguration'],
    [bucketArn(things.bucket)],
  ),
];

export const spotPrices: readonly Statement[] = [
  allow('SpotPrices', ['ec2:DescribeSpotPriceHistory'], ['*']),
];

/** Why a run stands still (AB 4.6). Clusters are made by AWS Batch, under names of its own. */
export const explain = ({ queues }: Things): readonly Statement[] => [
  allow('FrontOfQueue', ['batch:GetJobQueueSnapshot'], queues),
  allow(
    'LookAtClusters',
    ['ecs:DescribeContainerInstances', 'ecs:DescribeTasks', 'ecs:ListContainerInstances'],
    ['cluster', 'container-instance', 'task'].map((kind) =>
      arn('ecs', kind === 'cluster' ? 'cluster/AWSBatch*' : `${kind}/AWSBatch*`),
    ),
  ),
  allow(
    'LookAtMachines',
    [
      ...['autoscaling:DescribeAutoScalingGroups', 'autoscaling:DescribeScalingActivities'],
      ...['ec2:DescribeInstances', 'ec2:DescribeSubnets'],
    ],
    ['*'],
  ),
];

/** CloudWatch knows no other resource; the namespace is the limit. */
export const sendMetrics: readonly Statement[] = [
  allow('SendMetrics', ['cloudwatch:PutMetricData'], ['*'], {
    StringEquals: { 'cloudwatch:namespace': 'Muster' },
  }),
];

/** What docs/images.md names: of the protocol of registries, and of repositories that a push makes. */
export const pushImages = ({ imagePrefix }: Things): readonly Statement[] => [
  allow('LogInToRegistry', ['ecr:GetAuthorizationToken'], ['*']),
  allow(
    'PushImages',
    [
      ...['BatchCheckLayerAvailability', 'BatchGetImage', 'CompleteLayerUpload', 'CreateRepository'],
      ...['DescribeRepositories', 'GetDownloadUrlForLayer', 'GetLifecyclePolicy', 'InitiateLayerUpload'],
      ...['PutImage', 'PutLifecyclePolicy', 'TagResource', 'UploadLayerPart'],
    ].map((one) => `ecr:${one}`),
    [repositories(imagePrefix)],
  ),
];

/** The provider, whether this stack makes it or not. */
export const providerArn = iamArn(`oidc-provider/${githubIssuer}`);
