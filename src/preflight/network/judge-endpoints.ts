import type { NetworkCode } from './codes.ts';
import type { Endpoint, SecurityGroup, Subnet, VpcDns } from './facts.ts';
import { ec2Command } from './fix.ts';
import { type Ground, rowOfPlaces } from './ground.ts';
import { rulesOpenness } from './openness.ts';
import { endpointsOf, isGateway, type Service, servicesOf, serving, withoutIt } from './services.ts';
import { byCause, listed, type Row, type Trouble, unique } from './trouble.ts';
import { leadsElsewhere, type Place, subnetBy } from './way.ts';

/** Whether subnets without a way out have the full set of AB 5.4, and those that use endpoints can. */
export function judgeEndpoints(ground: Ground): readonly Row[] {
  const { endpoints, dns, endpointGroups, securityGroups, subnets, neighbours } = ground.facts;
  const none = 'Every subnet has a way out, or nowhere to go at all: none depends on endpoints.';
  const depends = (place: Place) => endpoints.known && dependsOnEndpoints(ground, place, endpoints.value);
  const noneUsed = 'No subnet uses an endpoint.';
  const uses = (place: Place) => endpoints.known && usedBy(ground, place, endpoints.value).length > 0;
  return [
    rowOfPlaces(
      { check: 'endpoints', title: 'Subnets without a way out have every endpoint', nothing: none },
      ...([ground, endpoints.known ? depends : isShut, { endpoints, subnets, neighbours }] as const),
      (places, known) => [
        ...places
          .flatMap((place) => servicesOf(place).map((service) => ({ place, service })))
          .reduce(mergeLacks(ground, known.endpoints), new Map<string, Lack>())
          .values()
          .map((lack) => lackTrouble(ground, lack)),
        ...otherZones(ground, places, known.endpoints, (id) =>
          subnetBy(id, [known.subnets, known.neighbours]),
        ),
      ],
    ),
    rowOfPlaces(
      { check: 'endpoint-dns', title: 'VPCs with endpoints resolve their names', nothing: none },
      ...([ground, endpoints.known ? depends : isShut, { endpoints, dns }] as const),
      (places, known) =>
        byCause(places, ({ subnet }) => subnet.vpc).flatMap(([vpc, , all]) =>
          dnsTroubles(ground.region, vpc, known.dns.get(vpc), all),
        ),
    ),
    rowOfPlaces(
      { check: 'endpoint-groups', title: 'Endpoints let instances in', nothing: noneUsed },
      ...([
        ground,
        endpoints.known ? uses : () => true,
        { endpoints, endpointGroups, securityGroups },
      ] as const),
      (places, known) =>
        closedEndpoints(
          ground,
          places,
          known.endpoints,
          new Map([...known.securityGroups, ...known.endpointGroups]),
        ),
    ),
    rowOfPlaces(
      {
        check: 'endpoint-policies',
        title: 'Policies of endpoints let everything through',
        nothing: noneUsed,
      },
      ...([ground, endpoints.known ? uses : () => true, { endpoints }] as const),
      (places, known) => policyTroubles(ground, places, known.endpoints),
    ),
  ];
}

function isShut({ way }: Place): boolean {
  return way.out === 'none';
}

/** Without any of them, `no-egress` says it all. */
function dependsOnEndpoints({ region }: Ground, place: Place, endpoints: readonly Endpoint[]): boolean {
  return (
    isShut(place) &&
    servicesOf(place).some(
      (service) => service !== 's3' && endpointsOf(service, place.subnet.vpc, region, endpoints).length > 0,
    )
  );
}

interface Used {
  readonly service: Service;
  readonly endpoint: Endpoint;
}

/** Also where a NAT gateway leads out: with private DNS, names lead to the endpoint all the same. */
function usedBy({ region }: Ground, place: Place, endpoints: readonly Endpoint[]): readonly Used[] {
  return servicesOf(place).flatMap((service) =>
    serving(service, place, region, endpoints).map((endpoint) => ({ service, endpoint })),
  );
}

/** What a service lacks for some places. */
interface Lack {
  readonly kind: 'missing' | 'not-available' | 'no-private-dns' | 'not-attached';
  readonly service: Service;
  readonly endpoint?: Endpoint;
  readonly places: readonly Place[];
}

