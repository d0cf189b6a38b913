import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { networkCodes } from '../../../src/preflight/network/codes.ts';
import type { NetworkFacts } from '../../../src/preflight/network/facts.ts';
import { zonesOf } from '../../../src/preflight/network/facts.ts';
import { judgeNetwork } from '../../../src/preflight/network/judge-network.ts';
import {
  changed,
  endpointNetwork,
  entry,
  factsOf,
  known,
  type Network,
  natNetwork,
  publicNetwork,
  route,
  rule,
  unknown,
} from './facts.ts';
import { endpointFaults, type Fault, natFaults, publicFaults } from './faults.ts';

const checksOf = (network: Network, change: Partial<NetworkFacts> = {}) =>
  judgeNetwork({ ...factsOf(network), ...change }, [network.need]);
const findingsOf = (network: Network) => checksOf(network).flatMap(({ findings }) => findings);
const namesOf = (network: Network) => findingsOf(network).map(({ code, about }) => `${code} ${about}`);

const sorts = [
  ['a public network', publicNetwork, publicFaults],
  ['a network behind NAT', natNetwork, natFaults],
  ['a network of endpoints', endpointNetwork, endpointFaults],
] as const satisfies readonly (readonly [string, Network, readonly Fault[]])[];

describe.each(sorts)('%s', (_, network, faults) => {
  test('has no finding when it is right', () => {
    expect(namesOf(network)).toEqual([]);
  });

  test.each(faults)('with %s has its finding, and no other', (_name, change, finding) => {
    expect(namesOf(change(network))).toEqual([finding]);
  });

  test.each(faults)('with %s says a command or a place that mends it', (_name, change) => {
    for (const { fix } of findingsOf(change(network))) {
      expect(fix).toMatch(/aws (ec2|batch) [a-z-]+|launch template/);
      expect(fix).not.toMatch(/undefined|<|\s\s/);
      if (fix.includes('aws ')) expect(fix).toContain('--region us-west-2');
    }
  });
});

/** Faults of things that do not hide one another. */
const independent: readonly string[] = [
  ...['an open port', 'no outbound rule', 'a route to a peer that is gone', 'an association under way'],
  ...['one address too few', 'a NAT gateway that failed', 'no S3 endpoint', 'a detached gateway behind NAT'],
  ...['an ACL that lets nothing out', 'no public address', 'the way in blocked', 'a detached gateway'],
  ...['no endpoint of ecs', 'no endpoint of logs', 'a policy', 'no host names', 'no private DNS'],
];

test.each(sorts)('in %s, a fault more never hides the finding of another', (_, network, faults) => {
  const some = faults.filter(([name]) => independent.includes(name));
  expect(some.length).toBeGreaterThan(6);
  fc.assert(
    fc.property(fc.shuffledSubarray([...some]), (chosen) => {
      const all = chosen.reduce((changing, [, change]) => change(changing), network);
      // Two faults of ECS's endpoint are the missing one.
      const hidden = chosen.some(([name]) => name === 'no endpoint of ecs') ? 'endpoint-no-private-dns' : ' ';
      const expected = chosen
        .map(([, , finding]) => finding)
        .filter((finding) => !finding.startsWith(hidden));
      expect(namesOf(all)).toEqual(expect.arrayContaining(expected));
      expect(namesOf(all)).toHaveLength(new Set(expected).size);
    }),
  );
});

test('every code has a fault that shows it', () => {
  const shown = sorts.flatMap(([, , faults]) => faults.map(([, , finding]) => finding.split(' ')[0]));
  expect(Object.keys(networkCodes).filter((code) => !shown.includes(code))).toEqual([]);
});

