import { githubIssuer } from './trust.ts';

/** What roles may do: plain data, so that a table of it can be read and tested. */
export interface Statement {
  readonly Sid: string;
  readonly Effect: 'Allow' | 'Deny';
  readonly Action: readonly string[];
  readonly Resource: readonly string[];
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;
}

/** The things that rights are about: text in which CloudFormation puts the account's own names (`Fn::Sub`). */
export interface Things {
  readonly name: string;
  /** Its name. */
  readonly bucket: string;
  readonly prefix: string;
  /** ARNs of other buckets that programs read. */
  readonly inputs: readonly string[];
  readonly queues: readonly string[];
  readonly logGroup: string;
  readonly imagePrefix: string;
  readonly jobRoles: readonly string[];
  readonly instanceProfile: string;
}

export const arn = (service: string, resource: string) =>
  `arn:\${AWS::Partition}:${service}:\${AWS::Region}:\${AWS::AccountId}:${resource}`;
export const iamArn = (resource: string) => `arn:\${AWS::Partition}:iam::\${AWS::AccountId}:${resource}`;
/** Of a name, which knows no region or account. */
export const bucketArn = (name: string) => `arn:\${AWS::Partition}:s3:::${name}`;

/** Definitions and consumable resources are made by the code, which calls all of them so. */
const definitions = arn('batch', 'job-definition/muster-*');
const consumables = arn('batch', 'consumable-resource/muster-*');
/** Children of arrays carry no tags, so no condition could tell ours (AB 11.1). */
const jobs = arn('batch', 'job/*');
const repositories = (prefix: string) => arn('ecr', `repository/${prefix}/*`);

const allow = (
  Sid: string,
  Action: readonly string[],
  Resource: readonly string[],
  Condition?: NonNullable<Statement['Condition']>,
): Statement => ({ ...{ Sid, Effect: 'Allow', Action, Resource }, ...(Condition && { Condition }) });

const objects = ({ bucket, prefix }: Things) => `${bucketArn(bucket)}/${prefix}/*`;

export const readStore = (things: Things): readonly Statement[] => [
  allow('ListStore', ['s3:ListBucket'], [bucketArn(things.bucket)]),
  allow('ReadStore', ['s3:GetObject'], [objects(things)]),
];

export const writeStore = (things: Things): readonly Statement[] => [
  allow('WriteStore', ['s3:PutObject', 's3:DeleteObject', 's3:AbortMultipartUpload'], [objects(things)]),
];

export const readInputs = ({ inputs }: Things): readonly Statement[] =>
  inputs.length === 0
    ? []
    : [
        allow('ListInputs', ['s3:ListBucket'], inputs),
        allow(
          'ReadInputs',
          ['s3:GetObject'],
          inputs.map((one) => `${one}/*`),
        ),
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

/** Of the container: it creates, and changes or deletes nothing (design, section 14; docs/aws.md). */
export const runProgram = (things: Things): readonly Statement[] => [
  ...readStore(things),
  ...readInputs(things),
  allow(
    'CreateResults',
    ['s3:AbortMultipartUpload', 's3:PutObject'],
    [
      `${bucketArn(things.bucket)}/${things.prefix}/runs/*/rounds/*/fragments/*`,
      `${bucketArn(things.bucket)}/${things.prefix}/runs/*/outputs/*`,
    ],
  ),
  {
    ...{
      Sid: 'OnlyCreate',
      Effect: 'Deny',
      Action: ['s3:PutObject'],
      Resource: [`${bucketArn(things.bucket)}/*`],
    },
    Condition: { Null: { 's3:if-none-match': 'true' }, Bool: { 's3:ObjectCreationOperation': 'true' } },
  },
];

const writeLogs = ({ logGroup }: Things) =>
  allow('WriteLogs', ['logs:CreateLogStream', 'logs:PutLogEvents'], [`${logGroup}:log-stream:*`]);

/** Of the agent for a job, before its container starts. */
export const startContainers = (things: Things): readonly Statement[] => [
  allow('LogInToRegistry', ['ecr:GetAuthorizationToken'], ['*']),
  allow(
    'PullImages',
    ['ecr:BatchCheckLayerAvailability', 'ecr:BatchGetImage', 'ecr:GetDownloadUrlForLayer'],
    [repositories(things.imagePrefix)],
  ),
  writeLogs(things),
];

/**
 * Of the machine: what AmazonEC2ContainerServiceforEC2Role gives [MEM], less images, which the execution role pulls, and
 * on clusters of AWS Batch only. Logs are here, too: whether the log driver takes the execution role depends on the
 * agent's configuration [MEM].
 */
export const joinCluster = (things: Things): readonly Statement[] => [
  allow('FindAgentEndpoint', ['ecs:DiscoverPollEndpoint'], ['*']),
  allow(
    'JoinCluster',
    [
      'ecs:DeregisterContainerInstance',
      'ecs:RegisterContainerInstance',
      'ecs:SubmitAttachmentStateChanges',
      'ecs:SubmitContainerStateChange',
      'ecs:SubmitTaskStateChange',
    ],
    [arn('ecs', 'cluster/AWSBatch*')],
  ),
  allow(
    'ServeCluster',
    ['ecs:Poll', 'ecs:StartTelemetrySession', 'ecs:UpdateContainerInstancesState'],
    [arn('ecs', 'container-instance/AWSBatch*')],
  ),
  allow('TagItself', ['ecs:TagResource'], [arn('ecs', 'container-instance/AWSBatch*')], {
    StringEquals: { 'ecs:CreateAction': 'RegisterContainerInstance' },
  }),
  allow('ReadItsTags', ['ec2:DescribeTags'], ['*']),
  writeLogs(things),
];

/** Whether somebody looks at active runs. */
export const lookAtWatch = ({ bucket, prefix }: Things, logs: string): readonly Statement[] => [
  allow('ListActive', ['s3:ListBucket'], [bucketArn(bucket)], {
    StringLike: { 's3:prefix': `${prefix}/active/*` },
  }),
  allow('ReadStates', ['s3:GetObject'], [`${bucketArn(bucket)}/${prefix}/runs/*/state.json`]),
  allow('OwnLogs', ['logs:CreateLogStream', 'logs:PutLogEvents'], [logs]),
];

/** The provider, whether this stack makes it or not. */
export const providerArn = iamArn(`oidc-provider/${githubIssuer}`);
