import { unbundled } from '../../money/instances.ts';
import type { Verdict } from '../codes.ts';
import { awsCommand } from '../command.ts';
import { infrastructureChange } from '../environment-change.ts';
import type { Check, Finding } from '../finding.ts';
import { finding } from './codes.ts';
import { type CapacityFacts, type EnvironmentFacts, type InstanceType, typesNamed } from './facts.ts';
import { startOnly } from './judge-types.ts';
import { aboutEnvironment, onUsable } from './on-queues.ts';

const row = {
  group: 'queue',
  check: 'offerings',
  title: 'Instance types are offered in the zones of the subnets',
} as const;

export function judgeOfferings(facts: CapacityFacts): Check {
  const { types, offered } = facts.types;
  return onUsable(row, facts, ({ environments }): readonly Verdict[] => {
    if (!types.known) return [types];
    if (!offered.known) return [offered];
    if (!facts.zones.known) return [facts.zones];
    const zones = facts.zones.value;
    return [environments.flatMap((one) => notOffered(one, types.value, offered.value, zones, facts.region))];
  });
}

function notOffered(
  environment: EnvironmentFacts,
  known: readonly InstanceType[],
  offered: ReadonlyMap<string, ReadonlySet<string>>,
  zones: ReadonlyMap<string, string>,
  region: string,
): readonly Finding[] {
  const own = [...new Set(environment.subnets.flatMap((subnet) => zones.get(subnet) ?? []))];
  const named = typesNamed(environment.types, known);
  // An unknown subnet is the network's to tell; unknown types have been told of.
  if (own.length === 0 || named.length === 0) return [];
  const isOffered = (types: readonly InstanceType[], among: readonly string[]) =>
    types.some(({ type }) => among.some((zone) => offered.get(zone)?.has(type)));
  const about = aboutEnvironment(environment);
  const fix = elsewhere(environment, named, region);
  if (!isOffered(named, own)) {
    const seen = `none of ${environment.types.join(', ')} is offered in ${own.join(', ')}`;
    return [finding('types-not-offered', { about, seen, fix })];
  }
  const absent = unbundled(environment.types).filter((entry) => {
    const types = typesNamed([entry], known);
    return types.length > 0 && !isOffered(types, own);
  });
  const seen = `${absent.join(', ')} ${absent.length === 1 ? 'is' : 'are'} not offered in ${own.join(', ')}`;
  const partly = absent.length === 0 ? [] : [finding('types-partly-offered', { about, seen, fix })];
  const bare = own.filter((zone) => !isOffered(named, [zone]));
  return [...partly, ...bareZones(environment, bare, zones, region)];
}

/** Some of its subnets are in zones without any of its types. */
function bareZones(
  environment: EnvironmentFacts,
  bare: readonly string[],
  zones: ReadonlyMap<string, string>,
  region: string,
): readonly Finding[] {
  if (bare.length === 0) return [];
  const isBare = (subnet: string) => bare.includes(zones.get(subnet) ?? '');
  const useless = environment.subnets.filter(isBare).map((subnet) => `${subnet} (${zones.get(subnet)})`);
  const rest = environment.subnets.filter((subnet) => !isBare(subnet));
  return [
    finding('zone-without-types', {
      about: aboutEnvironment(environment),
      seen: `none of its types is offered in the zone of ${useless.join(', ')}`,
      fix: infrastructureChange(region, environment, `subnets=${rest.join(',')}`),
    }),
  ];
}

function elsewhere(environment: EnvironmentFacts, types: readonly InstanceType[], region: string): string {
  const values = types.slice(0, 3).map(({ type }) => type);
  const look = awsCommand(
    region,
    'ec2 describe-instance-type-offerings',
    '--location-type availability-zone',
    `--filters Name=instance-type,Values=${values.join(',')}`,
  );
  return `Find zones that have them (${look}), and name subnets there, or other types. ${startOnly(environment, [], region)}`;
}
