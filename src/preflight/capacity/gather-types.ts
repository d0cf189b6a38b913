import type { InstanceTypeInfo } from '@aws-sdk/client-ec2';
import { type Answer, answerOf } from '../../aws/answer.ts';
import { allItems } from '../../aws/pages.ts';
import { unbundled } from '../../money/instances.ts';
import type { PreflightClients } from '../clients.ts';
import {
  type EnvironmentFacts,
  type InstanceType,
  isForSlices,
  type QueueFacts,
  type TypeFacts,
} from './facts.ts';

/** Values that one filter takes [MEM]. */
const filterValues = 200;

/**
 * The instance types that environments of these queues may start, and in which of their zones each is offered. Asked by
 * filter: in a list of names one unknown type would fail the whole call (AB 5.1).
 */
export async function gatherTypes(
  { ec2 }: Pick<PreflightClients, 'ec2'>,
  queues: readonly QueueFacts[],
  zones: Answer<ReadonlyMap<string, string>>,
): Promise<TypeFacts> {
  const environments = queues
    .flatMap((one) => (one.environments.known ? one.environments.value : []))
    .filter(isForSlices);
  const entries = [...new Set(environments.flatMap(({ types }) => unbundled(types)))];
  const types = await askTypes(ec2, entries);
  if (!types.known) return { types, offered: types };
  if (!zones.known) return { types, offered: zones };
  const names = types.value.map(({ type }) => type);
  return { types, offered: await askOffered(ec2, names, zonesOf(environments, zones.value)) };
}

function zonesOf(
  environments: readonly EnvironmentFacts[],
  zones: ReadonlyMap<string, string>,
): readonly string[] {
  const subnets = environments.flatMap((one) => one.subnets);
  return [...new Set(subnets.flatMap((subnet) => zones.get(subnet) ?? []))];
}

/** A family by a wildcard, which does not take in those whose names begin alike: `c7a.*` (AB 5.1 [MEM]). */
const patternOf = (entry: string) => (entry.includes('.') ? entry : `${entry}.*`);

function askTypes(
  ec2: PreflightClients['ec2'],
  entries: readonly string[],
): Promise<Answer<readonly InstanceType[]>> {
  return answerOf('ec2:DescribeInstanceTypes', async () => {
    const found: InstanceTypeInfo[] = [];
    for (const Values of chunks(entries.map(patternOf))) {
      const page = await allItems(async (NextToken) => {
        const Filters = [{ Name: 'instance-type', Values }];
        const answer = await ec2.describeInstanceTypes({ Filters, MaxResults: 100, NextToken });
        return { items: answer.InstanceTypes, nextToken: answer.NextToken };
      });
      found.push(...page);
    }
    return found.map(typeFacts);
  });
}

function askOffered(
  ec2: PreflightClients['ec2'],
  types: readonly string[],
  zones: readonly string[],
): Promise<Answer<ReadonlyMap<string, ReadonlySet<string>>>> {
  return answerOf('ec2:DescribeInstanceTypeOfferings', async () => {
    const offered = new Map(zones.map((zone) => [zone, new Set<string>()]));
    if (zones.length === 0) return offered;
    for (const Values of chunks(types)) {
      const Filters = [
        { Name: 'location', Values: [...zones] },
        { Name: 'instance-type', Values },
      ];
      const offers = await allItems(async (NextToken) => {
        const place = { LocationType: 'availability-zone', MaxResults: 1000 } as const;
        const answer = await ec2.describeInstanceTypeOfferings({ ...place, Filters, NextToken });
        return { items: answer.InstanceTypeOfferings, nextToken: answer.NextToken };
      });
      for (const { InstanceType: type, Location = '' } of offers) {
        if (type !== undefined) offered.get(Location)?.add(type);
      }
    }
    return offered;
  });
}

function typeFacts(info: InstanceTypeInfo): InstanceType {
  const architectures = info.ProcessorInfo?.SupportedArchitectures ?? [];
  return {
    type: info.InstanceType ?? '',
    // The oldest types are i386 besides (AB 5.1).
    architectures: architectures.flatMap((one) =>
      one === 'x86_64' ? 'amd64' : one === 'arm64' ? 'arm64' : [],
    ),
    vcpus: info.VCpuInfo?.DefaultVCpus ?? 0,
    memoryMib: info.MemoryInfo?.SizeInMiB ?? 0,
    gpus: (info.GpuInfo?.Gpus ?? []).reduce((sum, { Count = 0 }) => sum + Count, 0),
    bareMetal: info.BareMetal ?? false,
    spot: info.SupportedUsageClasses?.includes('spot') ?? true,
    // EC2 tells GB.
    storeGib: Math.floor(((info.InstanceStorageInfo?.TotalSizeInGB ?? 0) * 1e9) / 2 ** 30),
  };
}

function chunks(values: readonly string[]): string[][] {
  return Array.from({ length: Math.ceil(values.length / filterValues) }, (_, chunk) =>
    values.slice(chunk * filterValues, (chunk + 1) * filterValues),
  );
}
