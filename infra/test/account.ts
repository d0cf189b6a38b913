import { z } from 'zod';
import type { Answer } from '../../src/aws/answer.ts';
import type { EnvironmentFacts, QueueFacts } from '../../src/preflight/capacity/facts.ts';
import type { NetworkFacts, Route, Rule } from '../../src/preflight/network/facts.ts';
import { resourcesOf, type Synthesized } from './synthesized.ts';

// An account as preflight would find it after a deployment: facts from the template, by logical id.

export const known = <Value>(value: Value): Answer<Value> => ({ known: true, value });

const ref = z
  .union([
    z.strictObject({ Ref: z.string() }),
    z.strictObject({ 'Fn::GetAtt': z.array(z.string()) }),
    z.string(),
  ])
  .transform((one) =>
    typeof one === 'string' ? one : 'Ref' in one ? one.Ref : (one['Fn::GetAtt'][0] ?? ''),
  );
const refs = z.array(ref).default([]);
const text = z.string().catch('');

const ofType = (template: Synthesized, type: string) =>
  Object.entries(template.Resources)
    .filter(([, { Type }]) => Type === type)
    .map(
      ([id, { Properties }]) =>
        ({ id, ...Properties }) as { readonly id: string } & Readonly<Record<string, unknown>>,
    );

const byId = <Item extends { readonly id: string }>(items: readonly Item[]) =>
  known(new Map(items.map((item) => [item.id, item])));

export function networkOf(template: Synthesized): NetworkFacts {
  const [vpc = ''] = ofType(template, 'AWS::EC2::VPC').map(({ id }) => id);
  const groups = ofType(template, 'AWS::EC2::SecurityGroup').map(({ id, SecurityGroupEgress }) => ({
    ...{
      id,
      vpc,
      ingress: ingressOf(template, id),
      egress: z.array(rule).default([]).parse(SecurityGroupEgress),
    },
  }));
  const subnets = ofType(template, 'AWS::EC2::Subnet').map(
    ({ id, CidrBlock, MapPublicIpOnLaunch }, index) => ({
      ...{ id, vpc, state: 'available', zone: `us-east-1${'abc'[index % 3]}`, cidr: text.parse(CidrBlock) },
      ...{
        freeAddresses: 4000,
        publicAddresses: MapPublicIpOnLaunch === true,
        ipv6Only: false,
        internetBlock: 'off',
      },
    }),
  );
  return {
    region: 'us-east-1',
    ...{ subnets: byId(subnets), neighbours: byId(subnets) },
    ...{ securityGroups: byId(groups), endpointGroups: byId(groups) },
    routeTables: known(
      ofType(template, 'AWS::EC2::RouteTable').map(({ id }) => ({
        ...{ id, vpc, associations: associationsOf(template, id), routes: routesOf(template, id) },
      })),
    ),
    nats: known(
      ofType(template, 'AWS::EC2::NatGateway').map(({ id, SubnetId }) => ({
        ...{ id, vpc, state: 'available', connectivity: 'public', subnet: ref.parse(SubnetId) },
      })),
    ),
    internetGateways: known(
      ofType(template, 'AWS::EC2::InternetGateway').map(({ id }) => ({
        id,
        attachments: ofType(template, 'AWS::EC2::VPCGatewayAttachment')
          .filter(({ InternetGatewayId }) => ref.parse(InternetGatewayId) === id)
          .map(() => ({ vpc, state: 'available' })),
      })),
    ),
    endpoints: known(
      ofType(template, 'AWS::EC2::VPCEndpoint').map((one) => ({ vpc, ...endpoint.parse(one) })),
    ),
    // The default one of a VPC, which lets everything through.
    acls: known([]),
    dns: known(
      new Map(
        ofType(template, 'AWS::EC2::VPC').map(({ id, EnableDnsSupport, EnableDnsHostnames }) => [
          id,
          { support: EnableDnsSupport === true, hostnames: EnableDnsHostnames === true },
        ]),
      ),
    ),
  };
}

const rule = z
  .looseObject({
    IpProtocol: z.string(),
    FromPort: z.number(),
    ToPort: z.number(),
    CidrIp: z.string().optional(),
    SourceSecurityGroupId: ref.optional(),
  })
  .transform(
    ({ IpProtocol, FromPort, ToPort, CidrIp, SourceSecurityGroupId }): Rule => ({
      ...{ protocol: IpProtocol, ports: { from: FromPort, to: ToPort } },
      ...{ cidrs: CidrIp === undefined ? [] : [CidrIp], ipv6Cidrs: [], prefixLists: [] },
      groups: SourceSecurityGroupId === undefined ? [] : [SourceSecurityGroupId],
    }),
  );

const ingressOf = (template: Synthesized, group: string): readonly Rule[] =>
  ofType(template, 'AWS::EC2::SecurityGroupIngress')
    .filter(({ GroupId }) => ref.parse(GroupId) === group)
    .map((one) => rule.parse(one));

const associationsOf = (template: Synthesized, table: string) =>
  ofType(template, 'AWS::EC2::SubnetRouteTableAssociation')
    .filter(({ RouteTableId }) => ref.parse(RouteTableId) === table)
    .map(({ SubnetId }) => ({ isMain: false, subnet: ref.parse(SubnetId), state: 'associated' }));

