import { anywhere } from './cidr.ts';
import type { Endpoint, NatGateway, NetworkAcl, Ports, Subnet } from './facts.ts';
import { ec2Command } from './fix.ts';
import { type Ground, noSubnet, rowOfPlaces, some } from './ground.ts';
import { isByNat, targetOf } from './judge-gateways.ts';
import { aclOpenness, https } from './openness.ts';
import { isGateway, servicesOf, serving } from './services.ts';
import { byCause, listed, type Row, type Trouble, unique } from './trouble.ts';
import { type Place, subnetBy } from './way.ts';

/** Whether something closes ways that routes leave open: VPC Block Public Access, network ACLs. */
export function judgeBlocks(ground: Ground): readonly Row[] {
  const { nats, subnets, neighbours, acls, endpoints } = ground.facts;
  const natsIfAny = some(ground, isByNat) ? nats : ({ known: true, value: [] } as const);
  return [
    rowOfPlaces(
      {
        ...{ check: 'block-public-access', title: 'Block Public Access lets packets out' },
        nothing: 'No subnet leads out by an internet gateway or a NAT gateway.',
      },
      ...([ground, (place: Place) => place.way.out === 'internet' || isByNat(place)] as const),
      { nats: natsIfAny, subnets, neighbours },
      (places, known) =>
        publicAccessTroubles(ground, places, (place) => {
          const nat = known.nats.find(({ id }) => id === targetOf(place));
          return subnetBy(nat?.subnet, [known.subnets, known.neighbours]);
        }),
    ),
    rowOfPlaces(
      { check: 'network-acls', title: 'Network ACLs let HTTPS out and answers in', nothing: noSubnet },
      ...([ground, (place: Place) => place.way.out !== 'unknown'] as const),
      { acls, nats: natsIfAny, endpoints, subnets, neighbours },
      (places, known) => {
        const maps = [known.subnets, known.neighbours] as const;
        const passages = places.flatMap((place) => [
          ...outward(ground, place, known.endpoints),
          ...natPassages(place, known.nats, (id) => subnetBy(id, maps)),
          ...endpointPassages(ground, place, known.endpoints, (id) => subnetBy(id, maps)),
        ]);
        return aclTroubles(ground.region, passages, known.acls);
      },
    ),
  ];
}

/**
 * Both directions blocked: an internet gateway is of no use, not even by NAT. Only the way in: by NAT it still is
 * (AB 5.2).
 */
function publicAccessTroubles(
  { region }: Ground,
  places: readonly Place[],
  natSubnet: (place: Place) => Subnet | undefined,
): readonly Trouble[] {
  const found = places.flatMap((place) => {
    const own = isByNat(place) ? natSubnet(place) : undefined;
    const mode = cutting([place.subnet.internetBlock, own?.internetBlock], isByNat(place));
    if (mode === undefined) return [];
    const subnets = [place.subnet, own].filter((subnet) => subnet?.internetBlock === mode);
    return [{ place, mode, ids: subnets.flatMap((subnet) => subnet?.id ?? []) }];
  });
  return byCause(found, ({ place, mode }) => `${place.subnet.vpc} ${mode}`).map(
    ([, { place, mode }, all]) => ({
      code: `public-access-${mode}` as const,
      about: place.subnet.vpc,
      seen: `VPC Block Public Access is ${mode} for ${listed(all.flatMap(({ ids }) => ids))}.`,
      fix: unique(all.flatMap(({ ids }) => ids))
        .map((id) =>
          ec2Command(
            ...([region, 'create-vpc-block-public-access-exclusion', `--subnet-id ${id}`] as const),
            `--internet-gateway-exclusion-mode ${mode === 'block-ingress' ? 'allow-bidirectional' : 'allow-egress'}`,
          ),
        )
        .join(' && '),
      breaks: all.map(({ place }) => [
        place.subnet.id,
        place.way.out === 'unknown' ? '' : place.way.table.id,
      ]),
    }),
  );
}

function cutting(
  modes: readonly (string | undefined)[],
  byNat: boolean,
): 'block-bidirectional' | 'block-ingress' | undefined {
  if (modes.includes('block-bidirectional')) return 'block-bidirectional';
  return modes.includes('block-ingress') && !byNat ? 'block-ingress' : undefined;
}

/** What must pass the network ACL of a subnet: ACLs keep no state, so answers are passages of their own (AB 5.1). */
interface Passage {
  readonly subnet: Subnet;
  readonly direction: 'inbound' | 'outbound';
  readonly ports: Ports;
  readonly peer: string;
}

