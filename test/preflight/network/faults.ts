import type { NetworkCode } from '../../../src/preflight/network/codes.ts';
import { changed, entry, type Network, region, route, rule } from './facts.ts';

/** One thing wrong with a network, and the only finding that it gives: `code about`. */
export type Fault = readonly [
  name: string,
  change: (network: Network) => Network,
  finding: `${NetworkCode} ${string}`,
];

const need = (network: Network, change: Partial<Network['need']>): Network => ({
  ...network,
  need: { ...network.need, ...change },
});
const subnets = (id: string, change: Partial<Network['subnets'][number]>) => (network: Network) => ({
  ...network,
  subnets: changed(network.subnets, id, change),
});
const everySubnet = (change: Partial<Network['subnets'][number]>) => (network: Network) => ({
  ...network,
  subnets: network.subnets.map((subnet) => ({ ...subnet, ...change })),
});
const routes =
  (
    id: string,
    change: (routes: Network['tables'][number]['routes']) => Network['tables'][number]['routes'],
  ) =>
  (network: Network): Network => ({
    ...network,
    tables: network.tables.map((table) =>
      table.id === id ? { ...table, routes: change(table.routes) } : table,
    ),
  });
const outBy = (way: ReturnType<typeof route>) =>
  routes('rtb-1', (all) => [...all.filter(({ destination }) => destination !== '0.0.0.0/0'), way]);
const groups = (change: Partial<Network['groups'][number]>) => (network: Network) => ({
  ...network,
  groups: changed(network.groups, 'sg-jobs', change),
});
const acl = (id: string, entries: readonly ReturnType<typeof entry>[]) => (network: Network) => ({
  ...network,
  acls: changed(network.acls, id, { entries }),
});
const endpoint = (id: string, change: Partial<Network['endpoints'][number]>) => (network: Network) => ({
  ...network,
  endpoints: changed(network.endpoints, id, change),
});
const without = (id: string) => (network: Network) => ({
  ...network,
  endpoints: network.endpoints.filter((one) => one.id !== id),
});
const nat = (change: Partial<Network['nats'][number]>) => (network: Network) => ({
  ...network,
  nats: changed(network.nats, 'nat-1', change),
});
const service = (name: string) => `com.amazonaws.${region}.${name}`;

/** Of any network. */
const anywhere: readonly Fault[] = [
  ['a subnet that is pending', subnets('subnet-a', { state: 'pending' }), 'subnet-not-available subnet-a'],
  ['a subnet of IPv6 only', subnets('subnet-a', { ipv6Only: true }), 'subnet-ipv6-only subnet-a'],
  [
    'a subnet that is not there',
    (network) => need(network, { subnets: ['subnet-a', 'subnet-zz'] }),
    'subnet-missing subnet-zz',
  ],
  [
    'a security group that is not there',
    (network) => need(network, { securityGroups: ['sg-zz'] }),
    'security-group-missing sg-zz',
  ],
  ['no security group', (network) => need(network, { securityGroups: [] }), 'security-group-none spot'],
  ['a full subnet', subnets('subnet-a', { freeAddresses: 0 }), 'subnet-full subnet-a'],
  ['one address too few', (network) => need(network, { instances: 501 }), 'addresses-few spot'],
  [
    'no address but those of its own instances',
    (network) => need(everySubnet({ freeAddresses: 0 })(network), { running: true }),
    'addresses-few spot',
  ],
  ['no address', everySubnet({ freeAddresses: 0 }), 'addresses-none spot'],
  [
    'an open port',
    groups({ ingress: [rule({ ports: { from: 22, to: 22 }, cidrs: ['0.0.0.0/0'] })] }),
    'open-inbound sg-jobs',
  ],
  ['an open port of IPv6', groups({ ingress: [rule({ ipv6Cidrs: ['::/0'] })] }), 'open-inbound sg-jobs'],
  ['no outbound rule', groups({ egress: [] }), 'group-egress-closed sg-jobs'],
  [
    'outbound rules for another port',
    groups({ egress: [rule({ ports: { from: 80, to: 442 }, cidrs: ['0.0.0.0/0'] })] }),
    'group-egress-closed sg-jobs',
  ],
  [
    'outbound rules for UDP',
    groups({ egress: [rule({ protocol: 'udp', cidrs: ['0.0.0.0/0'] })] }),
    'group-egress-closed sg-jobs',
  ],
  [
    'a route to a peer that is gone',
    routes('rtb-1', (all) => [
      ...all,
      route('pcx-1', 'elsewhere', { destination: '10.9.0.0/16', state: 'blackhole' }),
    ]),
    'blackhole-route rtb-1',
  ],
  [
    'an association under way',
    (network) => ({
      ...network,
      tables: changed(network.tables, 'rtb-1', {
        associations: [
          { isMain: false, subnet: 'subnet-a', state: 'associating' },
          { isMain: false, subnet: 'subnet-b', state: 'associated' },
        ],
      }),
    }),
    'route-association-unsettled subnet-a',
  ],
  [
    'no table at all',
    (network) => ({
      ...network,
      tables: network.tables
        .filter(({ id }) => id !== 'rtb-main')
        .map((table) => ({
          ...table,
          associations: table.associations.filter(({ subnet }) => subnet !== 'subnet-a'),
        })),
    }),
    'route-table-none subnet-a',
  ],
];

