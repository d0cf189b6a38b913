import { describe, expect, test } from 'vitest';
import type { Check } from '../../src/preflight/finding.ts';
import { gatherNetwork } from '../../src/preflight/network/gather-network.ts';
import { judgeNetwork } from '../../src/preflight/network/judge-network.ts';
import type { NetworkNeed } from '../../src/preflight/network/need.ts';
import {
  ec2With,
  endpointSite,
  found,
  givePublicAddresses,
  httpsFrom,
  natSite,
  newEndpoint,
  newGroup,
  newNat,
  newS3Endpoint,
  newSubnet,
  publicSite,
  region,
  type Site,
  toInternet,
} from './preflight-network-site.ts';

const ec2 = ec2With();

async function checksOf(needs: readonly NetworkNeed[], client = ec2): Promise<readonly Check[]> {
  return judgeNetwork(await gatherNetwork({ ec2: client }, region, needs), needs);
}

/** `code about`, in order; a check that was not done would hide what it should find. */
async function findingsOf(...needs: readonly NetworkNeed[]): Promise<readonly string[]> {
  const checks = await checksOf(needs);
  expect(checks.flatMap(({ notDone }) => notDone)).toEqual([]);
  return checks.flatMap(({ findings }) => findings).map(({ code, about }) => `${code} ${about}`);
}

const withNeed = (site: Site, need: Partial<NetworkNeed>): Site => ({
  ...site,
  need: { ...site.need, ...need },
});

/** Changes a site; says how it is used then, and the one finding. */
type Fault = (site: Site) => Promise<readonly [finding: string, site?: Site]>;

const dissociate = async (subnet: string) => {
  const Filters = [{ Name: 'association.subnet-id', Values: [subnet] }];
  const { RouteTables: [table] = [] } = await ec2.describeRouteTables({ Filters });
  const association = table?.Associations?.find(({ SubnetId }) => SubnetId === subnet);
  await ec2.disassociateRouteTable({ AssociationId: found(association?.RouteTableAssociationId) });
};

/** A network ACL without a rule lets nothing through. */
const newAcl = async ({ vpc }: Site, subnet: string) => {
  const acl = found((await ec2.createNetworkAcl({ VpcId: vpc })).NetworkAcl?.NetworkAclId);
  const Filters = [{ Name: 'association.subnet-id', Values: [subnet] }];
  const { NetworkAcls: [old] = [] } = await ec2.describeNetworkAcls({ Filters });
  const association = old?.Associations?.find(({ SubnetId }) => SubnetId === subnet);
  await ec2.replaceNetworkAclAssociation({
    ...{ NetworkAclId: acl, AssociationId: found(association?.NetworkAclAssociationId) },
  });
  return acl;
};

const allow = (acl: string, Egress: boolean, From: number, To: number) =>
  ec2.createNetworkAclEntry({
    ...{ NetworkAclId: acl, RuleNumber: 100, Protocol: '6', RuleAction: 'allow', Egress },
    ...{ CidrBlock: '0.0.0.0/0', PortRange: { From, To } },
  });

const closeEgress = async (group: string) => {
  const everywhere = [{ IpProtocol: '-1', IpRanges: [{ CidrIp: '0.0.0.0/0' }] }];
  await ec2.revokeSecurityGroupEgress({ GroupId: group, IpPermissions: everywhere });
};

