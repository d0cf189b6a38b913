import { Batch, type ComputeResource } from '@aws-sdk/client-batch';
import { EC2, type RequestLaunchTemplateData } from '@aws-sdk/client-ec2';
import { IAM } from '@aws-sdk/client-iam';
import { clientConfig, once } from '../../src/aws/settings.ts';
import { gatherQueues } from '../../src/preflight/capacity/gather-queues.ts';
import { gatherQuotas } from '../../src/preflight/capacity/gather-quotas.ts';
import { gatherTypes } from '../../src/preflight/capacity/gather-types.ts';
import { judgeFit } from '../../src/preflight/capacity/judge-fit.ts';
import { judgeQueues } from '../../src/preflight/capacity/judge-queues.ts';
import { judgeQuotas } from '../../src/preflight/capacity/judge-quotas.ts';
import { openPreflightClients, type PreflightClients } from '../../src/preflight/clients.ts';
import type { Check } from '../../src/preflight/finding.ts';
import type { WantedClass, WantedQueue } from '../../src/preflight/wanted.ts';
import { moto } from './moto.ts';

/** Every file has a region of its own: moto fails where one request reads what another adds to. */
export const region = 'us-east-1';
const settings = { ...moto, region };

export interface Account {
  readonly batch: Batch;
  readonly ec2: EC2;
  readonly subnets: Readonly<Record<string, string>>;
  readonly group: string;
  readonly otherGroup: string;
  readonly role: string;
  readonly profile: string;
}

/** A VPC with a subnet in zones a, b and e; the newer types are not offered in e. */
export async function makeAccount(): Promise<Account> {
  const config = clientConfig(settings, once);
  const { batch, ec2, iam } = { batch: new Batch(config), ec2: new EC2(config), iam: new IAM(config) };
  await fetch(`${moto.endpoint}/moto-api/config`, {
    method: 'POST',
    body: JSON.stringify({ batch: { use_docker: false } }),
  });
  const name = unique('capacity');
  const { Vpc } = await ec2.createVpc({ CidrBlock: '10.0.0.0/16' });
  const VpcId = Vpc?.VpcId;
  const zones = ['a', 'b', 'e'];
  const subnets = await Promise.all(
    zones.map(async (zone, at) => {
      const place = { CidrBlock: `10.0.${at}.0/24`, AvailabilityZone: `${region}${zone}` };
      const { Subnet } = await ec2.createSubnet({ VpcId, ...place });
      return [zone, Subnet?.SubnetId ?? ''] as const;
    }),
  );
  const groups = await Promise.all(
    ['one', 'other'].map((which) =>
      ec2.createSecurityGroup({ VpcId, GroupName: `${name}-${which}`, Description: 'test' }),
    ),
  );
  const trust = { RoleName: name, AssumeRolePolicyDocument: '{}' };
  const { Role } = await iam.createRole(trust);
  const { InstanceProfile } = await iam.createInstanceProfile({ InstanceProfileName: name });
  return {
    ...{ batch, ec2, subnets: Object.fromEntries(subnets) },
    ...{ group: groups[0]?.GroupId ?? '', otherGroup: groups[1]?.GroupId ?? '' },
    ...{ role: Role?.Arn ?? '', profile: InstanceProfile?.Arn ?? '' },
  };
}

let made = 0;
export const unique = (name: string) => `${name}-${process.pid}-${Date.now().toString(36)}-${made++}`;

export interface EnvironmentPart extends Partial<Omit<ComputeResource, 'type'>> {
  readonly type?: ComputeResource['type'];
  readonly state?: 'ENABLED' | 'DISABLED';
  readonly unmanaged?: boolean;
}

/** Its name. */
export async function newEnvironment(
  { batch, subnets, group, role, profile }: Account,
  { state = 'ENABLED', unmanaged = false, ...resources }: EnvironmentPart = {},
): Promise<string> {
  const computeEnvironmentName = unique('ce');
  await batch.createComputeEnvironment({
    ...{ computeEnvironmentName, state, serviceRole: role, type: unmanaged ? 'UNMANAGED' : 'MANAGED' },
    ...(!unmanaged && {
      computeResources: {
        ...{ type: 'SPOT', allocationStrategy: 'SPOT_PRICE_CAPACITY_OPTIMIZED', instanceRole: profile },
        ...{ minvCpus: 0, maxvCpus: 256, instanceTypes: ['c7a'], securityGroupIds: [group] },
        subnets: [subnets.a ?? '', subnets.b ?? ''],
        ...resources,
      },
    }),
  });
  return computeEnvironmentName;
}

/** Its ARN. */
export async function newQueue(
  { batch }: Account,
  environments: readonly string[],
  state: 'ENABLED' | 'DISABLED' = 'ENABLED',
): Promise<string> {
  const computeEnvironmentOrder = environments.map((computeEnvironment, order) => ({
    order,
    computeEnvironment,
  }));
  const queue = { jobQueueName: unique('queue'), state, priority: 1, computeEnvironmentOrder };
  const { jobQueueArn = '' } = await batch.createJobQueue(queue);
  return jobQueueArn;
}

/** Its id. */
export async function newTemplate(
  { ec2 }: Account,
  LaunchTemplateData: RequestLaunchTemplateData,
): Promise<string> {
  const { LaunchTemplate } = await ec2.createLaunchTemplate({
    LaunchTemplateName: unique('lt'),
    LaunchTemplateData,
  });
  return LaunchTemplate?.LaunchTemplateId ?? '';
}

export function wantedQueue(arn: string, part: Partial<WantedQueue> = {}): WantedQueue {
  return { ...{ name: 'spot', arn, architecture: 'amd64', capacity: 'spot', instances: ['c7a'] }, ...part };
}

type Resources = WantedClass['resources'];

export function wantedClass(resources: Partial<Resources> = {}): WantedClass {
  return {
    ...{ class: 0, queue: 'spot', image: 'toy', timeoutSeconds: 600, grid: 'grids/toy.yaml', slices: 100 },
    resources: {
      ...{ vcpus: 1, memoryMib: 1800, gpus: 0, architecture: 'amd64', capacity: 'spot', ulimits: {} },
      ...resources,
    },
  };
}

/** As preflight does; zones asked of EC2 here, because the network's own gatherer is not what is tested. */
export async function look(
  queues: readonly WantedQueue[],
  classes: readonly WantedClass[] = [wantedClass()],
  alter: (clients: PreflightClients) => void = () => {},
): Promise<{ readonly checks: readonly Check[]; readonly calls: readonly string[] }> {
  const calls: string[] = [];
  const onRequest = (service: string, operation: string) => calls.push(`${service}:${operation}`);
  const clients = await openPreflightClients({ ...settings, onRequest });
  alter(clients);
  const found = await gatherQueues(clients, queues);
  const { Subnets = [] } = await new EC2(clientConfig(settings, once)).describeSubnets({});
  const byId = Subnets.map((one) => [one.SubnetId ?? '', one.AvailabilityZone ?? ''] as const);
  const zones = { known: true, value: new Map(byId) } as const;
  const types = await gatherTypes(clients, found, zones);
  const quotas = await gatherQuotas(clients, found);
  const facts = { region, queues: found, types, zones, quotas };
  const checks = [
    ...judgeQueues(facts, classes),
    ...judgeFit(facts, classes),
    ...judgeQuotas(facts, classes),
  ];
  return { checks, calls };
}

export async function codes(...asked: Parameters<typeof look>): Promise<readonly string[]> {
  const { checks } = await look(...asked);
  return checks.flatMap(({ findings }) => findings.map(({ code }) => code)).toSorted();
}