/** Of a network with a route to the internet. */
const routed: readonly Fault[] = [
  ['a NAT gateway that is gone', outBy(route('nat-9', 'nat', { state: 'blackhole' })), 'nat-blackhole rtb-1'],
  [
    'a gateway that is gone',
    outBy(route('igw-9', 'internet', { state: 'blackhole' })),
    'igw-blackhole rtb-1',
  ],
  [
    'an appliance that is gone',
    outBy(route('eni-9', 'elsewhere', { state: 'blackhole' })),
    'route-blackhole rtb-1',
  ],
  [
    'a route that is filtered',
    outBy(route('tgw-9', 'elsewhere', { state: 'filtered' })),
    'route-blackhole rtb-1',
  ],
  ['a transit gateway', outBy(route('tgw-1', 'elsewhere')), 'egress-elsewhere rtb-1'],
  [
    'halves of the internet',
    outBy(route('eni-1', 'elsewhere', { destination: '0.0.0.0/1' })),
    'egress-elsewhere rtb-1',
  ],
  ['no route', outBy(route('local', 'local', { destination: '10.7.0.0/16' })), 'no-egress rtb-1'],
  [
    'no route, but one to another network',
    outBy(route('tgw-1', 'elsewhere', { destination: '10.0.0.0/8' })),
    'egress-elsewhere rtb-1',
  ],
  [
    'all public access blocked',
    everySubnet({ internetBlock: 'block-bidirectional' }),
    'public-access-block-bidirectional vpc-1',
  ],
  [
    'HTTPS out to a few addresses',
    groups({ egress: [rule({ cidrs: ['52.0.0.0/8'] })] }),
    'group-egress-narrow sg-jobs',
  ],
  ['an ACL that lets nothing out', acl('acl-1', [entry('inbound')]), 'acl-outbound-closed acl-1'],
  ['an ACL that lets nothing in', acl('acl-1', [entry('outbound')]), 'acl-inbound-closed acl-1'],
  [
    'an ACL that lets some answers in',
    acl('acl-1', [entry('outbound'), entry('inbound', { ports: { from: 40_000, to: 65_535 } })]),
    'acl-inbound-closed acl-1',
  ],
  [
    'an ACL that lets HTTPS out to a few addresses',
    acl('acl-1', [
      entry('inbound'),
      entry('outbound', { cidr: '52.0.0.0/8' }),
      entry('outbound', { cidr: '10.0.0.0/16' }),
    ]),
    'acl-outbound-partly acl-1',
  ],
  [
    'an ACL that lets answers in from a few addresses',
    acl('acl-1', [
      entry('outbound'),
      entry('inbound', { cidr: '52.0.0.0/8' }),
      entry('inbound', { cidr: '10.0.0.0/16' }),
    ]),
    'acl-inbound-partly acl-1',
  ],
  [
    'an ACL for private addresses only',
    acl('acl-1', [entry('inbound'), entry('outbound', { cidr: '10.0.0.0/16' })]),
    'acl-outbound-closed acl-1',
  ],
  [
    'outbound rules for private addresses only',
    groups({ egress: [rule({ cidrs: ['10.0.0.0/16'] })] }),
    'group-egress-closed sg-jobs',
  ],
  [
    'an ACL that denies before it allows',
    acl('acl-1', [
      entry('inbound'),
      entry('outbound'),
      entry('outbound', { number: 9, allows: false, protocol: '6' }),
    ]),
    'acl-outbound-closed acl-1',
  ],
];

