import { endpointCharge } from './charges.ts';
import type { Endpoint } from './facts.ts';
import { ec2Command } from './fix.ts';
import type { Ground } from './ground.ts';
import { endpointsOf, isGateway, type Service, serving, withoutIt } from './services.ts';
import { byCause, listed, type Trouble, unique } from './trouble.ts';
import { leadsElsewhere, type Place } from './way.ts';

/** What a service lacks for some places. */
export interface Lack {
  readonly kind: 'missing' | 'not-available' | 'no-private-dns' | 'not-attached';
  readonly service: Service;
  readonly endpoint?: Endpoint;
  readonly places: readonly Place[];
}

export function mergeLacks({ region }: Ground, endpoints: readonly Endpoint[]) {
  return (lacks: Map<string, Lack>, { place, service }: { place: Place; service: Service }) => {
    const lack = lackOf(service, place, region, endpoints);
    if (lack === undefined) return lacks;
    const key = `${place.subnet.vpc} ${service} ${lack.kind} ${lack.endpoint?.id}`;
    return lacks.set(key, { ...lack, places: [...(lacks.get(key)?.places ?? []), place] });
  };
}

function lackOf(
  service: Service,
  place: Place,
  region: string,
  endpoints: readonly Endpoint[],
): Omit<Lack, 'places'> | undefined {
  if (serving(service, place, region, endpoints).length > 0) return undefined;
  const all = endpointsOf(service, place.subnet.vpc, region, endpoints);
  const endpoint = all.find(({ state }) => state === 'available') ?? all[0];
  if (endpoint === undefined) return { kind: 'missing', service };
  if (endpoint.state !== 'available') return { kind: 'not-available', service, endpoint };
  return { kind: isGateway(endpoint.type) ? 'not-attached' : 'no-private-dns', service, endpoint };
}

const lackCodes = {
  missing: 'endpoint-missing',
  'not-available': 'endpoint-not-available',
  'no-private-dns': 'endpoint-no-private-dns',
  'not-attached': 's3-endpoint-not-attached',
} as const;

export function lackTrouble({ region, facts }: Ground, { kind, service, endpoint, places }: Lack): Trouble {
  const vpc = places[0]?.subnet.vpc ?? '';
  const tables = unique(places.flatMap(({ way }) => (way.out === 'unknown' ? [] : way.table.id)));
  const ids = unique(places.map(({ subnet }) => subnet.id));
  const who = listed(ids);
  const whoHas = `${who} ${ids.length === 1 ? 'has' : 'have'} no other way there`;
  const name = endpoint?.service ?? `com.amazonaws.${region}.${service}`;
  // Another network may hold an endpoint that all share.
  const shared = places.every(({ way }) => way.out !== 'unknown' && leadsElsewhere(way.table));
  const seen = {
    missing: `${vpc} has no endpoint of it, and ${whoHas}${shared ? ' that Muster can see' : ''}.`,
    'not-available': `${endpoint?.id} is ${endpoint?.state}; ${whoHas}.`,
    'no-private-dns': `${endpoint?.id} has no private DNS name: instances in ${who} look for the public one, and cannot reach it unless a private hosted zone of yours leads to the endpoint.`,
    'not-attached': `The gateway endpoint ${endpoint?.id} is not on ${listed(tables)}, which ${who} ${ids.length === 1 ? 'uses' : 'use'}.`,
  }[kind];
  const fix = {
    missing: createEndpoint(region, service, vpc, tables, places, groupsOfEndpoints(facts.endpoints, vpc)),
    'not-available': ec2Command(region, 'describe-vpc-endpoints', `--vpc-endpoint-ids ${endpoint?.id}`),
    'no-private-dns': `If no private hosted zone leads to it: \`${modifyEndpoint(region, endpoint, '--private-dns-enabled')}\`.`,
    'not-attached': modifyEndpoint(region, endpoint, `--add-route-table-ids ${tables.join(' ')}`),
  }[kind];
  return {
    ...{ code: shared ? 'endpoint-not-seen' : lackCodes[kind], about: name },
    ...{ seen, why: withoutIt[service], fix },
    breaks: tables.map((table) => [table, `${vpc} ${service}`]),
  };
}

function modifyEndpoint(region: string, endpoint: Endpoint | undefined, what: string): string {
  return ec2Command(region, 'modify-vpc-endpoint', `--vpc-endpoint-id ${endpoint?.id}`, what);
}

function createEndpoint(
  region: string,
  service: Service,
  vpc: string,
  tables: readonly string[],
  places: readonly Place[],
  groups: readonly string[],
): string {
  const start = [
    'create-vpc-endpoint',
    `--vpc-id ${vpc}`,
    `--service-name com.amazonaws.${region}.${service}`,
  ] as const;
  if (service === 's3') {
    return ec2Command(
      region,
      ...start,
      '--vpc-endpoint-type Gateway',
      `--route-table-ids ${tables.join(' ')}`,
    );
  }
  const subnets = byCause(places, ({ subnet }) => subnet.zone).map(([, { subnet }]) => subnet.id);
  const create = ec2Command(
    ...([region, ...start, '--vpc-endpoint-type Interface', `--subnet-ids ${subnets.join(' ')}`] as const),
    ...[groups.length === 0 ? '' : `--security-group-ids ${groups.join(' ')}`, '--private-dns-enabled'],
  );
  return `\`${create}\`, ${endpointCharge(subnets.length)}.`;
}

/** The others' groups do for one more. */
function groupsOfEndpoints(endpoints: Ground['facts']['endpoints'], vpc: string): readonly string[] {
  const all = endpoints.known ? endpoints.value.filter((endpoint) => endpoint.vpc === vpc) : [];
  return all.find(({ groups }) => groups.length > 0)?.groups ?? [];
}