/** Ports at which Linux waits for answers; its default. [MEM] */
const linuxAnswers: Ports = { from: 32_768, to: 60_999 };
/** Those of NAT gateways (AB 5.1). */
const natAnswers: Ports = { from: 1_024, to: 65_535 };

function outward({ region }: Ground, place: Place, endpoints: readonly Endpoint[]): readonly Passage[] {
  const { subnet, way } = place;
  // Of what endpoints serve, S3 alone keeps its public addresses.
  const isS3Public = serving('s3', place, region, endpoints).some(({ type }) => isGateway(type));
  if (way.out === 'none' && !isS3Public) return [];
  return [
    { subnet, direction: 'outbound', ports: https, peer: anywhere },
    { subnet, direction: 'inbound', ports: linuxAnswers, peer: anywhere },
  ];
}

function natPassages(
  place: Place,
  nats: readonly NatGateway[],
  subnetOf: (id: string | undefined) => Subnet | undefined,
): readonly Passage[] {
  const own = isByNat(place) ? subnetOf(nats.find(({ id }) => id === targetOf(place))?.subnet) : undefined;
  if (own === undefined || own.id === place.subnet.id) return [];
  return [
    { subnet: own, direction: 'outbound', ports: https, peer: anywhere },
    { subnet: own, direction: 'inbound', ports: natAnswers, peer: anywhere },
    { subnet: own, direction: 'inbound', ports: https, peer: place.subnet.cidr },
    { subnet: own, direction: 'outbound', ports: linuxAnswers, peer: place.subnet.cidr },
  ];
}

/** Within a subnet, its ACL has no say. */
function endpointPassages(
  { region }: Ground,
  place: Place,
  endpoints: readonly Endpoint[],
  subnetOf: (id: string) => Subnet | undefined,
): readonly Passage[] {
  const used = servicesOf(place).flatMap((service) => serving(service, place, region, endpoints));
  const ours = place.subnet;
  return used
    .filter(({ type }) => !isGateway(type))
    .flatMap(({ subnets }) => (subnets.includes(ours.id) ? [] : subnets.flatMap((id) => subnetOf(id) ?? [])))
    .flatMap((theirs): readonly Passage[] => [
      { subnet: ours, direction: 'outbound', ports: https, peer: theirs.cidr },
      { subnet: ours, direction: 'inbound', ports: linuxAnswers, peer: theirs.cidr },
      { subnet: theirs, direction: 'inbound', ports: https, peer: ours.cidr },
      { subnet: theirs, direction: 'outbound', ports: linuxAnswers, peer: ours.cidr },
    ]);
}

function aclTroubles(
  region: string,
  passages: readonly Passage[],
  acls: readonly NetworkAcl[],
): readonly Trouble[] {
  const shut = passages.flatMap((passage) => {
    const acl = acls.find(({ subnets }) => subnets.includes(passage.subnet.id));
    if (acl === undefined) return [];
    const entries = acl.entries.filter(({ direction }) => direction === passage.direction);
    const openness = aclOpenness(entries, passage.ports, passage.peer);
    return openness === 'open' ? [] : [{ ...passage, acl, openness }];
  });
  return byCause(shut, ({ acl, direction, openness }) => `${acl.id} ${direction} ${openness}`).map(
    ([, { acl, direction, openness, ports, peer }, all]) => {
      const where = `${direction} ${range(ports)} ${direction === 'outbound' ? 'to' : 'from'} ${peer}`;
      const who = listed(all.map(({ subnet }) => subnet.id));
      return {
        ...{
          code: `acl-${direction}-${openness}`,
          about: acl.id,
        },
        seen: `The network ACL of ${who} does not let ${openness === 'closed' ? 'through' : 'all of this through:'} ${where}.`,
        fix: ec2Command(
          ...([region, 'create-network-acl-entry', `--network-acl-id ${acl.id}`] as const),
          ...[
            direction === 'outbound' ? '--egress' : '--ingress',
            `--rule-number ${freeNumber(acl, direction)}`,
          ],
          ...[`--protocol tcp --port-range From=${ports.from},To=${ports.to}`, `--cidr-block ${peer}`],
          '--rule-action allow',
        ),
        breaks: all.map(({ subnet }) => [subnet.id, acl.id]),
      };
    },
  );
}

function range({ from, to }: Ports): string {
  return from === to ? `tcp ${from}` : `tcp ${from}-${to}`;
}

/** Before all others, so that none of them decides first. */
function freeNumber({ entries }: NetworkAcl, direction: Passage['direction']): number {
  const taken = new Set(entries.filter((entry) => entry.direction === direction).map(({ number }) => number));
  return [...Array(100).keys()].map((at) => at + 1).find((number) => !taken.has(number)) ?? 1;
}