describe('what is right in another way', () => {
  const outBy = (network: Network, ...ways: readonly ReturnType<typeof route>[]) => ({
    ...network,
    tables: changed(network.tables, 'rtb-1', { routes: ways }),
  });

  test('a regional NAT gateway stands in no subnet', () => {
    const nats = natNetwork.nats.map(({ subnet: _, ...nat }) => nat);
    expect(namesOf({ ...natNetwork, nats })).toEqual([]);
  });

  test('the way in may be blocked where NAT leads out', () => {
    const subnets = natNetwork.subnets.map((subnet) => ({ ...subnet, internetBlock: 'block-ingress' }));
    expect(namesOf({ ...natNetwork, subnets })).toEqual([]);
  });

  test('a launch template gives addresses that the subnet does not', () => {
    const subnets = publicNetwork.subnets.map((subnet) => ({ ...subnet, publicAddresses: false }));
    const need = { ...publicNetwork.need, publicAddress: true };
    expect(namesOf({ ...publicNetwork, subnets, need })).toEqual([]);
  });

  describe('a launch template that nobody may read', () => {
    const unread = { known: false, action: 'ec2:DescribeLaunchTemplateVersions', why: 'refused' } as const;
    const bare = publicNetwork.subnets.map((subnet) => ({ ...subnet, publicAddresses: false }));
    const seen = (network: Network, change: Partial<Network['need']>) => {
      const checks = judgeNetwork(factsOf(network), [{ ...network.need, unread, ...change }]);
      return {
        found: checks.flatMap(({ findings }) => findings.map(({ code }) => code)),
        lacking: checks.flatMap(({ check, notDone }) => (notDone.length > 0 ? [check] : [])),
      };
    };

    test('may give the address that the subnet does not: nobody can tell', () => {
      const network = { ...publicNetwork, subnets: bare };
      expect(seen(network, {})).toEqual({ found: [], lacking: ['egress'] });
    });

    test('may withhold the address that the subnet gives', () => {
      expect(seen(publicNetwork, {})).toEqual({ found: [], lacking: ['egress'] });
    });

    test('changes nothing where another one gives none', () => {
      const network = { ...publicNetwork, subnets: bare };
      const { found, lacking } = seen(network, { publicAddress: false });
      expect([[...new Set(found)], lacking]).toEqual([['no-public-address'], []]);
    });

    test('is of no matter behind NAT', () => {
      expect(seen(natNetwork, {})).toEqual({ found: [], lacking: [] });
    });

    test('may name the security groups that the environment does not', () => {
      expect(seen(natNetwork, { securityGroups: [] })).toEqual({ found: [], lacking: ['security-groups'] });
    });
  });

  test('rules for the groups of endpoints and the prefix list of S3 are enough', () => {
    const egress = [rule({ groups: ['sg-ends'] }), rule({ prefixLists: ['pl-s3'] })];
    const groups = changed(endpointNetwork.groups, 'sg-jobs', { egress });
    expect(namesOf({ ...endpointNetwork, groups })).toEqual([]);
  });

  test('an endpoint may let in the addresses of subnets rather than a group', () => {
    const ingress = [rule({ cidrs: ['10.0.0.0/16'] })];
    const endpointGroups = changed(endpointNetwork.endpointGroups, 'sg-ends', { ingress });
    expect(namesOf({ ...endpointNetwork, endpointGroups })).toEqual([]);
  });

  test('without logs, no endpoint of Logs is needed', () => {
    const endpoints = endpointNetwork.endpoints.filter(({ id }) => id !== 'vpce-logs');
    const need = { ...endpointNetwork.need, logs: false };
    expect(namesOf({ ...endpointNetwork, endpoints, need })).toEqual([]);
  });

  test('where no image is in ECR, no endpoint of it is needed', () => {
    const endpoints = endpointNetwork.endpoints.filter(({ id }) => !id.startsWith('vpce-ecr'));
    const need = { ...endpointNetwork.need, images: { ecr: false, elsewhere: [] } };
    expect(namesOf({ ...endpointNetwork, endpoints, need })).toEqual([]);
  });

  test.each([publicNetwork, natNetwork])('images of any registry are reached by a way out', (network) => {
    const need = {
      ...network.need,
      images: { ecr: false, elsewhere: [{ image: 'c4', registry: 'ghcr.io' }] },
    };
    expect(namesOf({ ...network, need })).toEqual([]);
  });

  test('the main table serves who has no other', () => {
    const main = { associations: [{ isMain: true, state: 'associated' }] };
    const tables = changed(publicNetwork.tables, 'rtb-1', main).filter(({ id }) => id !== 'rtb-main');
    expect(namesOf({ ...publicNetwork, tables })).toEqual([]);
  });

  test('a closed endpoint without private DNS is in nobody’s way behind NAT', () => {
    const closed = { ...endpointNetwork.endpoints[1], privateDns: false };
    const endpoints = [...natNetwork.endpoints, closed].flatMap((one) =>
      one.id === undefined ? [] : [one as Network['endpoints'][number]],
    );
    const endpointGroups = [{ id: 'sg-ends', vpc: 'vpc-1', ingress: [], egress: [] }];
    expect(namesOf({ ...natNetwork, endpoints, endpointGroups })).toEqual([]);
  });

  test('as many free addresses as instances are enough', () => {
    expect(namesOf({ ...publicNetwork, need: { ...publicNetwork.need, instances: 500 } })).toEqual([]);
  });

  /** Nothing of the VPC leaves a subnet. */
  const shutIn = [
    entry('inbound'),
    entry('outbound'),
    entry('outbound', { number: 9, allows: false, cidr: '10.0.0.0/16' }),
  ];
  const shutAcls = changed(endpointNetwork.acls, 'acl-1', { entries: shutIn });

  test('an ACL has no say within a subnet, but between the zones of endpoints', () => {
    const need = { ...endpointNetwork.need, subnets: ['subnet-a'] };
    const endpoints = endpointNetwork.endpoints.map((one) => ({ ...one, subnets: one.subnets.slice(0, 1) }));
    expect(namesOf({ ...endpointNetwork, need, endpoints, acls: shutAcls })).toEqual([]);
    expect(namesOf({ ...endpointNetwork, acls: shutAcls })).toEqual(['acl-outbound-closed acl-1']);
  });

  test('an endpoint that lets a part of a subnet in is not called closed', () => {
    const ingress = [rule({ cidrs: ['10.0.0.0/25', '10.0.1.0/25'] })];
    const endpointGroups = changed(endpointNetwork.endpointGroups, 'sg-ends', { ingress });
    expect(namesOf({ ...endpointNetwork, endpointGroups })).toEqual([]);
  });

  test('a list of addresses by NAT cannot be judged', () => {
    const way = route('nat-1', 'nat', { destination: 'pl-ours' });
    expect(namesOf(outBy(natNetwork, way))).toEqual(['egress-elsewhere rtb-1']);
  });
});