function routesOf(template: Synthesized, table: string): readonly Route[] {
  const own = ofType(template, 'AWS::EC2::Route').filter(
    ({ RouteTableId }) => ref.parse(RouteTableId) === table,
  );
  const gateways = ofType(template, 'AWS::EC2::VPCEndpoint').filter(({ RouteTableIds }) =>
    refs.parse(RouteTableIds).includes(table),
  );
  return [
    { destination: '10.84.0.0/16', target: 'local', kind: 'local', state: 'active' },
    ...own.map(({ DestinationCidrBlock, GatewayId, NatGatewayId }): Route => {
      const isNat = NatGatewayId !== undefined;
      const target = ref.parse(isNat ? NatGatewayId : GatewayId);
      return {
        destination: text.parse(DestinationCidrBlock),
        target,
        kind: isNat ? 'nat' : 'internet',
        state: 'active',
      };
    }),
    ...gateways.map(
      ({ id }): Route => ({ destination: 'pl-s3', target: id, kind: 'endpoint', state: 'active' }),
    ),
  ];
}

/** `com.amazonaws.<region>.s3`, as the template puts it together. */
const serviceName = z
  .union([z.string(), z.strictObject({ 'Fn::Join': z.tuple([z.string(), z.array(z.unknown())]) })])
  .transform((one) =>
    typeof one === 'string'
      ? one
      : one['Fn::Join'][1].map((part) => (typeof part === 'string' ? part : 'us-east-1')).join(''),
  );

const endpoint = z
  .looseObject({
    id: z.string(),
    ServiceName: serviceName,
    VpcEndpointType: z.string(),
    PrivateDnsEnabled: z.boolean().default(false),
    SubnetIds: refs,
    RouteTableIds: refs,
    SecurityGroupIds: refs,
  })
  .transform(
    ({
      id,
      ServiceName,
      VpcEndpointType,
      PrivateDnsEnabled,
      SubnetIds,
      RouteTableIds,
      SecurityGroupIds,
    }) => ({
      ...{
        id,
        service: ServiceName,
        type: VpcEndpointType,
        state: 'available',
        privateDns: PrivateDnsEnabled,
      },
      ...{ subnets: SubnetIds, routeTables: RouteTableIds, groups: SecurityGroupIds, openPolicy: true },
    }),
  );

const environmentSchema = z.looseObject({
  Type: z.string(),
  State: z.string(),
  ComputeResources: z.looseObject({
    Type: z.string(),
    AllocationStrategy: z.string(),
    MinvCpus: z.number(),
    MaxvCpus: z.number(),
    InstanceTypes: z.array(z.string()),
    Subnets: refs,
    SecurityGroupIds: refs,
    InstanceRole: ref,
  }),
});

const templateSchema = z.looseObject({
  LaunchTemplateData: z.looseObject({
    BlockDeviceMappings: z.array(z.looseObject({ Ebs: z.looseObject({ VolumeSize: z.number() }) })),
  }),
});

function environmentsOf(template: Synthesized): ReadonlyMap<string, EnvironmentFacts> {
  const [launch] = resourcesOf(template, 'AWS::EC2::LaunchTemplate').map(({ Properties }) =>
    templateSchema.parse(Properties),
  );
  const volumesGib = launch?.LaunchTemplateData.BlockDeviceMappings.map(({ Ebs }) => Ebs.VolumeSize) ?? [];
  const content = known({ interfaces: [], securityGroups: [], volumesGib });
  return new Map(
    ofType(template, 'AWS::Batch::ComputeEnvironment').map(({ id, ...rest }) => {
      const { Type, State, ComputeResources: own } = environmentSchema.parse(rest);
      return [
        id,
        {
          ...{
            name: id,
            arn: id,
            state: State,
            status: 'VALID',
            managed: Type === 'MANAGED',
            orchestration: 'ECS',
          },
          ...{ buys: own.Type, spot: own.Type === 'SPOT', strategy: own.AllocationStrategy, ownImage: false },
          ...{ minVcpus: own.MinvCpus, maxVcpus: own.MaxvCpus, types: own.InstanceTypes },
          ...{ subnets: own.Subnets, securityGroups: own.SecurityGroupIds, instanceRole: own.InstanceRole },
          templates: [{ name: 'lt-1, version $Latest', content }],
        },
      ] as const;
    }),
  );
}

const queueSchema = z.looseObject({
  JobQueueName: z.string(),
  State: z.string(),
  ComputeEnvironmentOrder: z.array(z.looseObject({ ComputeEnvironment: ref })),
});

/** The queues as AWS Batch would tell them, beside what muster.yaml says of them. */
export function queuesOf(
  template: Synthesized,
  wanted: Readonly<Record<string, Omit<QueueFacts['wanted'], 'name'>>>,
): readonly QueueFacts[] {
  const environments = environmentsOf(template);
  return Object.entries(wanted).map(([name, one]) => {
    const found = resourcesOf(template, 'AWS::Batch::JobQueue')
      .map(({ Properties }) => queueSchema.parse(Properties))
      .find(({ JobQueueName }) => one.arn.endsWith(`job-queue/${JobQueueName}`));
    const order = found?.ComputeEnvironmentOrder.map(({ ComputeEnvironment }) => ComputeEnvironment) ?? [];
    return {
      wanted: { name, ...one },
      queue: known(
        found && {
          name: found.JobQueueName,
          state: found.State,
          status: 'VALID',
          kind: 'ECS',
          environments: order,
        },
      ),
      environments: known(order.flatMap((id) => environments.get(id) ?? [])),
    };
  });
}