const publicFaults: Readonly<Record<string, Fault>> = {
  'a public subnet without public addresses': async ({ subnets: [first] }) => {
    await givePublicAddresses(first, false);
    return [`no-public-address ${first}`];
  },
  'a launch template without public addresses': async (site) => [
    `no-public-address ${site.need.environment}`,
    withNeed(site, { publicAddress: false }),
  ],
  'a subnet that does not exist': async (site) => [
    'subnet-missing subnet-0123456789abcdef0',
    withNeed(site, { subnets: [site.subnets[0], 'subnet-0123456789abcdef0'] }),
  ],
  'a security group that does not exist': async (site) => [
    'security-group-missing sg-0123456789abcdef0',
    withNeed(site, { securityGroups: [site.group, 'sg-0123456789abcdef0'] }),
  ],
  'a security group of another VPC': async (site) => {
    const other = (await publicSite()).group;
    return [`security-group-in-other-vpc ${other}`, withNeed(site, { securityGroups: [other] })];
  },
  'subnets of two VPCs': async (site) => {
    const other = await publicSite();
    const subnets = [...site.subnets, other.subnets[0]];
    return [`subnets-in-several-vpcs ${site.need.environment}`, withNeed(site, { subnets })];
  },
  'fewer addresses than instances': async (site) => [
    `addresses-few ${site.need.environment}`,
    withNeed(site, { instances: 600 }),
  ],
  'no free address': async (site) => {
    const Filters = [{ Name: 'vpc-id', Values: [site.vpc] }];
    const { Vpcs: [vpc] = [] } = await ec2.describeVpcs({ Filters });
    const net = found(vpc?.CidrBlock).split('.').slice(0, 2).join('.');
    const small = await newSubnet(site.vpc, `${net}.9.0/28`, `${region}a`);
    await givePublicAddresses(small, true);
    await ec2.associateRouteTable({ RouteTableId: site.table, SubnetId: small });
    for (let taken = 0; taken < 11; taken++) await ec2.createNetworkInterface({ SubnetId: small });
    return [`addresses-none ${site.need.environment}`, withNeed(site, { subnets: [small] })];
  },
  'a security group that lets nothing out': async ({ group }) => {
    await closeEgress(group);
    return [`group-egress-closed ${group}`];
  },
  'a security group that lets HTTPS out to a few addresses': async ({ group }) => {
    await closeEgress(group);
    const IpPermissions = [httpsFrom({ IpRanges: [{ CidrIp: '52.0.0.0/8' }] })];
    await ec2.authorizeSecurityGroupEgress({ GroupId: group, IpPermissions });
    return [`group-egress-narrow ${group}`];
  },
  'SSH open to everybody': async ({ group }) => {
    const ssh = { IpProtocol: 'tcp', FromPort: 22, ToPort: 22, IpRanges: [{ CidrIp: '0.0.0.0/0' }] };
    await ec2.authorizeSecurityGroupIngress({ GroupId: group, IpPermissions: [ssh] });
    return [`open-inbound ${group}`];
  },
  'a network ACL that lets no HTTPS out': async (site) => {
    const acl = await newAcl(site, site.subnets[0]);
    await allow(acl, false, 1024, 65_535);
    return [`acl-outbound-closed ${acl}`];
  },
  'a network ACL that lets no answers in': async (site) => {
    const acl = await newAcl(site, site.subnets[0]);
    await allow(acl, true, 443, 443);
    return [`acl-inbound-closed ${acl}`];
  },
  'an internet gateway that was detached': async ({ vpc, gateway }) => {
    await ec2.detachInternetGateway({ VpcId: vpc, InternetGatewayId: gateway });
    return [`igw-not-attached ${gateway}`];
  },
  'an implicit main route table without egress': async ({ subnets: [first], mainTable }) => {
    await dissociate(first);
    return [`no-egress ${mainTable}`];
  },
};

const natFaults: Readonly<Record<string, Fault>> = {
  'a private NAT gateway': async ({ table, edge }) => {
    const nat = await newNat(edge, 'private');
    await ec2.replaceRoute({ ...toInternet(table), NatGatewayId: nat });
    return [`nat-private ${nat}`];
  },
  'a deleted NAT gateway': async ({ nat }) => {
    await ec2.deleteNatGateway({ NatGatewayId: nat });
    return [`nat-not-available ${nat}`];
  },
  'a NAT gateway whose subnet leads nowhere': async ({ nat, edgeTable }) => {
    await ec2.deleteRoute(toInternet(edgeTable));
    return [`nat-no-internet ${nat}`];
  },
  'a NAT gateway in the subnet that it serves': async (site) => {
    const nat = await newNat(site.subnets[0]);
    await ec2.replaceRoute({ ...toInternet(site.table), NatGatewayId: nat });
    return [`nat-no-internet ${nat}`];
  },
  'a route to a transit gateway': async ({ table }) => {
    const { TransitGateway } = await ec2.createTransitGateway({});
    await ec2.deleteRoute(toInternet(table));
    const TransitGatewayId = found(TransitGateway?.TransitGatewayId);
    await ec2.createRoute({ ...toInternet(table), TransitGatewayId });
    return [`egress-elsewhere ${table}`];
  },
  'no S3 endpoint, so that layers go by NAT': async ({ vpc, s3 }) => {
    await ec2.deleteVpcEndpoints({ VpcEndpointIds: [found(s3)] });
    return [`nat-without-s3-endpoint ${vpc}`];
  },
  'a route table without a way out': async ({ table }) => {
    await ec2.deleteRoute(toInternet(table));
    return [`no-egress ${table}`];
  },
  'a network ACL of the NAT gateway that lets nothing in from its users': async (site) => {
    const acl = await newAcl(site, site.edge);
    await allow(acl, true, 0, 65_535);
    await allow(acl, false, 1024, 65_535);
    return [`acl-inbound-closed ${acl}`];
  },
  'a closed endpoint that names lead to, NAT or not': async (site) => {
    const group = await newGroup(site.vpc, 'closed');
    await newEndpoint(site, 'ecr.api', group, site.subnets);
    return [`endpoint-closed ${group}`];
  },
};

