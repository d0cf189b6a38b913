import type { Endpoint } from './facts.ts';
import type { Place } from './way.ts';

/** What instances and jobs talk to (AB 5.4); `logs` only where jobs write there, ECR only where images are in it. */
const always = ['ecs', 'ecs-agent', 'ecs-telemetry', 'ecr.api', 'ecr.dkr', 's3'] as const;
export type Service = (typeof always)[number] | 'logs';

/** What stays without answer if a service cannot be reached (AB 5.4, the matrix [MEM]). */
export const withoutIt: Readonly<Record<Service, string>> = {
  ecs: 'Instances start, cost money and never join the cluster: jobs stay RUNNABLE.',
  'ecs-agent': 'Instances start, cost money and never join the cluster: jobs stay RUNNABLE.',
  'ecs-telemetry': 'The ECS agent needs all three of its endpoints; without one, jobs may stay RUNNABLE.',
  'ecr.api': 'Jobs stay in STARTING, then fail with CannotPullContainerError.',
  'ecr.dkr': 'Jobs stay in STARTING, then fail with CannotPullContainerError.',
  s3: 'Layers of images come from S3, and results go there: jobs fail with CannotPullContainerError.',
  logs: 'Containers fail to start, or hang, because their log driver reaches nobody.',
};

export function servicesOf({ need }: Place): readonly Service[] {
  const all = need.logs ? [...always, 'logs' as const] : always;
  return need.images?.ecr === false ? all.filter((service) => !service.startsWith('ecr.')) : all;
}

/** Endpoints do not lead to the registries of all its images. */
export function runsOthersImages({ need }: Place): boolean {
  return (need.images?.elsewhere ?? []).length > 0;
}

/** Of a service in a VPC, whatever their state. */
export function endpointsOf(
  service: Service,
  vpc: string,
  region: string,
  endpoints: readonly Endpoint[],
): readonly Endpoint[] {
  // China's begin with another domain.
  const ending = `.${region}.${service}`;
  return endpoints.filter((endpoint) => endpoint.vpc === vpc && endpoint.service.endsWith(ending));
}

/**
 * Whether the VPC of a place has a beginning of the endpoints that jobs start by. Those of S3 and Logs are there for
 * others, too, so that they alone are none.
 */
export function hasEndpoints(place: Place, region: string, endpoints: readonly Endpoint[]): boolean {
  return servicesOf(place).some(
    (service) =>
      service !== 's3' &&
      service !== 'logs' &&
      endpointsOf(service, place.subnet.vpc, region, endpoints).length > 0,
  );
}

/**
 * Endpoints that packets of this place for a service really take: names resolve to an interface endpoint with private
 * DNS, also where a NAT gateway would lead out; a gateway endpoint is a route.
 */
export function serving(
  service: Service,
  place: Place,
  region: string,
  endpoints: readonly Endpoint[],
): readonly Endpoint[] {
  if (place.way.out === 'unknown') return [];
  const { table } = place.way;
  return endpointsOf(service, place.subnet.vpc, region, endpoints).filter(
    ({ type, state, privateDns, routeTables }) =>
      state === 'available' && (isGateway(type) ? routeTables.includes(table.id) : privateDns),
  );
}

export function isGateway(type: string): boolean {
  return type === 'Gateway';
}
