import { endpointPassages, natPassages, outward } from './acl-passages.ts';
import { aclTroubles } from './acl-troubles.ts';
import type { Subnet } from './facts.ts';
import { ec2Command } from './fix.ts';
import { type Ground, noSubnet, rowOfPlaces, some } from './ground.ts';
import { byCause, listed, type Row, type Trouble, unique } from './trouble.ts';
import { isByNat, type Place, subnetBy, targetOf } from './way.ts';

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
