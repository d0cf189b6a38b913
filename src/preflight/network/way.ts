import { anywhere } from './cidr.ts';
import type { Association, Route, RouteTable, Subnet } from './facts.ts';
import type { NetworkNeed } from './need.ts';

/** Where packets for the internet leave a subnet, as its route table says. */
export type Way =
  | { readonly out: 'internet' | 'nat' | 'elsewhere'; readonly table: RouteTable; readonly route: Route }
  /** The route's target is gone, or does not take it. */
  | { readonly out: 'broken'; readonly table: RouteTable; readonly route: Route }
  | { readonly out: 'none'; readonly table: RouteTable }
  /** AWS shows no table, not even a main one. */
  | { readonly out: 'unknown' };

/** A subnet as one environment uses it. */
export interface Place {
  readonly need: NetworkNeed;
  readonly subnet: Subnet;
  readonly way: Way;
}

/** Subnets that instances could start in; whatever is wrong with the others is said elsewhere, once. */
export function placesOf(
  needs: readonly NetworkNeed[],
  subnets: ReadonlyMap<string, Subnet>,
  tables: readonly RouteTable[],
): readonly Place[] {
  return needs.flatMap((need) =>
    [...new Set(need.subnets)].flatMap((id) => {
      const subnet = subnets.get(id);
      return subnet === undefined || !isUsable(subnet) ? [] : [{ need, subnet, way: wayOut(subnet, tables) }];
    }),
  );
}

export function isUsable({ state, ipv6Only }: Subnet): boolean {
  return state === 'available' && !ipv6Only;
}

export function wayOut(subnet: Subnet, tables: readonly RouteTable[]): Way {
  const table = tableOf(subnet, tables)?.table;
  if (table === undefined) return { out: 'unknown' };
  const route = defaultRoute(table.routes);
  if (route === undefined) return { out: 'none', table };
  if (route.state !== 'active') return { out: 'broken', table, route };
  const out = route.destination === anywhere && isDirect(route.kind) ? route.kind : 'elsewhere';
  return { out, table, route };
}

function isDirect(kind: Route['kind']): kind is 'internet' | 'nat' {
  return kind === 'internet' || kind === 'nat';
}

/** The explicit one, or the main one of the VPC, which names no subnet (AB 5.3). */
export function tableOf(
  { id, vpc }: Subnet,
  tables: readonly RouteTable[],
): { readonly table: RouteTable; readonly association: Association } | undefined {
  const all = tables
    .filter((table) => table.vpc === vpc)
    .flatMap((table) => table.associations.map((association) => ({ table, association })));
  return (
    all.find(({ association }) => association.subnet === id && association.state !== 'disassociated') ??
    all.find(({ association }) => association.isMain)
  );
}

/** Halves of the internet lead there, too, and gateways for a list whose content is not asked for: as if elsewhere. */
function defaultRoute(routes: readonly Route[]): Route | undefined {
  return (
    routes.find(({ destination }) => destination === anywhere) ??
    routes.find(({ destination, kind }) =>
      destination.startsWith('pl-') ? isDirect(kind) : /\.\d+\/1$/.test(destination),
    )
  );
}

/** Other networks lie behind it, and perhaps endpoints that all share. */
export function leadsElsewhere(table: RouteTable): boolean {
  return table.routes.some(({ kind, state }) => kind === 'elsewhere' && state === 'active');
}

/** Of the environments or beside them. */
export function subnetBy(
  id: string | undefined,
  maps: readonly ReadonlyMap<string, Subnet>[],
): Subnet | undefined {
  return id === undefined ? undefined : maps.map((map) => map.get(id)).find((subnet) => subnet !== undefined);
}

export function isByNat({ way }: Place): boolean {
  return way.out === 'nat';
}

/** What the way out leads to, where there is one. */
export function targetOf({ way }: Place): string {
  return 'route' in way ? way.route.target : '';
}

export function tableIn({ way }: Place): RouteTable | undefined {
  return way.out === 'unknown' ? undefined : way.table;
}
