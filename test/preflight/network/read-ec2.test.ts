import { expect, test } from 'vitest';
import { natOf, routeTableOf, securityGroupOf, subnetOf } from '../../../src/preflight/network/read-ec2.ts';
import { aclOf, endpointOf, internetGatewayOf } from '../../../src/preflight/network/read-vpc.ts';

/** Shapes of the SDK's types, with what moto never says. */

const routeOf = (route: object) => routeTableOf({ RouteTableId: 'rtb-1', Routes: [route] }).routes[0];
const toAll = { DestinationCidrBlock: '0.0.0.0/0', State: 'active' } as const;

test.each([
  [{ GatewayId: 'local' }, 'local', 'local'],
  [{ GatewayId: 'igw-1' }, 'internet', 'igw-1'],
  [{ NatGatewayId: 'nat-1' }, 'nat', 'nat-1'],
  [{ GatewayId: 'vgw-1' }, 'elsewhere', 'vgw-1'],
  [{ GatewayId: 'vpce-firewall' }, 'elsewhere', 'vpce-firewall'],
  [{ TransitGatewayId: 'tgw-1' }, 'elsewhere', 'tgw-1'],
  [{ VpcPeeringConnectionId: 'pcx-1' }, 'elsewhere', 'pcx-1'],
  [{ NetworkInterfaceId: 'eni-1' }, 'elsewhere', 'eni-1'],
  [
    { CoreNetworkArn: 'arn:aws:networkmanager::1:core-network/1' },
    'elsewhere',
    'arn:aws:networkmanager::1:core-network/1',
  ],
])('a route with %o is of kind %s', (target, kind, id) => {
  expect(routeOf({ ...toAll, ...target })).toEqual({
    ...{ destination: '0.0.0.0/0', target: id, kind, state: 'active' },
  });
});

test('a route of a gateway endpoint goes to a prefix list', () => {
  expect(routeOf({ DestinationPrefixListId: 'pl-1', GatewayId: 'vpce-1', State: 'active' })).toMatchObject({
    ...{ destination: 'pl-1', kind: 'endpoint', target: 'vpce-1' },
  });
});

test('a blackhole stays one', () => {
  expect(routeOf({ ...toAll, NatGatewayId: 'nat-1', State: 'blackhole' })).toMatchObject({
    state: 'blackhole',
  });
});

test('the state of an association is read, and which one is the main one', () => {
  const Associations = [
    { Main: true, AssociationState: { State: 'associated' } } as const,
    { Main: false, SubnetId: 'subnet-1', AssociationState: { State: 'failed' } } as const,
  ];
  expect(routeTableOf({ Associations: [...Associations] }).associations).toEqual([
    { isMain: true, state: 'associated' },
    { isMain: false, subnet: 'subnet-1', state: 'failed' },
  ]);
});

test('a subnet says what Block Public Access does to it', () => {
  const BlockPublicAccessStates = { InternetGatewayBlockMode: 'block-ingress' } as const;
  expect(subnetOf({ BlockPublicAccessStates })).toMatchObject({ internetBlock: 'block-ingress' });
  expect(subnetOf({})).toMatchObject({ internetBlock: 'off' });
});

test('rules without ports are of every port', () => {
  const { egress } = securityGroupOf({
    IpPermissionsEgress: [{ IpProtocol: '-1', IpRanges: [{ CidrIp: '0.0.0.0/0' }] }],
  });
  expect(egress).toMatchObject([{ ports: { from: 0, to: 65_535 }, cidrs: ['0.0.0.0/0'] }]);
});

test('a regional NAT gateway has no subnet, and one that failed says why', () => {
  expect(natOf({ NatGatewayId: 'nat-1', State: 'failed', FailureMessage: 'no address' })).toEqual({
    ...{ id: 'nat-1', vpc: '', state: 'failed', connectivity: 'public', failure: 'no address' },
  });
});

test('the state of an endpoint is compared in lower case', () => {
  expect(endpointOf({ State: 'Available' }).state).toBe('available');
});

const statement = { Effect: 'Allow', Principal: '*', Action: '*', Resource: '*' };
test.each([
  ['none', undefined, true],
  ['that of a new endpoint', { Statement: [statement] }, true],
  ['one for everybody of AWS', { Statement: [{ ...statement, Principal: { AWS: '*' } }] }, true],
  ['one for some actions', { Statement: [{ ...statement, Action: ['s3:GetObject'] }] }, false],
  ['one with a condition', { Statement: [{ ...statement, Condition: { Bool: {} } }] }, false],
  ['one that denies', { Statement: [statement, { ...statement, Effect: 'Deny' }] }, false],
  ['one of another shape', { statements: [] }, false],
  ['one whose only statement is in no list', { Statement: statement }, true],
  [
    'one for who uses TLS',
    { Statement: { ...statement, Condition: { Bool: { 'aws:SecureTransport': true } } } },
    false,
  ],
  ['one of no statement', { Statement: [] }, false],
])('of policies, %s is open: %3$s', (_, policy, isOpen) => {
  const PolicyDocument = policy === undefined ? {} : { PolicyDocument: JSON.stringify(policy) };
  expect(endpointOf(PolicyDocument).openPolicy).toBe(isOpen);
});

test('a policy that is no JSON is not open', () => {
  expect(endpointOf({ PolicyDocument: '{' }).openPolicy).toBe(false);
});

test('entries of a network ACL for IPv6 are left out', () => {
  const Entries = [
    { RuleNumber: 1, Egress: true, Protocol: '-1', RuleAction: 'allow', Ipv6CidrBlock: '::/0' } as const,
    {
      RuleNumber: 2,
      Egress: false,
      Protocol: '6',
      RuleAction: 'deny',
      CidrBlock: '0.0.0.0/0',
      PortRange: { From: 1, To: 9 },
    } as const,
  ];
  expect(aclOf({ Entries: [...Entries] }).entries).toEqual([
    {
      number: 2,
      direction: 'inbound',
      allows: false,
      protocol: '6',
      ports: { from: 1, to: 9 },
      cidr: '0.0.0.0/0',
    },
  ]);
});

test('attachments of internet gateways are read with their state', () => {
  const Attachments = [{ VpcId: 'vpc-1', State: 'attaching' as const }];
  expect(internetGatewayOf({ InternetGatewayId: 'igw-1', Attachments })).toEqual({
    ...{ id: 'igw-1', attachments: [{ vpc: 'vpc-1', state: 'attaching' }] },
  });
});
