import { addressCharge } from './charges.ts';
import { ec2Command } from './fix.ts';
import { fixEgress, fixImplicit, fixLostGateway, hasPublicAddress } from './fix-egress.ts';
import type { Ground } from './ground.ts';
import { addressUnknown } from './need.ts';
import { byCause, type Edge, listed, type Trouble } from './trouble.ts';
import { leadsElsewhere, type Place } from './way.ts';

const blackholeCodes = { nat: 'nat-blackhole', internet: 'igw-blackhole' } as const;

/** The target was deleted or detached (AB 5.2). */
export function brokenRoutes({ facts }: Ground, places: readonly Place[]): readonly Trouble[] {
  const broken = places.flatMap((place) =>
    place.way.out === 'broken' ? [{ ...place, way: place.way }] : [],
  );
  return byCause(broken, ({ way }) => way.table.id).map(([id, { way }, all]) => {
    const { kind, destination, target, state } = way.route;
    const code = kind === 'nat' || kind === 'internet' ? blackholeCodes[kind] : 'route-blackhole';
    return {
      ...{ code, about: id },
      seen: `Its route ${destination} to ${target} is ${state}; ${ofSubnets(all)} out that way.`,
      fix:
        kind === 'internet'
          ? fixLostGateway(facts, target, way.table, all)
          : fixEgress(facts, 'replace-route', way.table, all),
      breaks: [[id, target]],
    };
  });
}

/** An internet gateway serves only who has a public address (AB 1.17). */
export function withoutAddress({ region }: Ground, places: readonly Place[]): readonly Trouble[] {
  const found = places.filter(
    (place) =>
      place.way.out === 'internet' && addressUnknown(place.need) === undefined && !hasPublicAddress(place),
  );
  const byTemplate = found.filter(({ need }) => need.publicAddress !== undefined);
  const bySubnet = found.filter(({ need }) => need.publicAddress === undefined);
  const say = (about: string, all: readonly Place[]) => ({
    ...({ code: 'no-public-address', about } as const),
    breaks: all.map(edgeOut),
  });
  return [
    ...byCause(byTemplate, ({ need }) => need.environment).map(([environment, , all]) => ({
      ...say(environment, all),
      seen: `Its launch template gives no public address, and ${ofSubnets(all)} out by an internet gateway.`,
      fix: `In a new version of the launch template of ${environment}, set AssociatePublicIpAddress of its network interface to true; or use subnets behind a NAT gateway.`,
    })),
    ...byCause(bySubnet, ({ subnet }) => subnet.id).map(([id, , all]) => ({
      ...say(id, all),
      seen: 'It leads out by an internet gateway, but gives instances no public address (MapPublicIpOnLaunch is false), and neither does the launch template.',
      fix: `\`${ec2Command(region, 'modify-subnet-attribute', `--subnet-id ${id}`, '--map-public-ip-on-launch')}\`, at ${addressCharge}; or use subnets behind a NAT gateway.`,
    })),
  ];
}

function edgeOut({ subnet, way }: Place): Edge {
  return [subnet.id, way.out === 'unknown' ? 'internet' : way.table.id];
}

/** Transit gateways, peers, appliances, endpoints of firewalls: another network decides (AB 5.2). */
export function elsewhere(
  { region }: Ground,
  places: readonly Place[],
  isSo: (place: Place) => boolean,
): readonly Trouble[] {
  const found = places.flatMap((place) =>
    place.way.out !== 'unknown' && isSo(place) ? [{ ...place, way: place.way }] : [],
  );
  return byCause(found, ({ way }) => way.table.id).map(([id, { way }, all]) => {
    const route = way.out === 'none' ? way.table.routes.find(({ kind }) => kind === 'elsewhere') : way.route;
    return {
      ...{ code: 'egress-elsewhere', about: id },
      seen: `Its route ${route?.destination} leads to ${route?.target}; ${ofSubnets(all)} out that way.`,
      fix: askAboutTable(region, id),
      breaks: [],
    };
  });
}

export function askAboutTable(region: string, id: string): string {
  const show = ec2Command(region, 'describe-route-tables', `--route-table-ids ${id}`);
  return `If instances of this environment have joined before, all is well. Else ask who keeps it: ${show}`;
}

/** Neither a way out nor a beginning of endpoints: missing ones are said one by one only where some are there. */
export function withoutEgress(
  ground: Ground,
  places: readonly Place[],
  hasEndpoints: (place: Place) => boolean,
): readonly Trouble[] {
  const found = places.flatMap((place) =>
    place.way.out === 'none' && !hasEndpoints(place) ? [{ ...place, way: place.way }] : [],
  );
  const cut = found.filter(({ way }) => !leadsElsewhere(way.table));
  return [
    ...elsewhere(ground, found, ({ way }) => way.out === 'none' && leadsElsewhere(way.table)),
    ...byCause(cut, ({ way }) => way.table.id).map(([id, { way, subnet }, all]): Trouble => {
      const isImplicit = !way.table.associations.some((association) => association.subnet === subnet.id);
      const kind = isImplicit
        ? 'The main route table of its VPC, used because no other is associated,'
        : 'It';
      return {
        ...{ code: 'no-egress', about: id },
        seen: `${kind} has no route to ${'0.0.0.0/0'}, and ${subnet.vpc} has none of the endpoints for ECS and ECR; ${ofSubnets(all)} nowhere.`,
        fix: (isImplicit ? fixImplicit : fixCreate)(ground.facts, way.table, all),
        breaks: [[id, 'internet']],
      };
    }),
  ];
}

function fixCreate(...[facts, table, places]: Parameters<typeof fixImplicit>): string {
  return fixEgress(facts, 'create-route', table, places);
}

/** `subnet-1 and subnet-2 lead` */
function ofSubnets(places: readonly Place[]): string {
  const ids = [...new Set(places.map(({ subnet }) => subnet.id))];
  return `${listed(ids)} ${ids.length === 1 ? 'leads' : 'lead'}`;
}
