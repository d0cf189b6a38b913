import { anywhere } from './cidr.ts';
import type { NetworkFacts, RouteTable } from './facts.ts';
import { ec2Command } from './fix.ts';
import { unique } from './trouble.ts';
import type { Place } from './way.ts';

/** Gives a route table a way out, with what the VPC has already. */
export function fixEgress(
  facts: NetworkFacts,
  operation: 'create-route' | 'replace-route',
  table: RouteTable,
  places: readonly Place[],
): string {
  const { region } = facts;
  const command = ec2Command(
    ...([region, operation, `--route-table-id ${table.id}`] as const),
    `--destination-cidr-block ${anywhere}`,
  );
  const nat = workingNat(facts, table.vpc);
  if (nat !== undefined) return `${command} --nat-gateway-id ${nat}`;
  const gateway = gatewayOf(facts, table.vpc);
  // Otherwise instances would get private addresses only, and the gateway would be of no use to them.
  if (gateway !== undefined && places.every(hasPublicAddress)) return `${command} --gateway-id ${gateway}`;
  const create = ec2Command(
    region,
    'create-nat-gateway',
    `--vpc-id ${table.vpc}`,
    '--availability-mode regional',
  );
  return `\`${create}\`, then \`${command} --nat-gateway-id\` and the id that it prints; or make the endpoints of docs/preflight.md.`;
}

/** Subnets that share the main table by default get one of their own choice, if another leads out. */
export function fixImplicit(facts: NetworkFacts, table: RouteTable, places: readonly Place[]): string {
  const better = facts.routeTables.known
    ? facts.routeTables.value.find((other) => leadsOut(other, table))
    : undefined;
  if (better === undefined) return fixEgress(facts, 'create-route', table, places);
  return unique(places.map(({ subnet }) => subnet.id))
    .map((id) =>
      ec2Command(facts.region, 'associate-route-table', `--route-table-id ${better.id}`, `--subnet-id ${id}`),
    )
    .join(' && ');
}

function leadsOut(other: RouteTable, { id, vpc }: RouteTable): boolean {
  return (
    other.id !== id &&
    other.vpc === vpc &&
    other.routes.some(
      ({ destination, kind, state }) => destination === anywhere && kind === 'nat' && state === 'active',
    )
  );
}

function workingNat({ nats }: NetworkFacts, vpc: string): string | undefined {
  if (!nats.known) return undefined;
  return nats.value.find(
    (nat) => nat.vpc === vpc && nat.state === 'available' && nat.connectivity === 'public',
  )?.id;
}

function gatewayOf({ internetGateways }: NetworkFacts, vpc: string): string | undefined {
  if (!internetGateways.known) return undefined;
  return internetGateways.value.find(({ attachments }) => attachments.some((at) => at.vpc === vpc))?.id;
}

/** The launch template wins over the subnet (AB 4.2). */
export function hasPublicAddress({ need, subnet }: Place): boolean {
  return need.publicAddress ?? subnet.publicAddresses;
}
