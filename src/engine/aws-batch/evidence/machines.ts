import type { AutoScalingGroup } from '@aws-sdk/client-auto-scaling';
import { firstItems } from '../../../aws/pages.ts';
import type { BatchClients } from '../clients.ts';
import type { Asking } from './ask.ts';
import type { EnvironmentFacts, Evidence, GroupFacts, InstanceFacts } from './evidence.ts';
import { askMembers } from './members.ts';

type Machines = Pick<Evidence, 'environments' | 'freeAddresses'>;
type Clients = Pick<BatchClients, 'autoScaling' | 'ecs' | 'ec2'>;

const groupPages = 3;
const groupsPerEnvironment = 2;
const activitiesPerGroup = 10;
const instancesLookedAt = 20;

/** What became of the machines that the environments of a queue want: bounded calls, whatever runs there (AB 4.6). */
export async function machineEvidence(
  clients: Clients,
  environments: readonly EnvironmentFacts[],
  asking: Asking,
): Promise<Machines> {
  const subnets = [...new Set(environments.flatMap((one) => one.subnets))];
  const [groups, freeAddresses, members] = await Promise.all([
    askGroups(clients, asking),
    askAddresses(clients, subnets, asking),
    Promise.all(environments.map((one) => askMembers(clients, one, asking))),
  ]);
  const own = environments.map((one) => (groups ?? []).filter((group) => belongs(group, one)));
  const looked = await Promise.all(
    own.map((list) =>
      Promise.all(list.slice(0, groupsPerEnvironment).map((one) => lookAt(clients, one, asking))),
    ),
  );
  return {
    environments: environments.map((one, at) => {
      const ofOne = members[at];
      return {
        ...one,
        ...(groups !== undefined && { groups: looked[at] ?? [] }),
        ...(ofOne !== undefined && { members: ofOne }),
      };
    }),
    ...(freeAddresses !== undefined && { freeAddresses }),
  };
}

/** How Batch names the groups of an environment [MEM]; the beginning is that of its service-linked role's policy. */
function belongs(
  { AutoScalingGroupName: name = '' }: AutoScalingGroup,
  { name: environment }: EnvironmentFacts,
) {
  return name.startsWith('AWSBatch') && name.includes(environment);
}

async function askGroups(clients: Clients, asking: Asking): Promise<readonly AutoScalingGroup[] | undefined> {
  return asking.ask('autoscaling:DescribeAutoScalingGroups', async () => {
    const client = await clients.autoScaling();
    const groups: AutoScalingGroup[] = [];
    let token: string | undefined;
    for (let page = 0; page < groupPages; page++) {
      const answer = await client.describeAutoScalingGroups({
        MaxRecords: 100,
        ...(token !== undefined && { NextToken: token }),
      });
      groups.push(...(answer.AutoScalingGroups ?? []));
      token = answer.NextToken;
      if (token === undefined || token === '') break;
    }
    return groups;
  });
}

async function lookAt(clients: Clients, group: AutoScalingGroup, asking: Asking): Promise<GroupFacts> {
  const { AutoScalingGroupName: name = '', Instances = [] } = group;
  const ids = Instances.map(({ InstanceId = '' }) => InstanceId);
  const [activities, instances] = await Promise.all([
    askActivities(clients, name, asking),
    askInstances(clients, ids, asking),
  ]);
  const seen = activities?.map(({ StatusCode, StatusMessage = '', StartTime }) => ({
    failed: StatusCode === 'Failed',
    message: StatusMessage,
    at: StartTime?.getTime() ?? 0,
  }));
  return { name, instances, ...(seen !== undefined && { activities: seen }) };
}

const askActivities = (clients: Clients, group: string, asking: Asking) =>
  firstItems(activitiesPerGroup, (nextToken) =>
    asking.ask('autoscaling:DescribeScalingActivities', async () => {
      const answer = await (await clients.autoScaling()).describeScalingActivities({
        AutoScalingGroupName: group,
        MaxRecords: activitiesPerGroup,
        NextToken: nextToken,
      });
      return { items: answer.Activities, nextToken: answer.NextToken };
    }),
  );

async function askInstances(
  clients: Clients,
  ids: readonly string[],
  asking: Asking,
): Promise<readonly InstanceFacts[]> {
  const some = ids.slice(0, instancesLookedAt);
  const answer =
    some.length === 0
      ? undefined
      : await asking.ask('ec2:DescribeInstances', async () =>
          (await clients.ec2()).describeInstances({ InstanceIds: [...some] }),
        );
  const seen = (answer?.Reservations ?? []).flatMap(({ Instances = [] }) => Instances);
  return ids.map((id) => {
    const one = seen.find(({ InstanceId }) => InstanceId === id);
    if (one === undefined) return { id };
    const { LaunchTime, PublicIpAddress } = one;
    return {
      id,
      ...(LaunchTime !== undefined && { launchedAt: LaunchTime.getTime() }),
      publicAddress: PublicIpAddress !== undefined && PublicIpAddress !== '',
    };
  });
}

async function askAddresses(
  clients: Clients,
  subnets: readonly string[],
  asking: Asking,
): Promise<ReadonlyMap<string, number> | undefined> {
  if (subnets.length === 0) return undefined;
  const answer = await asking.ask('ec2:DescribeSubnets', async () =>
    (await clients.ec2()).describeSubnets({ SubnetIds: [...subnets] }),
  );
  return (
    answer &&
    new Map(
      (answer.Subnets ?? []).map(({ SubnetId = '', AvailableIpAddressCount = 0 }) => [
        SubnetId,
        AvailableIpAddressCount,
      ]),
    )
  );
}