export const publicFaults: readonly Fault[] = [
  ...anywhere,
  ...routed,
  ['no public address', subnets('subnet-b', { publicAddresses: false }), 'no-public-address subnet-b'],
  [
    'a launch template without public address',
    (network) => need(network, { publicAddress: false }),
    'no-public-address spot',
  ],
  ['a detached gateway', (network) => ({ ...network, gateways: [] }), 'igw-not-attached igw-1'],
  [
    'a gateway on its way',
    (network) => ({
      ...network,
      gateways: [{ id: 'igw-1', attachments: [{ vpc: 'vpc-1', state: 'attaching' }] }],
    }),
    'igw-not-attached igw-1',
  ],
  [
    'the way in blocked',
    everySubnet({ internetBlock: 'block-ingress' }),
    'public-access-block-ingress vpc-1',
  ],
  [
    'subnets of two VPCs',
    (network) => ({
      ...need(network, { subnets: [...network.need.subnets, 'subnet-c'] }),
      subnets: [...network.subnets, { ...network.subnets[0], id: 'subnet-c', vpc: 'vpc-2' }].flatMap((one) =>
        one.vpc === undefined ? [] : [one as Network['subnets'][number]],
      ),
      tables: [
        ...network.tables,
        {
          ...{ id: 'rtb-c', vpc: 'vpc-2', associations: [{ isMain: true, state: 'associated' }] },
          routes: [route('igw-c', 'internet')],
        },
      ],
      gateways: [...network.gateways, { id: 'igw-c', attachments: [{ vpc: 'vpc-2', state: 'available' }] }],
    }),
    'subnets-in-several-vpcs spot',
  ],
  ['a group of another VPC', groups({ vpc: 'vpc-2' }), 'security-group-in-other-vpc sg-jobs'],
];

export const natFaults: readonly Fault[] = [
  ...anywhere,
  ...routed,
  ['a NAT gateway nobody shows', (network) => ({ ...network, nats: [] }), 'nat-missing nat-1'],
  ['a NAT gateway that failed', nat({ state: 'failed', failure: 'no address' }), 'nat-not-available nat-1'],
  ['a private NAT gateway', nat({ connectivity: 'private' }), 'nat-private nat-1'],
  ['a NAT gateway without a way on', routes('rtb-nat', () => []), 'nat-no-internet nat-1'],
  [
    'a NAT gateway behind a gateway that is gone',
    routes('rtb-nat', () => [route('igw-1', 'internet', { state: 'blackhole' })]),
    'nat-no-internet nat-1',
  ],
  [
    'a NAT gateway behind a firewall',
    routes('rtb-nat', () => [route('vpce-fw', 'elsewhere')]),
    'egress-elsewhere nat-1',
  ],
  [
    'a private NAT gateway that leads to a transit gateway',
    (network) =>
      routes('rtb-nat', () => [route('tgw-1', 'elsewhere')])(nat({ connectivity: 'private' })(network)),
    'egress-elsewhere nat-1',
  ],
  ['a detached gateway behind NAT', (network) => ({ ...network, gateways: [] }), 'igw-not-attached igw-1'],
  ['no S3 endpoint', without('vpce-s3'), 'nat-without-s3-endpoint vpc-1'],
  [
    'an S3 endpoint elsewhere',
    endpoint('vpce-s3', { routeTables: ['rtb-nat'] }),
    'nat-without-s3-endpoint vpc-1',
  ],
  [
    'all public access blocked where the NAT gateway stands',
    (network) => ({
      ...network,
      neighbours: network.neighbours.map((one) => ({ ...one, internetBlock: 'block-bidirectional' })),
    }),
    'public-access-block-bidirectional vpc-1',
  ],
  [
    'an ACL of NAT that lets only high ports in',
    acl('acl-nat', [
      entry('outbound'),
      entry('inbound', { ports: { from: 1_025, to: 65_535 } }),
      entry('inbound', { number: 200, cidr: '10.0.0.0/16' }),
    ]),
    'acl-inbound-closed acl-nat',
  ],
  [
    'an ACL of NAT that lets no answers back',
    acl('acl-nat', [entry('inbound'), entry('outbound', { ports: { from: 443, to: 443 } })]),
    'acl-outbound-closed acl-nat',
  ],
];

const interfaces = ['ecs', 'ecs-agent', 'ecs-telemetry', 'ecr.api', 'ecr.dkr', 'logs'] as const;