const drop =
  (service: string): Fault =>
  async ({ endpoints }) => {
    await ec2.deleteVpcEndpoints({ VpcEndpointIds: [found(endpoints.get(service))] });
    return [`endpoint-missing com.amazonaws.${region}.${service}`];
  };
const instead =
  (service: string, privateDns: boolean, zones: 1 | 2): Fault =>
  async (site) => {
    await ec2.deleteVpcEndpoints({ VpcEndpointIds: [found(site.endpoints.get(service))] });
    const subnets = site.subnets.slice(0, zones);
    await newEndpoint(site, service, found(site.endpointGroup), subnets, privateDns);
    const other = `endpoint-in-other-zone ${site.subnets[1]}`;
    return [privateDns ? other : `endpoint-no-private-dns com.amazonaws.${region}.${service}`];
  };

const endpointFaults: Readonly<Record<string, Fault>> = {
  'no endpoint of ECR Docker': drop('ecr.dkr'),
  'no endpoint of ECR': drop('ecr.api'),
  'no endpoint of the ECS agent': drop('ecs-agent'),
  'no endpoint of ECS telemetry': drop('ecs-telemetry'),
  'no endpoint of ECS': drop('ecs'),
  'no endpoint of Logs': drop('logs'),
  'no endpoint of S3': async ({ s3 }) => {
    await ec2.deleteVpcEndpoints({ VpcEndpointIds: [found(s3)] });
    return [`endpoint-missing com.amazonaws.${region}.s3`];
  },
  'an S3 endpoint on another route table': async ({ vpc, s3, edgeTable }) => {
    await ec2.deleteVpcEndpoints({ VpcEndpointIds: [found(s3)] });
    await newS3Endpoint(vpc, [edgeTable]);
    return [`s3-endpoint-not-attached com.amazonaws.${region}.s3`];
  },
  'an endpoint without private DNS': instead('logs', false, 2),
  'an endpoint in one zone': instead('logs', true, 1),
  'endpoints whose security group is closed': async ({ group, endpointGroup }) => {
    const IpPermissions = [httpsFrom({ UserIdGroupPairs: [{ GroupId: group }] })];
    await ec2.revokeSecurityGroupIngress({ GroupId: endpointGroup, IpPermissions });
    return [`endpoint-closed ${endpointGroup}`];
  },
  'a VPC without host names': async ({ vpc }) => {
    await ec2.modifyVpcAttribute({ VpcId: vpc, EnableDnsHostnames: { Value: false } });
    return [`dns-hostnames-off ${vpc}`];
  },
  'a VPC without DNS': async ({ vpc }) => {
    await ec2.modifyVpcAttribute({ VpcId: vpc, EnableDnsSupport: { Value: false } });
    return [`dns-support-off ${vpc}`];
  },
  'an S3 endpoint with a policy of its own': async ({ s3 }) => {
    const Statement = [
      { Effect: 'Allow', Principal: '*', Action: 's3:GetObject', Resource: 'arn:aws:s3:::ours/*' },
    ];
    await ec2.modifyVpcEndpoint({ VpcEndpointId: s3, PolicyDocument: JSON.stringify({ Statement }) });
    return [`endpoint-policy ${s3}`];
  },
  'a security group that reaches the endpoints but not S3': async ({ group, endpointGroup }) => {
    await closeEgress(group);
    const IpPermissions = [httpsFrom({ UserIdGroupPairs: [{ GroupId: endpointGroup }] })];
    await ec2.authorizeSecurityGroupEgress({ GroupId: group, IpPermissions });
    return [`group-egress-missing ${group}`];
  },
};

