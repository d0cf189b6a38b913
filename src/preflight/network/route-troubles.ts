import type { Route, RouteTable } from './facts.ts';
import { ec2Command } from './fix.ts';
import type { Ground } from './ground.ts';
import { byCause, type Trouble } from './trouble.ts';
import { type Place, tableOf } from './way.ts';

/** Anything but associated is on its way there, or failed (AB 5.3). */
export function associationTroubles(
  { region }: Ground,
  places: readonly Place[],
  tables: readonly RouteTable[],
): readonly Trouble[] {
  const found = places.flatMap(({ subnet }) => {
    const used = tableOf(subnet, tables);
    return used === undefined || used.association.state === 'associated' ? [] : [{ subnet, ...used }];
  });
  return byCause(found, ({ subnet }) => subnet.id).map(([id, { table, association }]) => ({
    ...{ code: 'route-association-unsettled', about: id },
    seen: `Its association with ${table.id} is ${association.state}.`,
    fix: `Look again in a minute: ${ec2Command(region, 'describe-route-tables', `--route-table-ids ${table.id}`)}`,
    breaks: [[id, table.id]],
  }));
}

export function deadRoutes({ region }: Ground, places: readonly Place[]): readonly Trouble[] {
  const dead = places.flatMap(({ way }) =>
    way.out === 'unknown'
      ? []
      : way.table.routes
          .filter((route) => route.state !== 'active' && !(way.out === 'broken' && way.route === route))
          .map((route) => ({ table: way.table, route })),
  );
  return byCause(dead, ({ table, route }) => `${table.id} ${route.destination}`).map(
    ([, { table, route }]) => ({
      ...{ code: 'blackhole-route', about: table.id },
      seen: `Its route ${route.destination} to ${route.target} is ${route.state}.`,
      fix: ec2Command(
        ...([region, 'delete-route', `--route-table-id ${table.id}`] as const),
        `--${destinationOption(route)} ${route.destination}`,
      ),
      breaks: [[table.id, route.target]],
    }),
  );
}

function destinationOption({ destination }: Route): string {
  if (destination.startsWith('pl-')) return 'destination-prefix-list-id';
  return destination.includes(':') ? 'destination-ipv6-cidr-block' : 'destination-cidr-block';
}

export function tableless({ region }: Ground, places: readonly Place[]): readonly Trouble[] {
  const found = places.filter(({ way }) => way.out === 'unknown');
  return byCause(found, ({ subnet }) => subnet.id).map(([id, { subnet }]) => ({
    ...{ code: 'route-table-none', about: id },
    seen: `No route table is associated with it, and ${subnet.vpc} shows no main one.`,
    fix: ec2Command(region, 'describe-route-tables', `--filters Name=vpc-id,Values=${subnet.vpc}`),
    breaks: [[id, 'internet']],
  }));
}
