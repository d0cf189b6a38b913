import type { EC2 } from '@aws-sdk/client-ec2';
import type { IAM } from '@aws-sdk/client-iam';
import type { S3 } from '@aws-sdk/client-s3';
import type { STS } from '@aws-sdk/client-sts';
import { answerOf } from '../src/aws/answer.ts';
import { readFault } from '../src/aws/fault.ts';
import type { AccountFacts } from './judge-deployment.ts';
import type { Settings } from './settings.ts';
import { githubIssuer } from './stack/trust.ts';

export interface Clients {
  readonly ec2: EC2;
  readonly iam: IAM;
  readonly s3: S3;
  readonly sts: STS;
}

/** What a deployment begins with, and what it would end with, half-way, if it were refused. */
const neededActions = [
  ...[
    'cloudformation:CreateChangeSet',
    'cloudformation:ExecuteChangeSet',
    'iam:CreateRole',
    'iam:PutRolePolicy',
  ],
  ...['iam:PassRole', 'iam:CreateInstanceProfile', 'iam:CreateServiceLinkedRole', 'ec2:CreateVpc'],
  ...[
    'ec2:CreateLaunchTemplate',
    'ec2:CreateSecurityGroup',
    'batch:CreateComputeEnvironment',
    'batch:CreateJobQueue',
  ],
  ...[
    's3:CreateBucket',
    's3:PutBucketPolicy',
    'ecr:CreateRepository',
    'logs:CreateLogGroup',
    'sns:CreateTopic',
  ],
  ...['lambda:CreateFunction', 'events:PutRule', 'cloudwatch:PutMetricAlarm', 'budgets:ModifyBudget'],
] as const;

export async function gatherDeployment(
  clients: Clients,
  region: string,
  settings: Settings,
): Promise<AccountFacts> {
  const { ec2, iam, s3, sts } = clients;
  const { Account: account = '', Arn: caller = '' } = await sts.getCallerIdentity({});
  const [partition = 'aws'] = caller.split(':').slice(1);
  const bucket = settings.storage.bucket ?? `${settings.name}-${account}-${region}`;
  const entries = settings.compute.architectures.flatMap((one) => settings.compute.instances[one]);
  const [deployed, offered, vpcs, provider, found, refused] = await Promise.all([
    // A role that every deployment of the stack has.
    answerOf('iam:GetRole', () => isThere(iam.getRole({ RoleName: `${settings.name}-job` }))),
    answerOf('ec2:DescribeInstanceTypeOfferings', () => offeredOf(ec2, entries)),
    answerOf('ec2:DescribeVpcs', async () =>
      ((await ec2.describeVpcs({})).Vpcs ?? []).map(({ VpcId = '', CidrBlock = '' }) => ({
        id: VpcId,
        cidr: CidrBlock,
      })),
    ),
    answerOf('iam:GetOpenIDConnectProvider', () => {
      const arn = `arn:${partition}:iam::${account}:oidc-provider/${githubIssuer}`;
      return isThere(iam.getOpenIDConnectProvider({ OpenIDConnectProviderArn: arn }));
    }),
    answerOf('s3:ListBucket', () => bucketState(s3, bucket, account)),
    answerOf('iam:SimulatePrincipalPolicy', () => refusedOf(iam, principalOf(caller))),
  ]);
  return { region, deployed, offered, vpcs, provider, bucket: found, refused };
}

/** @throws whatever is not "there is none". */
async function isThere(asked: Promise<unknown>): Promise<boolean> {
  try {
    await asked;
    return true;
  } catch (error) {
    if (readFault(error).name === 'NoSuchEntityException') return false;
    throw error;
  }
}

/** Entries of which the region has any size. All of it is listed: whether a filter takes `c7g.*` is from memory (AB 5.1). */
async function offeredOf(ec2: EC2, entries: readonly string[]): Promise<ReadonlySet<string>> {
  const { paginateDescribeInstanceTypeOfferings } = await import('@aws-sdk/client-ec2');
  const types = new Set<string>();
  for await (const page of paginateDescribeInstanceTypeOfferings(
    { client: ec2 },
    { LocationType: 'region' },
  )) {
    for (const { InstanceType = '' } of page.InstanceTypeOfferings ?? []) {
      types.add(InstanceType).add(InstanceType.split('.')[0] ?? '');
    }
  }
  return new Set(entries.filter((entry) => types.has(entry)));
}

/** Somebody else's bucket answers 403 to whoever asks as another account (AB 7; [MEM]). */
async function bucketState(
  s3: S3,
  Bucket: string,
  account: string,
): Promise<'free' | 'ours' | 'of somebody else'> {
  try {
    await s3.headBucket({ Bucket, ExpectedBucketOwner: account });
    return 'ours';
  } catch (error) {
    const { status } = readFault(error);
    if (status === 404) return 'free';
    if (status === 403 || status === 301) return 'of somebody else';
    throw error;
  }
}

async function refusedOf(iam: IAM, PolicySourceArn: string): Promise<readonly string[]> {
  const { EvaluationResults = [] } = await iam.simulatePrincipalPolicy({
    ...{ PolicySourceArn, ActionNames: [...neededActions], MaxItems: neededActions.length },
  });
  return EvaluationResults.flatMap(({ EvalActionName = '', EvalDecision }) =>
    EvalDecision === 'allowed' ? [] : [EvalActionName],
  );
}

/** Sessions are judged by their role. A role with a path is found by nobody from its session: then it is not checked. */
export const principalOf = (caller: string): string =>
  caller.replace(/^(arn:[\w-]+):sts::(\d+):assumed-role\/([^/]+)\/.*$/, '$1:iam::$2:role/$3');