describe('one cause', () => {
  test('a subnet that is not available says nothing about its addresses', () => {
    const subnets = changed(publicNetwork.subnets, 'subnet-a', { state: 'pending', freeAddresses: 0 });
    expect(namesOf({ ...publicNetwork, subnets })).toEqual(['subnet-not-available subnet-a']);
  });

  test('rules of a missing group are not known, so nothing is said of egress', () => {
    const groups = changed(publicNetwork.groups, 'sg-jobs', { egress: [] });
    const need = { ...publicNetwork.need, securityGroups: ['sg-jobs', 'sg-zz'] };
    expect(namesOf({ ...publicNetwork, groups, need })).toEqual(['security-group-missing sg-zz']);
  });

  test('a table that was taken off leaves the main one', () => {
    const associations = [{ isMain: false, subnet: 'subnet-a', state: 'disassociated' }];
    const need = { ...publicNetwork.need, subnets: ['subnet-a'] };
    const tables = changed(publicNetwork.tables, 'rtb-1', { associations });
    expect(namesOf({ ...publicNetwork, tables, need })).toEqual(['no-egress rtb-main']);
  });

  test('of two endpoints of a service, the one that could serve is spoken of', () => {
    const [s3, ecs, ...others] = endpointNetwork.endpoints;
    const two = [ecs, ecs].flatMap((one) => one ?? []);
    const endpoints = [
      ...[s3, ...others].flatMap((one) => one ?? []),
      ...two.slice(1).map((one) => ({ ...one, id: 'vpce-1', state: 'pending' })),
      ...two.slice(1).map((one) => ({ ...one, id: 'vpce-2', privateDns: false })),
    ];
    expect(namesOf({ ...endpointNetwork, endpoints })).toEqual([
      'endpoint-no-private-dns com.amazonaws.us-west-2.ecs',
    ]);
  });
});

