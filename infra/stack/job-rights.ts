import {
  allow,
  arn,
  bucketArn,
  readInputs,
  readStore,
  repositories,
  type Statement,
  type Things,
} from './statement.ts';

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
