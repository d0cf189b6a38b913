import { createHash } from 'node:crypto';
import { Batch } from '@aws-sdk/client-batch';
import { CloudWatchLogs } from '@aws-sdk/client-cloudwatch-logs';
import { EC2 } from '@aws-sdk/client-ec2';
import { ECR } from '@aws-sdk/client-ecr';
import { IAM } from '@aws-sdk/client-iam';
import { S3 } from '@aws-sdk/client-s3';
import { clientConfig, once } from '../../src/aws/settings.ts';
import { moto } from './moto.ts';

/** A region of its own: moto fails where one request reads what another adds to. */
export const region = 'us-west-2';
const config = clientConfig({ ...moto, region }, once);
const suffix = `${process.pid}-${Date.now().toString(36)}`;

export const account = {
  ec2: new EC2(config),
  batch: new Batch(config),
  iam: new IAM(config),
  logs: new CloudWatchLogs(config),
  ecr: new ECR(config),
  s3: new S3({ ...config, forcePathStyle: true }),
} as const;

/** What the guide asks for, as ids. */
export interface Whole {
  readonly vpc: string;
  readonly gateway: string;
  readonly table: string;
  readonly subnets: readonly string[];
  readonly group: string;
  readonly musterYaml: string;
}

/** A lab's account that is right: public subnets, a Spot environment, a queue, roles, a bucket, a log group, an image. */
export async function rightAccount(): Promise<Whole> {
  await withoutDocker();
  const network = await newNetwork();
  const [job, host] = [
    await newRole(`job-${suffix}`, 'ecs-tasks.amazonaws.com'),
    await newRole(`host-${suffix}`, 'ec2.amazonaws.com'),
  ];
  const { iam, logs, s3 } = account;
  const profile = `hosts-${suffix}`;
  await iam.createInstanceProfile({ InstanceProfileName: profile });
  await iam.addRoleToInstanceProfile({ InstanceProfileName: profile, RoleName: host.name });
  const queue = await newQueue(network, profile, job.arn);
  const logGroup = `/lab/${suffix}`;
  await logs.createLogGroup({ logGroupName: logGroup });
  await logs.putRetentionPolicy({ logGroupName: logGroup, retentionInDays: 30 });
  const bucket = `lab-${suffix}`;
  await s3.createBucket({ Bucket: bucket, CreateBucketConfiguration: { LocationConstraint: region } });
  const musterYaml = `store: s3://${bucket}/ensembles
engine: aws-batch
region: ${region}
queues:
  spot: { arn: "${queue}", architecture: amd64, capacity: spot, instances: [c7a], max_vcpus: 64 }
images: { toy: "${await newImage()}" }
log_group: ${logGroup}
roles: { job: "${job.arn}" }
`;
  return { ...network, musterYaml };
}

async function withoutDocker(): Promise<void> {
  const body = JSON.stringify({ batch: { use_docker: false } });
  await fetch(`${moto.endpoint}/moto-api/config`, { method: 'POST', body });
}

async function newNetwork(): Promise<Omit<Whole, 'musterYaml'>> {
  const { ec2 } = account;
  const vpc = given((await ec2.createVpc({ CidrBlock: '10.77.0.0/16' })).Vpc?.VpcId);
  const gateway = given((await ec2.createInternetGateway({})).InternetGateway?.InternetGatewayId);
  await ec2.attachInternetGateway({ VpcId: vpc, InternetGatewayId: gateway });
  const table = given((await ec2.createRouteTable({ VpcId: vpc })).RouteTable?.RouteTableId);
  await ec2.createRoute({ RouteTableId: table, DestinationCidrBlock: '0.0.0.0/0', GatewayId: gateway });
  const subnets: string[] = [];
  for (const [at, zone] of ['a', 'b'].entries()) {
    const place = { CidrBlock: `10.77.${at}.0/24`, AvailabilityZone: `${region}${zone}` };
    const subnet = given((await ec2.createSubnet({ VpcId: vpc, ...place })).Subnet?.SubnetId);
    await ec2.modifySubnetAttribute({ SubnetId: subnet, MapPublicIpOnLaunch: { Value: true } });
    await ec2.associateRouteTable({ RouteTableId: table, SubnetId: subnet });
    subnets.push(subnet);
  }
  const described = { VpcId: vpc, GroupName: `hosts-${suffix}`, Description: 'test' };
  return { vpc, gateway, table, subnets, group: given((await ec2.createSecurityGroup(described)).GroupId) };
}

async function newRole(name: string, service: string) {
  const statement = { Effect: 'Allow', Principal: { Service: service }, Action: 'sts:AssumeRole' };
  const AssumeRolePolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement: [statement] });
  const { Role } = await account.iam.createRole({ RoleName: name, AssumeRolePolicyDocument });
  return { name, arn: given(Role?.Arn) };
}

async function newQueue(network: Omit<Whole, 'musterYaml'>, profile: string, serviceRole: string) {
  const { batch } = account;
  const computeEnvironmentName = `spot-${suffix}`;
  await batch.createComputeEnvironment({
    ...{ computeEnvironmentName, type: 'MANAGED', state: 'ENABLED', serviceRole },
    computeResources: {
      ...{ type: 'SPOT', allocationStrategy: 'SPOT_PRICE_CAPACITY_OPTIMIZED', minvCpus: 0, maxvCpus: 64 },
      ...{ instanceTypes: ['c7a'], subnets: [...network.subnets], securityGroupIds: [network.group] },
      instanceRole: `arn:aws:iam::123456789012:instance-profile/${profile}`,
    },
  });
  const { jobQueueArn } = await batch.createJobQueue({
    ...{ jobQueueName: `spot-${suffix}`, state: 'ENABLED', priority: 1 },
    computeEnvironmentOrder: [{ order: 1, computeEnvironment: computeEnvironmentName }],
  });
  return given(jobQueueArn);
}

/** Its reference. */
async function newImage(): Promise<string> {
  const { ecr } = account;
  const repositoryName = `toy-${suffix}`;
  const { repository } = await ecr.createRepository({ repositoryName });
  const config = { mediaType: 'application/vnd.oci.image.config.v1+json', size: 2, digest: sha256('{}') };
  const imageManifest = JSON.stringify({
    ...{ schemaVersion: 2, mediaType: 'application/vnd.oci.image.manifest.v1+json', config, layers: [] },
  });
  const { image } = await ecr.putImage({ repositoryName, imageManifest, imageTag: 'one' });
  return `${given(repository?.repositoryUri)}@${given(image?.imageId?.imageDigest)}`;
}

const sha256 = (text: string) => `sha256:${createHash('sha256').update(text).digest('hex')}`;

function given(text: string | undefined): string {
  if (text === undefined) throw new Error('moto gave no id');
  return text;
}