describe('what is said', () => {
  test('of three environments on one broken table, once', () => {
    const broken = { ...natNetwork, nats: [] };
    const needs = ['spot', 'night', 'arm'].map((environment) => ({ ...natNetwork.need, environment }));
    const findings = judgeNetwork(factsOf(broken), needs).flatMap((check) => check.findings);
    expect(findings).toMatchObject([
      { code: 'nat-missing', severity: 'error', seen: expect.stringContaining('subnet-a and subnet-b') },
    ]);
  });

  test('of a subnet on the main table, the table that leads out, to associate it with', () => {
    const tables = changed(natNetwork.tables, 'rtb-1', {
      associations: [{ isMain: false, subnet: 'subnet-b', state: 'associated' }],
    });
    expect(findingsOf({ ...natNetwork, tables })).toMatchObject([
      {
        ...{ code: 'no-egress', about: 'rtb-main' },
        fix: 'aws ec2 associate-route-table --region us-west-2 --route-table-id rtb-1 --subnet-id subnet-a',
      },
    ]);
  });

  test('of a blackhole, a NAT gateway that works', () => {
    const way = route('nat-9', 'nat', { state: 'blackhole' });
    const tables = changed(natNetwork.tables, 'rtb-1', { routes: [way] });
    expect(findingsOf({ ...natNetwork, tables, endpoints: [] })[0]?.fix).toBe(
      'aws ec2 replace-route --region us-west-2 --route-table-id rtb-1 --destination-cidr-block 0.0.0.0/0 --nat-gateway-id nat-1',
    );
  });

  test('of a table that the NAT gateway’s own subnet uses, nothing that leads back to it', () => {
    const way = route('nat-9', 'nat', { state: 'blackhole' });
    const tables = changed(natNetwork.tables, 'rtb-1', {
      routes: [way],
      associations: ['subnet-a', 'subnet-b', 'subnet-nat'].map((subnet) => ({
        ...{ isMain: false, subnet, state: 'associated' },
      })),
    }).filter(({ id }) => id !== 'rtb-nat');
    const fix = findingsOf({ ...natNetwork, tables })[0]?.fix;
    expect(fix).toContain('aws ec2 create-nat-gateway');
    expect(fix).not.toContain('nat-1');
  });

  test('of the NAT gateway’s own subnet, no table that leads back to it', () => {
    const tables = natNetwork.tables.filter(({ id }) => id !== 'rtb-nat');
    const need = { ...natNetwork.need, subnets: ['subnet-nat'] };
    const subnets = [...natNetwork.subnets, ...natNetwork.neighbours];
    expect(findingsOf({ ...natNetwork, tables, need, subnets })[0]?.fix).not.toContain(
      'associate-route-table',
    );
  });

  test('of a private NAT gateway, how to make a public one', () => {
    const nats = natNetwork.nats.map((nat) => ({ ...nat, connectivity: 'private' }));
    expect(findingsOf({ ...natNetwork, nats })[0]?.fix).toContain('aws ec2 create-nat-gateway');
  });

  test('of a NAT gateway to make, what it costs, and what endpoints cost in its place', () => {
    const fix = findingsOf({ ...natNetwork, nats: [] })[0]?.fix;
    expect(fix).toContain('about $33 a month');
    expect(fix).toContain('ecs, ecs-agent, ecs-telemetry, ecr.api, ecr.dkr and logs (about $88 a month');
  });

  test('of images that no endpoint leads to, no endpoints in place of a way out', () => {
    const need = {
      ...natNetwork.need,
      images: { ecr: true, elsewhere: [{ image: 'c4', registry: 'ghcr.io' }] },
    };
    const fix = findingsOf({ ...natNetwork, nats: [], need })[0]?.fix;
    expect(fix).toContain('create-nat-gateway');
    expect(fix).not.toContain('endpoint');
  });

  test('of a gateway that is gone, first to attach it, which is free', () => {
    const way = route('igw-9', 'internet', { state: 'blackhole' });
    const tables = changed(publicNetwork.tables, 'rtb-1', { routes: [way] });
    const fix = findingsOf({ ...publicNetwork, tables, gateways: [] })[0]?.fix;
    expect(fix).toMatch(
      /^`aws ec2 attach-internet-gateway --region us-west-2 --internet-gateway-id igw-9 --vpc-id vpc-1`, which is free/,
    );
    expect(fix).toContain('aws ec2 create-internet-gateway');
    expect(fix).not.toContain('nat-gateway');
  });

  test('of a gateway that is gone, where instances have no public address, the NAT gateway that they need', () => {
    const way = route('igw-9', 'internet', { state: 'blackhole' });
    const tables = changed(natNetwork.tables, 'rtb-1', { routes: [way] });
    const fix = findingsOf({ ...natNetwork, tables, gateways: [], nats: [] })[0]?.fix;
    expect(fix).toMatch(
      /attach-internet-gateway .*, or for instances without public address: .*create-nat-gateway/,
    );
  });

  test('of a public address, what it costs', () => {
    const subnets = changed(publicNetwork.subnets, 'subnet-a', { publicAddresses: false });
    expect(findingsOf({ ...publicNetwork, subnets })[0]?.fix).toContain('$0.005 an hour for each instance');
  });

  test('of endpoints of another zone, what one more address of each costs', () => {
    const endpoints = endpointNetwork.endpoints.map((one) =>
      ['vpce-ecs', 'vpce-logs'].includes(one.id) ? { ...one, subnets: ['subnet-a'] } : one,
    );
    expect(findingsOf({ ...endpointNetwork, endpoints })[0]?.fix).toContain('about $15 a month');
  });

  test('of an endpoint without private DNS no error, for a private hosted zone may lead to it', () => {
    const endpoints = changed(endpointNetwork.endpoints, 'vpce-ecs', { privateDns: false });
    expect(findingsOf({ ...endpointNetwork, endpoints })).toMatchObject([{ severity: 'warning' }]);
  });

  test('of an ACL that closes several passages, a rule for each, at numbers that are free', () => {
    const acls = changed(natNetwork.acls, 'acl-nat', {
      entries: [entry('outbound', { number: 2, allows: false }), entry('inbound')],
    });
    const [finding] = findingsOf({ ...natNetwork, acls });
    const rules = (finding?.fix ?? '')
      .split(' && ')
      .map((one) => /--egress (.*) --rule-action/.exec(one)?.[1]);
    expect(rules).toEqual([
      '--rule-number 1 --protocol tcp --port-range From=443,To=443 --cidr-block 0.0.0.0/0',
      '--rule-number 3 --protocol tcp --port-range From=32768,To=60999 --cidr-block 10.0.0.0/24',
      '--rule-number 4 --protocol tcp --port-range From=32768,To=60999 --cidr-block 10.0.1.0/24',
    ]);
    expect(finding?.seen).toContain('tcp 32768-60999 to 10.0.1.0/24');
  });

  test('of an ACL, no rule for what another holds', () => {
    const acls = changed(endpointNetwork.acls, 'acl-1', { entries: [entry('inbound')] });
    const fix = findingsOf({ ...endpointNetwork, acls }).find(
      ({ code }) => code === 'acl-outbound-closed',
    )?.fix;
    expect(fix?.match(/From=443,To=443/g)).toHaveLength(1);
  });

  const revoked = (change: Parameters<typeof rule>[0]) => {
    const groups = changed(publicNetwork.groups, 'sg-jobs', { ingress: [rule(change)] });
    return findingsOf({ ...publicNetwork, groups })[0]?.fix;
  };
  const everyPort = { from: 0, to: 65_535 };
  test.each([
    [
      { cidrs: ['0.0.0.0/0'], ipv6Cidrs: ['::/0'] },
      'IpProtocol=tcp,FromPort=443,ToPort=443,IpRanges=[{CidrIp=0.0.0.0/0}],Ipv6Ranges=[{CidrIpv6=::/0}]',
    ],
    [
      { protocol: 'icmp', ports: everyPort, cidrs: ['0.0.0.0/0'] },
      'IpProtocol=icmp,FromPort=-1,ToPort=-1,IpRanges=[{CidrIp=0.0.0.0/0}]',
    ],
    [
      { protocol: 'icmp', ports: { from: 8, to: -1 }, cidrs: ['0.0.0.0/0'] },
      'IpProtocol=icmp,FromPort=8,ToPort=-1,IpRanges=[{CidrIp=0.0.0.0/0}]',
    ],
    [
      { protocol: 'tcp', ports: everyPort, cidrs: ['0.0.0.0/0'] },
      'IpProtocol=tcp,FromPort=0,ToPort=65535,IpRanges=[{CidrIp=0.0.0.0/0}]',
    ],
    [{ protocol: '-1', ports: everyPort, ipv6Cidrs: ['::/0'] }, 'IpProtocol=-1,Ipv6Ranges=[{CidrIpv6=::/0}]'],
    [
      { protocol: '50', ports: everyPort, cidrs: ['0.0.0.0/0'] },
      'IpProtocol=50,IpRanges=[{CidrIp=0.0.0.0/0}]',
    ],
  ] as const)('of the open rule %j, how to revoke all of it', (change, permission) => {
    expect(revoked(change)).toBe(
      `aws ec2 revoke-security-group-ingress --region us-west-2 --group-id sg-jobs --ip-permissions '${permission}'`,
    );
  });

  test('of a closed endpoint, a rule for the groups of every environment', () => {
    const other = { ...endpointNetwork.need, environment: 'night', securityGroups: ['sg-night'] };
    const [jobs] = endpointNetwork.groups;
    const groups = [jobs, jobs && { ...jobs, id: 'sg-night' }].flatMap((one) => one ?? []);
    const endpointGroups = changed(endpointNetwork.endpointGroups, 'sg-ends', { ingress: [] });
    const facts = factsOf({ ...endpointNetwork, groups, endpointGroups });
    const fixes = judgeNetwork(facts, [endpointNetwork.need, other]).flatMap(({ findings }) => findings);
    expect(fixes[0]?.fix.match(/--source-group [\w-]+/g)).toEqual([
      '--source-group sg-jobs',
      '--source-group sg-night',
    ]);
  });

  describe('of a subnet that is not there', () => {
    const subnets = ['subnet-a', 'subnet-zz'];
    const fixOf = (...changes: readonly Partial<Network['need']>[]) => {
      const needs = changes.map((change) => ({ ...publicNetwork.need, subnets, ...change }));
      return judgeNetwork(factsOf(publicNetwork), needs).flatMap(({ findings }) => findings)[0]?.fix;
    };

    test('how to change every environment that names it', () => {
      expect(fixOf({}, { environment: 'night' })?.match(/--compute-environment \w+ .*=[\w-]+/g)).toEqual([
        '--compute-environment spot --compute-resources subnets=subnet-a',
        '--compute-environment night --compute-resources subnets=subnet-a',
      ]);
    });

    test('what the change does to running jobs', () => {
      expect(fixOf({ strategy: 'BEST_FIT_PROGRESSIVE' })).toContain('ended after 30 minutes');
    });

    test('no command that BEST_FIT refuses', () => {
      expect(fixOf({ strategy: 'BEST_FIT' })).not.toContain('update-compute-environment');
    });

    test('where to choose others, if none is left', () => {
      expect(fixOf({ subnets: ['subnet-zz'] })).toMatch(
        /^Choose SUBNETS with `aws ec2 describe-subnets[^`]+`\.\n.*subnets=SUBNETS$/,
      );
    });
  });

  test('of two VPCs, to keep the one of most subnets', () => {
    const [first] = publicNetwork.subnets;
    const odd = first === undefined ? [] : [{ ...first, id: 'subnet-c', vpc: 'vpc-2' }];
    const subnets = [...odd, ...publicNetwork.subnets];
    const need = { ...publicNetwork.need, subnets: subnets.map(({ id }) => id) };
    expect(findingsOf({ ...publicNetwork, subnets, need })[0]).toMatchObject({
      code: 'subnets-in-several-vpcs',
      fix: expect.stringMatching(/subnets=subnet-a,subnet-b$/),
    });
  });

  test('of a missing endpoint, how to make it like the others', () => {
    const endpoints = endpointNetwork.endpoints.filter(({ id }) => id !== 'vpce-ecr.dkr');
    expect(findingsOf({ ...endpointNetwork, endpoints })[0]?.fix).toBe(
      '`aws ec2 create-vpc-endpoint --region us-west-2 --vpc-id vpc-1 --service-name com.amazonaws.us-west-2.ecr.dkr --vpc-endpoint-type Interface --subnet-ids subnet-a subnet-b --security-group-ids sg-ends --private-dns-enabled`, about $15 a month, and $0.01 per GB.',
    );
  });

  test('of no environment, that there was nothing to look at', () => {
    const checks = judgeNetwork(factsOf(publicNetwork), []);
    expect(checks.every(({ nothing }) => nothing !== undefined)).toBe(true);
  });

  test('of what an environment does not use, that there was nothing to look at', () => {
    const nothing = checksOf(publicNetwork).flatMap((check) =>
      check.nothing === undefined ? [] : check.check,
    );
    expect(nothing).toEqual([
      'nat',
      'nat-money',
      'endpoints',
      'registries',
      'endpoint-dns',
      'endpoint-groups',
      'endpoint-policies',
    ]);
  });

  test('of zones, those of the subnets', () => {
    expect(zonesOf(factsOf(publicNetwork))).toEqual(
      known(
        new Map([
          ['subnet-a', 'us-west-2a'],
          ['subnet-b', 'us-west-2b'],
        ]),
      ),
    );
  });
});

describe('what was refused', () => {
  const undone = (network: Network, change: Partial<NetworkFacts>) =>
    checksOf(network, change).flatMap(({ check, notDone }) => (notDone.length === 0 ? [] : check));

  test.each([
    ['securityGroups', ['security-groups', 'one-vpc', 'endpoint-groups', 'group-egress', 'open-inbound']],
    ['endpointGroups', ['endpoint-groups']],
    ['dns', ['endpoint-dns']],
    ['acls', ['network-acls']],
    ['nats', []],
    ['internetGateways', []],
  ] as const)('%s leaves undone what needs it, in a network of endpoints', (name, checks) => {
    expect(undone(endpointNetwork, { [name]: unknown(`ec2:${name}`) })).toEqual(checks);
  });

  test.each([
    ['nats', ['nat', 'internet-gateways', 'block-public-access', 'network-acls']],
    ['internetGateways', ['internet-gateways']],
    ['dns', []],
  ] as const)('%s leaves undone what needs it, behind NAT', (name, checks) => {
    expect(undone(natNetwork, { [name]: unknown(`ec2:${name}`) })).toEqual(checks);
  });

  test('subnets leave undone all but the groups', () => {
    const all = checksOf(natNetwork).map(({ check }) => check);
    const refused = undone(natNetwork, { subnets: unknown('ec2:DescribeSubnets') });
    expect(all.filter((check) => !refused.includes(check))).toEqual(['security-groups', 'open-inbound']);
  });

  test('the same action is told once a check', () => {
    const refused = unknown('ec2:DescribeSubnets');
    const [check] = checksOf(natNetwork, { nats: refused, neighbours: refused }).filter(
      ({ notDone }) => notDone.length > 0,
    );
    expect(check?.notDone).toEqual([{ action: 'ec2:DescribeSubnets', why: 'refused' }]);
  });
});
