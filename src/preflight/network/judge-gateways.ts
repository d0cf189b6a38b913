import type { InternetGateway, NatGateway, RouteTable, Subnet } from './facts.ts';
import { ec2Command } from './fix.ts';
import { fixEgress } from './fix-egress.ts';
import { type Ground, rowOfPlaces, some } from './ground.ts';
import { endpointsOf, isGateway, serving } from './services.ts';
import { byCause, listed, type Row, type Trouble } from './trouble.ts';
import { type Place, subnetBy, type Way, wayOut } from './way.ts';

/** Whether what route tables lead to leads on. */
export function judgeGateways(ground: Ground): readonly Row[] {
  const { nats, internetGateways, endpoints, subnets, neighbours, routeTables } = ground.facts;
  const noNat = 'No subnet leads out by a NAT gateway.';
  const anyNat = some(ground, isByNat);
  const none = { known: true, value: [] } as const;
  return [
    rowOfPlaces(
      { check: 'nat', title: 'NAT gateways reach the internet', nothing: noNat },
      ...([ground, isByNat, { nats, subnets, neighbours, routeTables }] as const),
      (places, known) =>
        byCause(places, targetOf).flatMap(([id, , all]) => {
          const nat = known.nats.find((gateway) => gateway.id === id);
          const own = subnetBy(nat?.subnet, [known.subnets, known.neighbours]);
          return natTroubles(ground, id, nat, own, own && wayOut(own, known.routeTables), all);
        }),
    ),
    rowOfPlaces(
      {
        ...{ check: 'internet-gateways', title: 'Internet gateways are attached' },
        nothing: 'No subnet leads out by an internet gateway.',
      },
      ...([ground, (place: Place) => isByInternet(place) || isByNat(place)] as const),
      { internetGateways, nats: anyNat ? nats : none, subnets, neighbours, routeTables },
      (places, known) => {
        const ofNats = places.filter(isByNat).flatMap((place) => {
          const nat = known.nats.find(({ id }) => id === targetOf(place));
          const own = subnetBy(nat?.subnet, [known.subnets, known.neighbours]);
          const way = own && wayOut(own, known.routeTables);
          return way?.out === 'internet' ? [{ ...place, way }] : [];
        });
        return detached(ground, [...places.filter(isByInternet), ...ofNats], known.internetGateways);
      },
    ),
    rowOfPlaces(
      { check: 'nat-money', title: 'What S3 has for nothing does not go by NAT', nothing: noNat },
      ...([ground, isByNat, { endpoints }] as const),
      (places, known) => {
        const paying = places.filter(
          (place) => serving('s3', place, ground.region, known.endpoints).length === 0,
        );
        return byCause(paying, ({ subnet }) => subnet.vpc).map(([vpc, , all]) => {
          const gateway = endpointsOf('s3', vpc, ground.region, known.endpoints).find(({ type }) =>
            isGateway(type),
          );
          return payingForS3(ground.region, vpc, gateway?.id, all);
        });
      },
    ),
  ];
}

export function isByNat({ way }: Place): boolean {
  return way.out === 'nat';
}

function isByInternet({ way }: Place): boolean {
  return way.out === 'internet';
}

export function targetOf({ way }: Place): string {
  return 'route' in way ? way.route.target : '';
}

function tableIn({ way }: Place): RouteTable | undefined {
  return way.out === 'unknown' ? undefined : way.table;
}

/** Available, public, and in a subnet that itself leads to the internet; a regional one stands in none (AB 5.1, 5.2). */
function natTroubles(
  { region, facts }: Ground,
  id: string,
  nat: NatGateway | undefined,
  own: Subnet | undefined,
  ownWay: Way | undefined,
  places: readonly Place[],
): readonly Trouble[] {
  const about = { about: id } as const;
  const users = `${listed(places.map(({ subnet }) => subnet.id))} out by it`;
  const toNat = places.flatMap((place) => [[tableIn(place)?.id ?? '', id] as const]);
  const [table] = places.flatMap((place) => tableIn(place) ?? []);
  const another = table === undefined ? '' : fixEgress(facts, 'replace-route', table, places);
  if (nat === undefined) {
    const seen = `${region} does not show this NAT gateway, but a route table leads ${users}.`;
    return [{ ...about, code: 'nat-missing', seen, fix: another, breaks: toNat }];
  }
  if (nat.state !== 'available') {
    const failure = nat.failure === undefined ? '' : `: ${nat.failure}`;
    const seen = `The NAT gateway is ${nat.state}${failure}; a route table leads ${users}.`;
    const wait = `Wait: ${ec2Command(region, 'wait nat-gateway-available', `--nat-gateway-ids ${id}`)}`;
    const fix = nat.state === 'pending' ? wait : another;
    return [{ ...about, code: 'nat-not-available', seen, fix, breaks: toNat }];
  }
  if (nat.connectivity !== 'public') {
    const seen = `The NAT gateway is ${nat.connectivity}: it leads only to other private networks; a route table leads ${users}.`;
    return [{ ...about, code: 'nat-private', seen, fix: another, breaks: toNat }];
  }
  if (own === undefined || ownWay === undefined || ownWay.out === 'internet') return [];
  return [
    {
      ...{ ...about, code: 'nat-no-internet' },
      seen: `It stands in ${own.id}, whose route table ${wrongWay(ownWay)}; a route table leads ${users}.`,
      fix: fixOwnSubnet(facts, own, ownWay),
      breaks: [[id, 'internet']],
    },
  ];
}

