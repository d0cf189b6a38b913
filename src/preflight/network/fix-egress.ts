import { endpointCharge, natCharge } from './charges.ts';
import { anywhere } from './cidr.ts';
import type { NatGateway, NetworkFacts, RouteTable } from './facts.ts';
import { ec2Command } from './fix.ts';
import { runsOthersImages, servicesOf } from './services.ts';
import { listed, unique } from './trouble.ts';
import { type Place, subnetBy, wayOut } from './way.ts';

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
  const [nat] = workingNats(facts, table.vpc);
  if (nat !== undefined) return `${command} --nat-gateway-id ${nat.id}`;
  const gateway = gatewayOf(facts, table.vpc);
  const first = gateway === 'none' ? `${makeGateway(region, table.vpc)}, then ` : '';
  // Otherwise instances would get private addresses only, and the gateway would be of no use to them.
  if (gateway !== undefined && places.every(hasPublicAddress)) {
    return gateway === 'none'
      ? `${first}\`${command} --gateway-id\` with the same id.`
      : `${command} --gateway-id ${gateway}`;
  }
  const create = ec2Command(
    region,
    'create-nat-gateway',
    `--vpc-id ${table.vpc}`,
    '--availability-mode regional',
  );
  const way = `${first}\`${create}\` (${natCharge}), then \`${command} --nat-gateway-id\` and the id that it prints.`;
  return places.some(runsOthersImages) ? way : `${way} Or make the endpoints: ${endpointsToMake(places)}.`;
}

function endpointsToMake(places: readonly Place[]): string {
  const services = unique(places.flatMap((place) => servicesOf(place).filter((service) => service !== 's3')));
  const zones = unique(places.map(({ subnet }) => subnet.zone)).length;
  return `a gateway endpoint of s3, which is free, and interface endpoints of ${listed(services)} (${endpointCharge(zones, services.length)})`;
}

/** Both are free. A NAT gateway needs one, too. [MEM] */
export function makeGateway(region: string, vpc: string): string {
  const create = ec2Command(region, 'create-internet-gateway');
  const attach = ec2Command(region, 'attach-internet-gateway', `--vpc-id ${vpc}`, '--internet-gateway-id');
  return `\`${create}\` and \`${attach}\` with the id that it prints (both are free)`;
}

/** A route to a gateway that was only detached works again once it is attached, and that is free. */
export function fixLostGateway(
  facts: NetworkFacts,
  gateway: string,
  table: RouteTable,
  places: readonly Place[],
): string {
  const otherwise = fixEgress(facts, 'replace-route', table, places);
  // A VPC has one at most. [MEM]
  if (gatewayOf(facts, table.vpc) !== 'none') return otherwise;
  const attach = ec2Command(
    ...([facts.region, 'attach-internet-gateway', `--internet-gateway-id ${gateway}`] as const),
    `--vpc-id ${table.vpc}`,
  );
  const next = places.every(hasPublicAddress)
    ? 'If it was deleted'
    : 'If it was deleted, or for instances without public address';
  return `\`${attach}\`, which is free. ${next}: ${otherwise.includes('`') ? otherwise : `\`${otherwise}\``}`;
}

/** Subnets that share the main table by default get one of their own choice, if another leads out. */
export function fixImplicit(facts: NetworkFacts, table: RouteTable, places: readonly Place[]): string {
  const better = facts.routeTables.known
    ? facts.routeTables.value.find((other) => leadsOut(facts, other, table))
    : undefined;
  if (better === undefined) return fixEgress(facts, 'create-route', table, places);
  return unique(places.map(({ subnet }) => subnet.id))
    .map((id) =>
      ec2Command(facts.region, 'associate-route-table', `--route-table-id ${better.id}`, `--subnet-id ${id}`),
    )
    .join(' && ');
}

function leadsOut(facts: NetworkFacts, other: RouteTable, { id, vpc }: RouteTable): boolean {
  const nats = workingNats(facts, vpc).map((nat) => nat.id);
  return (
    other.id !== id &&
    other.vpc === vpc &&
    other.routes.some(
      ({ destination, target, state }) =>
        destination === anywhere && state === 'active' && nats.includes(target),
    )
  );
}

/** Those that lead on themselves: from the table of a NAT gateway's own subnet, packets would only come back to it. */
function workingNats(facts: NetworkFacts, vpc: string): readonly NatGateway[] {
  const { nats, subnets, neighbours, routeTables } = facts;
  if (!nats.known || !routeTables.known) return [];
  const maps = [subnets, neighbours].flatMap((map) => (map.known ? [map.value] : []));
  return nats.value.filter((nat) => {
    if (nat.vpc !== vpc || nat.state !== 'available' || nat.connectivity !== 'public') return false;
    if (nat.subnet === undefined) return true;
    const own = subnetBy(nat.subnet, maps);
    return own !== undefined && ['internet', 'elsewhere'].includes(wayOut(own, routeTables.value).out);
  });
}

/** Of a VPC; `undefined`: nobody knows whether it has one. */
export function gatewayOf({ internetGateways }: NetworkFacts, vpc: string): string | 'none' | undefined {
  if (!internetGateways.known) return undefined;
  const gateway = internetGateways.value.find(({ attachments }) => attachments.some((at) => at.vpc === vpc));
  return gateway?.id ?? 'none';
}

/** The launch template wins over the subnet (AB 4.2). */
export function hasPublicAddress({ need, subnet }: Place): boolean {
  return need.publicAddress ?? subnet.publicAddresses;
}
