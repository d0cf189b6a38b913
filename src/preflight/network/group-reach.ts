import type { Endpoint, Rule, SecurityGroup, Subnet } from './facts.ts';
import { type Openness, type Peer, rulesOpenness, theInternet } from './openness.ts';
import { isGateway, type Service, servicesOf, serving } from './services.ts';
import { unique } from './trouble.ts';
import type { Place } from './way.ts';

/** How far rules let a place speak to a service, and to whom that is. */
export interface Reach {
  readonly place: Place;
  readonly groups: readonly string[];
  readonly service: Service;
  readonly peer: Peer;
  readonly peerName: string;
  readonly openness: Openness;
}

export function reachOf(
  region: string,
  place: Place,
  groups: ReadonlyMap<string, SecurityGroup>,
  endpoints: readonly Endpoint[],
  subnetOf: (id: string) => Subnet | undefined,
): readonly Reach[] {
  const ours = unique(place.need.securityGroups).flatMap((id) => groups.get(id) ?? []);
  // Rules of several groups add up; those of one that is missing are not known.
  if (ours.length === 0 || ours.length < unique(place.need.securityGroups).length) return [];
  const rules = ours.flatMap(({ egress }) => egress);
  return servicesOf(place).flatMap((service) => {
    const served = serving(service, place, region, endpoints)[0];
    const peer = served === undefined ? outside(place) : peerOf(served, place, subnetOf);
    if (peer === undefined) return [];
    // S3's list holds nobody else.
    const s3List =
      served !== undefined && isGateway(served.type) ? undefined : s3ListOf(place, region, endpoints);
    const openness = rulesOpenness(
      s3List === undefined ? rules : rules.map((rule) => unlisted(rule, s3List)),
      peer,
    );
    const peerName = served?.id ?? 'the internet';
    return [{ place, groups: ours.map(({ id }) => id), service, peer, peerName, openness }];
  });
}

/** None where the way out itself is a finding. */
function outside({ way }: Place): Peer | undefined {
  return ['internet', 'nat', 'elsewhere'].includes(way.out) ? theInternet : undefined;
}

function peerOf(endpoint: Endpoint, { way }: Place, subnetOf: (id: string) => Subnet | undefined): Peer {
  if (!isGateway(endpoint.type)) {
    const cidrs = endpoint.subnets.flatMap((id) => subnetOf(id)?.cidr ?? []);
    return { cidrs, groups: endpoint.groups };
  }
  const prefixList = listBehind(endpoint, way);
  return { ...theInternet, ...(prefixList === undefined ? {} : { prefixList }) };
}

/** The addresses of S3 are those of the prefix list of its route (AB 5.3). */
function listBehind({ id }: Endpoint, way: Place['way']): string | undefined {
  const routes = way.out === 'unknown' ? [] : way.table.routes;
  return routes.find(({ target }) => target === id)?.destination;
}

function s3ListOf(place: Place, region: string, endpoints: readonly Endpoint[]): string | undefined {
  return serving('s3', place, region, endpoints)
    .map((endpoint) => listBehind(endpoint, place.way))
    .find((list) => list !== undefined);
}

function unlisted(rule: Rule, list: string): Rule {
  return { ...rule, prefixLists: rule.prefixLists.filter((id) => id !== list) };
}
