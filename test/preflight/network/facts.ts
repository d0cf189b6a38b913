import type { Answer } from '../../../src/aws/answer.ts';
import type {
  AclEntry,
  Endpoint,
  InternetGateway,
  NatGateway,
  NetworkAcl,
  NetworkFacts,
  Route,
  RouteTable,
  Rule,
  SecurityGroup,
  Subnet,
} from '../../../src/preflight/network/facts.ts';
import type { NetworkNeed } from '../../../src/preflight/network/need.ts';

/** The facts of a network before they become answers; scenarios change them by hand. */
export interface Network {
  readonly subnets: readonly Subnet[];
  readonly neighbours: readonly Subnet[];
  readonly groups: readonly SecurityGroup[];
  readonly endpointGroups: readonly SecurityGroup[];
  readonly tables: readonly RouteTable[];
  readonly nats: readonly NatGateway[];
  readonly gateways: readonly InternetGateway[];
  readonly endpoints: readonly Endpoint[];
  readonly acls: readonly NetworkAcl[];
  readonly dns: { readonly support: boolean; readonly hostnames: boolean };
  readonly need: NetworkNeed;
}

export const region = 'us-west-2';
const vpc = 'vpc-1';

export const known = <Value>(value: Value): Answer<Value> => ({ known: true, value });
export const unknown = (action: string): Answer<never> => ({ known: false, action, why: 'refused' });

export function factsOf(network: Network): NetworkFacts {
  const byId = <Item extends { readonly id: string }>(items: readonly Item[]) =>
    known(new Map(items.map((item) => [item.id, item])));
  return {
    region,
    subnets: byId(network.subnets),
    neighbours: byId(network.neighbours),
    securityGroups: byId(network.groups),
    endpointGroups: byId(network.endpointGroups),
    routeTables: known(network.tables),
    nats: known(network.nats),
    internetGateways: known(network.gateways),
    endpoints: known(network.endpoints),
    acls: known(network.acls),
    dns: known(new Map([[vpc, network.dns]])),
  };
}

const subnet = (id: string, change: Partial<Subnet> = {}): Subnet => ({
  ...{ id, vpc, state: 'available', zone: 'us-west-2a', cidr: '10.0.0.0/24', freeAddresses: 250 },
  ...{ publicAddresses: false, ipv6Only: false, internetBlock: 'off' },
  ...change,
});

export const rule = (change: Partial<Rule>): Rule => ({
  ...{ protocol: 'tcp', ports: { from: 443, to: 443 } },
  ...{ cidrs: [], ipv6Cidrs: [], groups: [], prefixLists: [] },
  ...change,
});
const everything = rule({ protocol: '-1', ports: { from: 0, to: 65_535 }, cidrs: ['0.0.0.0/0'] });

export const route = (target: string, kind: Route['kind'], change: Partial<Route> = {}): Route => ({
  ...{ destination: '0.0.0.0/0', target, kind, state: 'active' },
  ...change,
});
const local = route('local', 'local', { destination: '10.0.0.0/16' });
const s3Route = route('vpce-s3', 'endpoint', { destination: 'pl-s3' });

export const entry = (direction: AclEntry['direction'], change: Partial<AclEntry> = {}): AclEntry => ({
  ...{ number: 100, direction, allows: true, protocol: '-1', ports: { from: 0, to: 65_535 } },
  ...{ cidr: '0.0.0.0/0' },
  ...change,
});

const table = (id: string, subnets: readonly string[], routes: readonly Route[]): RouteTable => ({
  ...{ id, vpc, routes: [local, ...routes] },
  associations: subnets.map((name) => ({ isMain: false, subnet: name, state: 'associated' })),
});
const mainTable: RouteTable = {
  ...table('rtb-main', [], []),
  associations: [{ isMain: true, state: 'associated' }],
};

const endpoint = (service: string, change: Partial<Endpoint> = {}): Endpoint => ({
  ...{ id: `vpce-${service}`, vpc, service: `com.amazonaws.us-west-2.${service}`, type: 'Interface' },
  ...{ state: 'available', subnets: ['subnet-a', 'subnet-b'], routeTables: [], groups: ['sg-ends'] },
  ...{ privateDns: true, openPolicy: true },
  ...change,
});
const s3 = endpoint('s3', {
  type: 'Gateway',
  subnets: [],
  groups: [],
  routeTables: ['rtb-1'],
  privateDns: false,
});

/** Two subnets in two zones that lead out directly. */
export const publicNetwork: Network = {
  subnets: [
    subnet('subnet-a', { publicAddresses: true }),
    subnet('subnet-b', { publicAddresses: true, zone: 'us-west-2b', cidr: '10.0.1.0/24' }),
  ],
  neighbours: [],
  groups: [{ id: 'sg-jobs', vpc, ingress: [], egress: [everything] }],
  endpointGroups: [],
  tables: [mainTable, table('rtb-1', ['subnet-a', 'subnet-b'], [route('igw-1', 'internet')])],
  nats: [],
  gateways: [{ id: 'igw-1', attachments: [{ vpc, state: 'available' }] }],
  endpoints: [],
  acls: [
    { id: 'acl-1', subnets: ['subnet-a', 'subnet-b'], entries: [entry('inbound'), entry('outbound')] },
    { id: 'acl-nat', subnets: ['subnet-nat'], entries: [entry('inbound'), entry('outbound')] },
  ],
  dns: { support: true, hostnames: true },
  need: {
    ...{ environment: 'spot', subnets: ['subnet-a', 'subnet-b'], securityGroups: ['sg-jobs'] },
    ...{ instances: 100, logs: true },
  },
};

const privateSubnets = publicNetwork.subnets.map((one) => ({ ...one, publicAddresses: false }));

/** The same behind a NAT gateway in a third subnet. */
export const natNetwork: Network = {
  ...publicNetwork,
  subnets: privateSubnets,
  neighbours: [subnet('subnet-nat', { cidr: '10.0.2.0/24' })],
  nats: [{ id: 'nat-1', vpc, state: 'available', connectivity: 'public', subnet: 'subnet-nat' }],
  tables: [
    mainTable,
    table('rtb-1', ['subnet-a', 'subnet-b'], [route('nat-1', 'nat'), s3Route]),
    table('rtb-nat', ['subnet-nat'], [route('igw-1', 'internet')]),
  ],
  endpoints: [s3],
};

/** The same with nothing but endpoints. */
export const endpointNetwork: Network = {
  ...publicNetwork,
  subnets: privateSubnets,
  gateways: [],
  tables: [mainTable, table('rtb-1', ['subnet-a', 'subnet-b'], [s3Route])],
  endpointGroups: [{ id: 'sg-ends', vpc, ingress: [rule({ groups: ['sg-jobs'] })], egress: [] }],
  endpoints: [
    s3,
    ...['ecs', 'ecs-agent', 'ecs-telemetry', 'ecr.api', 'ecr.dkr', 'logs'].map((name) => endpoint(name)),
  ],
};

/** Changes the one of that id. */
export function changed<Item extends { readonly id: string }>(
  items: readonly Item[],
  id: string,
  change: Partial<Item>,
): readonly Item[] {
  return items.map((item) => (item.id === id ? { ...item, ...change } : item));
}
