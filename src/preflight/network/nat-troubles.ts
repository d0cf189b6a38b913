import { askAboutTable } from './egress-troubles.ts';
import type { NatGateway, Subnet } from './facts.ts';
import { ec2Command } from './fix.ts';
import { fixEgress, gatewayOf, makeGateway } from './fix-egress.ts';
import type { Ground } from './ground.ts';
import { listed, type Trouble } from './trouble.ts';
import { type Place, tableIn, type Way } from './way.ts';

/**
 * Available, public, and in a subnet that itself leads to the internet; a regional one stands in none (AB 5.1, 5.2).
 * Where that subnet leads to a firewall or another network, both kinds may do, and nobody can tell from here.
 */
export function natTroubles(
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
  if (own !== undefined && ownWay?.out === 'elsewhere') {
    const seen = `It stands in ${own.id}, whose route table ${wrongWay(ownWay)}; a route table leads ${users}.`;
    const fix = askAboutTable(region, ownWay.table.id);
    return [{ ...about, code: 'egress-elsewhere', seen, fix, breaks: [] }];
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

function fixOwnSubnet(facts: Ground['facts'], own: Subnet, way: Way): string {
  const { region } = facts;
  const gateway = gatewayOf(facts, own.vpc);
  const table = way.out === 'unknown' ? '' : `--route-table-id ${way.table.id}`;
  const operation = way.out === 'none' ? 'create-route' : 'replace-route';
  const route = ec2Command(region, operation, table, '--destination-cidr-block 0.0.0.0/0');
  const warn = `Other subnets that use this table go the same way: give ${own.id} one of its own if it shares one with them.`;
  if (gateway === undefined || gateway === 'none') {
    return `${makeGateway(region, own.vpc)}, then \`${route} --gateway-id\` with the same id. ${warn}`;
  }
  return `\`${route} --gateway-id ${gateway}\`. ${warn}`;
}
