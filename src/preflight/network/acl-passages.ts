import { anywhere } from './cidr.ts';
import type { Endpoint, NatGateway, Ports, Subnet } from './facts.ts';
import type { Ground } from './ground.ts';
import { https } from './openness.ts';
import { isGateway, servicesOf, serving } from './services.ts';
import { isByNat, type Place, targetOf } from './way.ts';

/** What must pass the network ACL of a subnet: ACLs keep no state, so answers are passages of their own (AB 5.1). */
export interface Passage {
  readonly subnet: Subnet;
  readonly direction: 'inbound' | 'outbound';
  readonly ports: Ports;
  readonly peer: string;
}

/** Ports at which Linux waits for answers; its default. [MEM] */
const linuxAnswers: Ports = { from: 32_768, to: 60_999 };
/** Those of NAT gateways (AB 5.1). */
const natAnswers: Ports = { from: 1_024, to: 65_535 };

export function outward(
  { region }: Ground,
  place: Place,
  endpoints: readonly Endpoint[],
): readonly Passage[] {
  const { subnet, way } = place;
  // Of what endpoints serve, S3 alone keeps its public addresses.
  const isS3Public = serving('s3', place, region, endpoints).some(({ type }) => isGateway(type));
  if (way.out === 'none' && !isS3Public) return [];
  return [
    { subnet, direction: 'outbound', ports: https, peer: anywhere },
    { subnet, direction: 'inbound', ports: linuxAnswers, peer: anywhere },
  ];
}

export function natPassages(
  place: Place,
  nats: readonly NatGateway[],
  subnetOf: (id: string | undefined) => Subnet | undefined,
): readonly Passage[] {
  const own = isByNat(place) ? subnetOf(nats.find(({ id }) => id === targetOf(place))?.subnet) : undefined;
  if (own === undefined) return [];
  return [
    { subnet: own, direction: 'outbound', ports: https, peer: anywhere },
    { subnet: own, direction: 'inbound', ports: natAnswers, peer: anywhere },
    { subnet: own, direction: 'inbound', ports: https, peer: place.subnet.cidr },
    { subnet: own, direction: 'outbound', ports: linuxAnswers, peer: place.subnet.cidr },
  ];
}

/** To those of other zones, too: names lead to all. Within a subnet, its ACL has no say. */
export function endpointPassages(
  { region }: Ground,
  place: Place,
  endpoints: readonly Endpoint[],
  subnetOf: (id: string) => Subnet | undefined,
): readonly Passage[] {
  const used = servicesOf(place).flatMap((service) => serving(service, place, region, endpoints));
  const ours = place.subnet;
  return used
    .filter(({ type }) => !isGateway(type))
    .flatMap(({ subnets }) => subnets.flatMap((id) => (id === ours.id ? [] : (subnetOf(id) ?? []))))
    .flatMap((theirs): readonly Passage[] => [
      { subnet: ours, direction: 'outbound', ports: https, peer: theirs.cidr },
      { subnet: ours, direction: 'inbound', ports: linuxAnswers, peer: theirs.cidr },
      { subnet: theirs, direction: 'inbound', ports: https, peer: ours.cidr },
      { subnet: theirs, direction: 'outbound', ports: linuxAnswers, peer: ours.cidr },
    ]);
}
