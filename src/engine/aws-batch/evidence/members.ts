import type { ContainerInstance, Resource } from '@aws-sdk/client-ecs';
import { firstItems } from '../../../aws/pages.ts';
import type { BatchClients } from '../clients.ts';
import type { Asking } from './ask.ts';
import type { EnvironmentFacts, MemberFacts } from './evidence.ts';

const membersLookedAt = 100;

/** The instances of an environment that have joined its ECS cluster: the first hundred. */
export async function askMembers(
  clients: Pick<BatchClients, 'ecs'>,
  { cluster }: EnvironmentFacts,
  asking: Asking,
): Promise<readonly MemberFacts[] | undefined> {
  if (cluster === undefined) return undefined;
  const arns = await firstItems(membersLookedAt, (nextToken) =>
    asking.ask('ecs:ListContainerInstances', async () => {
      const wanted = { cluster, maxResults: membersLookedAt };
      const answer = await (await clients.ecs()).listContainerInstances({ ...wanted, nextToken });
      return { items: answer.containerInstanceArns, nextToken: answer.nextToken };
    }),
  );
  if (arns === undefined || arns.length === 0) return arns === undefined ? undefined : [];
  const described = await asking.ask('ecs:DescribeContainerInstances', async () =>
    (await clients.ecs()).describeContainerInstances({ cluster, containerInstances: [...arns] }),
  );
  return described?.containerInstances?.map(memberFacts);
}

function memberFacts({
  agentConnected,
  registeredResources = [],
  remainingResources = [],
}: ContainerInstance): MemberFacts {
  return {
    connected: agentConnected === true,
    vcpus: vcpusIn(registeredResources),
    memoryMib: amount(registeredResources, 'MEMORY'),
    freeVcpus: vcpusIn(remainingResources),
    freeMemoryMib: amount(remainingResources, 'MEMORY'),
  };
}

const amount = (resources: readonly Resource[], name: string) =>
  resources.find((one) => one.name === name)?.integerValue ?? 0;

/** 1,024 CPU shares a vCPU (AB 4.4). */
const vcpusIn = (resources: readonly Resource[]) => amount(resources, 'CPU') / 1024;
