import { endpointCharge } from './charges.ts';
import type { NetworkCode } from './codes.ts';
import { usedBy } from './endpoint-access.ts';
import type { Endpoint, Subnet, VpcDns } from './facts.ts';
import { ec2Command } from './fix.ts';
import type { Ground } from './ground.ts';
import { isGateway } from './services.ts';
import { byCause, listed, type Trouble, unique } from './trouble.ts';
import type { Place } from './way.ts';

/** It works through another zone, as long as that one does (AB 5.4); one finding a subnet, however many endpoints. */
export function otherZones(
  ground: Ground,
  places: readonly Place[],
  endpoints: readonly Endpoint[],
  subnetOf: (id: string) => Subnet | undefined,
): readonly Trouble[] {
  const far = places.flatMap((place) =>
    usedBy(ground, place, endpoints)
      .filter(({ endpoint }) => !isGateway(endpoint.type) && endpoint.subnets.length > 0)
      .filter(({ endpoint }) => endpoint.subnets.every((id) => subnetOf(id)?.zone !== place.subnet.zone))
      .map((used) => ({ ...used, place })),
  );
  return byCause(far, ({ place }) => `${place.subnet.vpc} ${place.subnet.zone}`).map(
    ([, { place }, all]) => ({
      ...{ code: 'endpoint-in-other-zone', about: place.subnet.id },
      seen: `It is in ${place.subnet.zone}, where these endpoints have no address: ${listed(all.map(({ service }) => service))}.`,
      fix: fixZone(ground.region, place, unique(all.map(({ endpoint }) => endpoint.id))),
      breaks: [],
    }),
  );
}

function fixZone(region: string, { subnet }: Place, endpoints: readonly string[]): string {
  const commands = endpoints.map((id) =>
    ec2Command(region, 'modify-vpc-endpoint', `--vpc-endpoint-id ${id}`, `--add-subnet-ids ${subnet.id}`),
  );
  return `\`${commands.join(' && ')}\`, ${endpointCharge(1, endpoints.length)}.`;
}

/** Private DNS needs both attributes (AB 5.4). */
export function dnsTroubles(
  region: string,
  vpc: string,
  dns: VpcDns | undefined,
  places: readonly Place[],
): readonly Trouble[] {
  if (dns === undefined) return [];
  const say = (code: NetworkCode, attribute: string, option: string): Trouble => ({
    ...{ code, about: vpc },
    seen: `${attribute} is off, and ${listed(places.map(({ subnet }) => subnet.id))} depend on endpoints.`,
    fix: ec2Command(region, 'modify-vpc-attribute', `--vpc-id ${vpc}`, option),
    breaks: places.map(({ subnet, way }) => [subnet.id, way.out === 'unknown' ? '' : way.table.id]),
  });
  // Hostnames cannot be on while support is off: one cause.
  if (!dns.support) {
    return [say('dns-support-off', 'enableDnsSupport', `--enable-dns-support '{"Value":true}'`)];
  }
  return dns.hostnames
    ? []
    : [say('dns-hostnames-off', 'enableDnsHostnames', `--enable-dns-hostnames '{"Value":true}'`)];
}