function wrongWay(way: Way): string {
  if (way.out === 'unknown') return 'is not there';
  if (way.out === 'none') return `${way.table.id} has no route to 0.0.0.0/0`;
  const state = way.out === 'broken' ? `, which is ${way.route.state}` : '';
  return `${way.table.id} leads to ${way.route.target}${state}`;
}

function fixOwnSubnet({ region, internetGateways }: Ground['facts'], own: Subnet, way: Way): string {
  const gateway = internetGateways.known
    ? internetGateways.value.find(({ attachments }) => attachments.some(({ vpc }) => vpc === own.vpc))?.id
    : undefined;
  const table = way.out === 'unknown' ? '' : `--route-table-id ${way.table.id}`;
  const operation = way.out === 'none' ? 'create-route' : 'replace-route';
  const route = ec2Command(region, operation, table, '--destination-cidr-block 0.0.0.0/0');
  const warn = `Other subnets that use this table go the same way: give ${own.id} one of its own if it shares one with them.`;
  if (gateway !== undefined) return `\`${route} --gateway-id ${gateway}\`. ${warn}`;
  const attach = ec2Command(
    region,
    'attach-internet-gateway',
    `--vpc-id ${own.vpc}`,
    '--internet-gateway-id',
  );
  const create = ec2Command(region, 'create-internet-gateway');
  return `\`${create}\`, then \`${attach}\` and \`${route} --gateway-id\`, both with the id that it prints. ${warn}`;
}

function detached(
  { region }: Ground,
  places: readonly Place[],
  gateways: readonly InternetGateway[],
): readonly Trouble[] {
  return byCause(places, targetOf).flatMap(([id, { subnet }, all]): readonly Trouble[] => {
    const gateway = gateways.find((one) => one.id === id);
    const state = gateway?.attachments.find(({ vpc }) => vpc === subnet.vpc)?.state;
    // EC2 says `available` where its documentation of the field says `attached`. [MEM]
    if (state === 'available' || state === 'attached') return [];
    return [
      {
        ...{ code: 'igw-not-attached', about: id },
        seen: `It is ${state ?? 'not attached'} at ${subnet.vpc}; ${listed(all.map((place) => place.subnet.id))} need it.`,
        fix: ec2Command(
          ...([region, 'attach-internet-gateway', `--internet-gateway-id ${id}`] as const),
          `--vpc-id ${subnet.vpc}`,
        ),
        breaks: [[id, 'internet']],
      },
    ];
  });
}

/** AB 10.4: 1 GB for each of 200 instances is about 9 USD by NAT, and nothing by a gateway endpoint. */
function payingForS3(
  region: string,
  vpc: string,
  gateway: string | undefined,
  places: readonly Place[],
): Trouble {
  const tables = [...new Set(places.flatMap((place) => tableIn(place)?.id ?? []))];
  const create = [
    ...['create-vpc-endpoint', `--vpc-id ${vpc}`, '--vpc-endpoint-type Gateway'],
    ...[`--service-name com.amazonaws.${region}.s3`, `--route-table-ids ${tables.join(' ')}`],
  ] as const;
  const modify = [
    ...['modify-vpc-endpoint', `--vpc-endpoint-id ${gateway}`, `--add-route-table-ids ${tables.join(' ')}`],
  ] as const;
  const [operation = '', ...rest] = gateway === undefined ? create : modify;
  return {
    ...{ code: 'nat-without-s3-endpoint', about: vpc },
    seen: `${listed(places.map(({ subnet }) => subnet.id))} reach S3 by NAT: no S3 gateway endpoint is on ${listed(tables)}.`,
    fix: ec2Command(region, operation, ...rest),
    breaks: [],
  };
}
