import type { Endpoint, SecurityGroup } from './facts.ts';
import { ec2Command } from './fix.ts';
import type { Ground } from './ground.ts';
import { rulesOpenness } from './openness.ts';
import { isGateway, type Service, servicesOf, serving } from './services.ts';
import { byCause, listed, type Trouble, unique } from './trouble.ts';
import type { Place } from './way.ts';

interface Used {
  readonly service: Service;
  readonly endpoint: Endpoint;
}

/** Also where a NAT gateway leads out: with private DNS, names lead to the endpoint all the same. */
export function usedBy({ region }: Ground, place: Place, endpoints: readonly Endpoint[]): readonly Used[] {
  return servicesOf(place).flatMap((service) =>
    serving(service, place, region, endpoints).map((endpoint) => ({ service, endpoint })),
  );
}

/** Endpoints with the same groups are closed for one cause. */
export function closedEndpoints(
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
  return byCause(closed, ({ ids }) => listed(ids)).map(([about, { ids }, all]) => ({
    ...{ code: 'endpoint-closed', about },
    seen: `No inbound rule lets ${listed(all.flatMap((one) => one.ours))} or their subnets in at tcp 443; endpoints with it: ${listed(all.map(({ service }) => service))}.`,
    fix: unique(all.flatMap((one) => one.ours[0] ?? []))
      .map((group) =>
        ec2Command(
          ...([ground.region, 'authorize-security-group-ingress', `--group-id ${ids[0]}`] as const),
          ...['--protocol tcp', '--port 443', `--source-group ${group}`],
        ),
      )
      .join(' && '),
    breaks: all.flatMap(({ place, service }) =>
      place.way.out === 'unknown' ? [] : [[place.way.table.id, `${place.subnet.vpc} ${service}`] as const],
    ),
  }));
}

/** ECR keeps layers in a bucket of its own, which a policy made for ours forgets (AB 5.4). */
export function policyTroubles(
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