export const endpointFaults: readonly Fault[] = [
  ...anywhere,
  ...[...interfaces, 's3' as const].map(
    (name): Fault => [`no endpoint of ${name}`, without(`vpce-${name}`), `endpoint-missing ${service(name)}`],
  ),
  [
    'an endpoint too few, and a route to another network',
    (network) =>
      routes('rtb-1', (all) => [...all, route('tgw-1', 'elsewhere', { destination: '10.0.0.0/8' })])(
        without('vpce-ecr.api')(network),
      ),
    `endpoint-not-seen ${service('ecr.api')}`,
  ],
  [
    'no endpoint but that of S3',
    (network) => ({ ...network, endpoints: network.endpoints.slice(0, 1) }),
    'no-egress rtb-1',
  ],
  [
    'no endpoints but those of S3 and Logs',
    (network) => ({
      ...network,
      endpoints: network.endpoints.filter(({ id }) => ['vpce-s3', 'vpce-logs'].includes(id)),
    }),
    'no-egress rtb-1',
  ],
  ...[
    ['docker.io', 'registry-unreachable'],
    ['ghcr.io', 'registry-unreachable'],
    ['123456789012.dkr.ecr.eu-west-1.amazonaws.com', 'registry-unreachable'],
    ['registry.lab.internal:5000', 'registry-not-seen'],
  ].map(
    ([registry = '', code]): Fault => [
      `an image of ${registry}`,
      (network) => need(network, { images: { ecr: true, elsewhere: [{ image: 'c4', registry }] } }),
      // As the table above names them.
      `${code as NetworkCode} ${registry}`,
    ],
  ),
  [
    'an image of ghcr.io, and a route to another network',
    (network) =>
      routes('rtb-1', (all) => [...all, route('tgw-1', 'elsewhere', { destination: '10.0.0.0/8' })])(
        need(network, { images: { ecr: true, elsewhere: [{ image: 'c4', registry: 'ghcr.io' }] } }),
      ),
    'registry-not-seen ghcr.io',
  ],
  [
    'a pending endpoint',
    endpoint('vpce-ecs', { state: 'pendingacceptance' }),
    `endpoint-not-available ${service('ecs')}`,
  ],
  [
    'no private DNS',
    endpoint('vpce-ecs', { privateDns: false }),
    `endpoint-no-private-dns ${service('ecs')}`,
  ],
  [
    'an S3 endpoint elsewhere',
    endpoint('vpce-s3', { routeTables: [] }),
    `s3-endpoint-not-attached ${service('s3')}`,
  ],
  [
    'an endpoint in one zone',
    endpoint('vpce-ecs', { subnets: ['subnet-a'] }),
    'endpoint-in-other-zone subnet-b',
  ],
  ['a policy', endpoint('vpce-s3', { openPolicy: false }), 'endpoint-policy vpce-s3'],
  [
    'closed endpoints',
    (network) => ({
      ...network,
      endpointGroups: changed(network.endpointGroups, 'sg-ends', { ingress: [] }),
    }),
    'endpoint-closed sg-ends',
  ],
  [
    'no DNS',
    (network) => ({ ...network, dns: { support: false, hostnames: false } }),
    'dns-support-off vpc-1',
  ],
  [
    'no host names',
    (network) => ({ ...network, dns: { support: true, hostnames: false } }),
    'dns-hostnames-off vpc-1',
  ],
  [
    'rules that reach endpoints, but not S3',
    groups({ egress: [rule({ groups: ['sg-ends'] })] }),
    'group-egress-missing sg-jobs',
  ],
  [
    'rules for a list of addresses that nobody knows',
    groups({ egress: [rule({ prefixLists: ['pl-ours'] })] }),
    'group-egress-narrow sg-jobs',
  ],
  [
    'rules that reach S3, but no endpoint',
    groups({ egress: [rule({ prefixLists: ['pl-s3'], cidrs: [] })] }),
    'group-egress-missing sg-jobs',
  ],
  ['an ACL that lets no answers of S3 in', acl('acl-1', [entry('outbound')]), 'acl-inbound-closed acl-1'],
  [
    'an ACL for the VPC alone, where S3 keeps its public addresses',
    acl('acl-1', [entry('outbound', { cidr: '10.0.0.0/16' }), entry('inbound')]),
    'acl-outbound-closed acl-1',
  ],
];