function mergeLacks({ region }: Ground, endpoints: readonly Endpoint[]) {
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

function lackTrouble({ region, facts }: Ground, { kind, service, endpoint, places }: Lack): Trouble {
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
    'no-private-dns': `${endpoint?.id} has no private DNS name: instances in ${who} look for the public one, and cannot reach it.`,
    'not-attached': `The gateway endpoint ${endpoint?.id} is not on ${listed(tables)}, which ${who} ${ids.length === 1 ? 'uses' : 'use'}.`,
  }[kind];
  const fix = {
    missing: createEndpoint(region, service, vpc, tables, places, groupsOfEndpoints(facts.endpoints, vpc)),
    'not-available': ec2Command(region, 'describe-vpc-endpoints', `--vpc-endpoint-ids ${endpoint?.id}`),
    'no-private-dns': modifyEndpoint(region, endpoint, '--private-dns-enabled'),
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
  return ec2Command(
    ...([region, ...start, '--vpc-endpoint-type Interface', `--subnet-ids ${subnets.join(' ')}`] as const),
    ...[`--security-group-ids ${groups.join(' ')}`, '--private-dns-enabled'],
  );
}

/** The others' groups do for one more. */
function groupsOfEndpoints(endpoints: Ground['facts']['endpoints'], vpc: string): readonly string[] {
  const all = endpoints.known ? endpoints.value.filter((endpoint) => endpoint.vpc === vpc) : [];
  return all.find(({ groups }) => groups.length > 0)?.groups ?? [];
}

/** It works through another zone, as long as that one does (AB 5.4); one finding a subnet, however many endpoints. */
function otherZones(
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
      fix: unique(all.map(({ endpoint }) => endpoint.id))
        .map((id) =>
          ec2Command(
            ...([ground.region, 'modify-vpc-endpoint', `--vpc-endpoint-id ${id}`] as const),
            `--add-subnet-ids ${place.subnet.id}`,
          ),
        )
        .join(' && '),
      breaks: [],
    }),
  );
}

/** Private DNS needs both attributes (AB 5.4). */
function dnsTroubles(
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

/** Endpoints with the same groups are closed for one cause. */
function closedEndpoints(
  ground: Ground,
  places: readonly Place[],
  endpoints: readonly Endpoint[],
  groups: ReadonlyMap<string, SecurityGroup>,
): readonly Trouble[] {
  const closed = places.flatMap((place) => {
    const { cidr, vpc } = place.subnet;
    const ours = place.need.securityGroups.filter((id) => groups.get(id)?.vpc === vpc);
    // A missing group, or one of another VPC, is a finding of its own.
    if (ours.length === 0) return [];
    return usedBy(ground, place, endpoints).flatMap(({ service, endpoint }) => {
      const theirs = endpoint.groups.flatMap((id) => groups.get(id) ?? []);
      if (isGateway(endpoint.type) || theirs.length === 0) return [];
      const rules = theirs.flatMap(({ ingress }) => ingress);
      const isOpen = rulesOpenness(rules, { cidrs: [cidr], groups: ours }) !== 'closed';
      return isOpen ? [] : [{ place, service, ours, ids: theirs.map(({ id }) => id) }];
    });
  });
  return byCause(closed, ({ ids }) => listed(ids)).map(([about, { ids, ours }, all]) => ({
    ...{ code: 'endpoint-closed', about },
    seen: `No inbound rule lets ${listed(all.flatMap((one) => one.ours))} or their subnets in at tcp 443; endpoints with it: ${listed(all.map(({ service }) => service))}.`,
    fix: ec2Command(
      ...([ground.region, 'authorize-security-group-ingress', `--group-id ${ids[0]}`] as const),
      ...['--protocol tcp', '--port 443', `--source-group ${ours[0]}`],
    ),
    breaks: all.flatMap(({ place, service }) =>
      place.way.out === 'unknown' ? [] : [[place.way.table.id, `${place.subnet.vpc} ${service}`] as const],
    ),
  }));
}

/** ECR keeps layers in a bucket of its own, which a policy made for ours forgets (AB 5.4). */
function policyTroubles(
  ground: Ground,
  places: readonly Place[],
  endpoints: readonly Endpoint[],
): readonly Trouble[] {
  const restricted = places.flatMap((place) =>
    usedBy(ground, place, endpoints).filter(({ endpoint }) => !endpoint.openPolicy),
  );
  return byCause(restricted, ({ endpoint }) => endpoint.id).map(([about, { endpoint, service }]) => ({
    ...{ code: 'endpoint-policy', about },
    seen: `The policy of this endpoint of ${endpoint.service} does not let everybody do everything; Muster does not judge it further.`,
    fix:
      service === 's3'
        ? `See that it allows s3:GetObject on ${layerBucket(ground.region)}/* and what Muster's roles may do: ${look(ground.region, about)}`
        : look(ground.region, about),
    breaks: [],
  }));
}

/** In which ECR of a region keeps layers. [MEM] */
function layerBucket(region: string): string {
  return `arn:aws:s3:::prod-${region}-starport-layer-bucket`;
}

function look(region: string, endpoint: string): string {
  return ec2Command(
    ...([region, 'describe-vpc-endpoints', `--vpc-endpoint-ids ${endpoint}`] as const),
    ...['--query', "'VpcEndpoints[].PolicyDocument'", '--output text'],
  );
}