describe('the network on moto', () => {
  const kinds = { public: publicSite, NAT: natSite, endpoints: endpointSite } as const;
  test.each(Object.entries(kinds))('a right set-up by %s gives no finding', async (_, build) => {
    const { need } = await build();
    expect(await findingsOf(need)).toEqual([]);
  });

  const single = [
    ...Object.entries(publicFaults).map(([name, fault]) => [name, publicSite, fault] as const),
    ...Object.entries(natFaults).map(([name, fault]) => [name, natSite, fault] as const),
    ...Object.entries(endpointFaults).map(([name, fault]) => [name, endpointSite, fault] as const),
  ];
  test.each(single)('%s gives its finding, and nothing else', async (_, build, fault) => {
    const right = await build();
    const [finding, site = right] = await fault(right);
    expect(await findingsOf(site.need)).toEqual([finding]);
  });

  const faultsOf = { public: publicFaults, NAT: natFaults, endpoints: endpointFaults } as const;
  test.each([
    [
      'public',
      'a public subnet without public addresses',
      'SSH open to everybody',
      'a network ACL that lets no answers in',
    ],
    ['public', 'fewer addresses than instances', 'a security group that lets nothing out'],
    ['NAT', 'a deleted NAT gateway', 'no S3 endpoint, so that layers go by NAT'],
    [
      'NAT',
      'a private NAT gateway',
      'a network ACL of the NAT gateway that lets nothing in from its users',
      'a closed endpoint that names lead to, NAT or not',
    ],
    [
      'endpoints',
      'no endpoint of ECR Docker',
      'no endpoint of Logs',
      'an S3 endpoint on another route table',
      'a VPC without host names',
    ],
    [
      'endpoints',
      'no endpoint of ECS',
      'endpoints whose security group is closed',
      'an endpoint in one zone',
      'an S3 endpoint with a policy of its own',
    ],
  ] as const)('by %s: all of %s, %s …', async (kind, ...names) => {
    const right = await kinds[kind]();
    const all: Readonly<Record<string, Fault>> = faultsOf[kind];
    const expected: string[] = [];
    let site = right;
    for (const name of names) {
      const [finding, changed = site] = (await all[name]?.(site)) ?? ['no such fault'];
      expected.push(finding);
      site = changed;
    }
    expect((await findingsOf(site.need)).toSorted()).toEqual(expected.toSorted());
  });

  test('environments of several kinds are judged together, each for itself', async () => {
    const sites = [await publicSite(), await natSite(), await endpointSite()];
    const [finding] = (await natFaults['a deleted NAT gateway']?.(sites[1] ?? (await natSite()))) ?? [];
    expect(await findingsOf(...sites.map(({ need }) => need))).toEqual([finding]);
  });

  test('asks once per kind of thing, however many environments there are', async () => {
    const sites = [await publicSite(), await publicSite(), await natSite(), await natSite()];
    const calls: string[] = [];
    await checksOf(
      sites.map(({ need }) => need),
      ec2With({ onRequest: (_, operation) => calls.push(operation) }),
    );
    expect(calls.toSorted()).toEqual([
      'DescribeInternetGateways',
      'DescribeNatGateways',
      'DescribeNetworkAcls',
      'DescribeRouteTables',
      'DescribeSecurityGroups',
      'DescribeSubnets',
      // Those of the NAT gateways.
      'DescribeSubnets',
      'DescribeVpcEndpoints',
    ]);
  });

  test('asks for two attributes of each VPC with interface endpoints, and for their groups', async () => {
    const sites = [await endpointSite(), await endpointSite()];
    const calls: string[] = [];
    await checksOf(
      sites.map(({ need }) => need),
      ec2With({ onRequest: (_, operation) => calls.push(operation) }),
    );
    expect(calls.filter((name) => name === 'DescribeVpcAttribute')).toHaveLength(4);
    expect(calls.filter((name) => name === 'DescribeSecurityGroups')).toHaveLength(2);
    expect(calls).toHaveLength(12);
  });

  /** What moto would answer, altered on its way in: moto refuses nothing, and never throttles. */
  const refusing = (operation: string, name: string) => {
    const client = ec2With();
    client.middlewareStack.add(
      (next, context) => async (args) => {
        if (context.commandName !== `${operation}Command`) return next(args);
        throw Object.assign(new Error('no'), {
          ...{ name, $fault: 'client', $metadata: { httpStatusCode: 403 } },
        });
      },
      { step: 'initialize', name: 'refuse' },
    );
    return client;
  };

  test.each([
    ['DescribeNetworkAcls', ['network-acls']],
    ['DescribeNatGateways', ['nat', 'internet-gateways', 'block-public-access', 'network-acls']],
    ['DescribeRouteTables', 'all that follow from it'],
  ] as const)(
    'without %s, the checks that need it are not done, and the others are',
    async (operation, undone) => {
      const site = await natSite();
      await ec2.authorizeSecurityGroupIngress({
        GroupId: site.group,
        IpPermissions: [httpsFrom({ IpRanges: [{ CidrIp: '0.0.0.0/0' }] })],
      });
      const checks = await checksOf([site.need], refusing(operation, 'UnauthorizedOperation'));
      const notDone = checks.filter((check) => check.notDone.length > 0);
      expect(new Set(notDone.flatMap((check) => check.notDone.map(({ action }) => action)))).toEqual(
        new Set([`ec2:${operation}`]),
      );
      if (typeof undone !== 'string') expect(notDone.map(({ check }) => check)).toEqual(undone);
      expect(checks.flatMap(({ findings }) => findings)).toMatchObject([
        { code: 'open-inbound', about: site.group },
      ]);
    },
  );

  test('throttled calls leave their checks undone', async () => {
    const { need } = await publicSite();
    const checks = await checksOf([need], refusing('DescribeSubnets', 'RequestLimitExceeded'));
    expect(checks.find(({ check }) => check === 'egress')?.notDone).toMatchObject([
      { action: 'ec2:DescribeSubnets' },
    ]);
  });
});
