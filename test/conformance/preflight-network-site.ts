import { EC2, type IpPermission } from '@aws-sdk/client-ec2';
import { type AwsSettings, clientConfig, once, watched } from '../../src/aws/settings.ts';
import type { NetworkNeed } from '../../src/preflight/network/need.ts';
import { moto } from './moto.ts';

/** A region of its own: other files count what is in theirs. */
export const region = 'eu-west-1';
export const services = ['ecs', 'ecs-agent', 'ecs-telemetry', 'ecr.api', 'ecr.dkr', 'logs'] as const;

export const ec2With = (settings: Partial<AwsSettings> = {}) => {
  const all = { ...moto, region, ...settings };
  return watched(new EC2(clientConfig(all, once)), all);
};
const ec2 = ec2With();

/** What a scenario has built; its ids are what faults take away or change. */
export interface Site {
  readonly vpc: string;
  readonly gateway: string;
  readonly mainTable: string;
  /** Where instances start, in two zones. */
  readonly subnets: readonly [string, string];
  /** Of both. */
  readonly table: string;
  readonly group: string;
  /** Where NAT gateways stand, and its table. */
  readonly edge: string;
  readonly edgeTable: string;
  readonly nat?: string;
  readonly s3?: string;
  /** By service. */
  readonly endpoints: ReadonlyMap<string, string>;
  readonly endpointGroup?: string;
  readonly need: NetworkNeed;
}

export const found = (text: string | undefined): string => {
  if (text === undefined) throw new Error('moto gave no id');
  return text;
};

let block = 0;

/** A VPC with a gateway and subnets that lead nowhere yet. */
async function plain(): Promise<Site> {
  const number = block++;
  const net = `10.${number % 200}`;
  const vpc = found((await ec2.createVpc({ CidrBlock: `${net}.0.0/16` })).Vpc?.VpcId);
  await ec2.modifyVpcAttribute({ VpcId: vpc, EnableDnsHostnames: { Value: true } });
  const gateway = found((await ec2.createInternetGateway({})).InternetGateway?.InternetGatewayId);
  await ec2.attachInternetGateway({ VpcId: vpc, InternetGatewayId: gateway });
  const subnets = [
    await newSubnet(vpc, `${net}.0.0/24`, `${region}a`),
    await newSubnet(vpc, `${net}.1.0/24`, `${region}b`),
  ] as const;
  const edge = await newSubnet(vpc, `${net}.2.0/24`, `${region}a`);
  const table = await newTable(vpc, subnets);
  const edgeTable = await newTable(vpc, [edge]);
  await ec2.createRoute({ RouteTableId: edgeTable, DestinationCidrBlock: '0.0.0.0/0', GatewayId: gateway });
  const filters = [
    { Name: 'vpc-id', Values: [vpc] },
    { Name: 'association.main', Values: ['true'] },
  ];
  const { RouteTables: [main] = [] } = await ec2.describeRouteTables({ Filters: filters });
  const group = await newGroup(vpc, `jobs-${number}`);
  const need = {
    ...{ environment: `environment-${number}`, subnets, securityGroups: [group] },
    ...{ instances: 20, logs: true },
  };
  return {
    ...{ vpc, gateway, mainTable: found(main?.RouteTableId), subnets, table, group, edge, edgeTable },
    ...{ endpoints: new Map(), need },
  };
}

/** Both subnets public. */
export async function publicSite(): Promise<Site> {
  const site = await plain();
  await ec2.createRoute({ ...toInternet(site.table), GatewayId: site.gateway });
  for (const id of site.subnets) await givePublicAddresses(id, true);
  return site;
}

/** Both subnets behind one NAT gateway, with the S3 gateway endpoint. */
export async function natSite(): Promise<Site> {
  const site = await plain();
  const nat = await newNat(site.edge);
  await ec2.createRoute({ ...toInternet(site.table), NatGatewayId: nat });
  return { ...site, nat, s3: await newS3Endpoint(site.vpc, [site.table]) };
}

/** No way out, all endpoints. */
export async function endpointSite(without: readonly string[] = []): Promise<Site> {
  const site = await plain();
  const endpointGroup = await newGroup(site.vpc, `endpoints-${site.vpc}`);
  await ec2.authorizeSecurityGroupIngress({
    GroupId: endpointGroup,
    IpPermissions: [httpsFrom({ UserIdGroupPairs: [{ GroupId: site.group }] })],
  });
  const endpoints = new Map<string, string>();
  for (const service of services.filter((name) => !without.includes(name))) {
    endpoints.set(service, await newEndpoint(site, service, endpointGroup, site.subnets));
  }
  const s3 = without.includes('s3') ? {} : { s3: await newS3Endpoint(site.vpc, [site.table]) };
  return { ...site, ...s3, endpoints, endpointGroup };
}

export const toInternet = (table: string) => ({ RouteTableId: table, DestinationCidrBlock: '0.0.0.0/0' });
export const httpsFrom = (peer: IpPermission): IpPermission => ({
  ...{ IpProtocol: 'tcp', FromPort: 443, ToPort: 443 },
  ...peer,
});

export async function newSubnet(vpc: string, cidr: string, zone: string): Promise<string> {
  const created = await ec2.createSubnet({ VpcId: vpc, CidrBlock: cidr, AvailabilityZone: zone });
  const id = found(created.Subnet?.SubnetId);
  // moto gives public addresses in the first subnet of a zone, as a default VPC does.
  await givePublicAddresses(id, false);
  return id;
}

export async function givePublicAddresses(subnet: string, value: boolean): Promise<void> {
  await ec2.modifySubnetAttribute({ SubnetId: subnet, MapPublicIpOnLaunch: { Value: value } });
}

export async function newTable(vpc: string, subnets: readonly string[]): Promise<string> {
  const id = found((await ec2.createRouteTable({ VpcId: vpc })).RouteTable?.RouteTableId);
  for (const SubnetId of subnets) await ec2.associateRouteTable({ RouteTableId: id, SubnetId });
  return id;
}

export async function newGroup(vpc: string, name: string): Promise<string> {
  return found((await ec2.createSecurityGroup({ VpcId: vpc, GroupName: name, Description: name })).GroupId);
}

export async function newNat(subnet: string, connectivity: 'public' | 'private' = 'public'): Promise<string> {
  const address = { AllocationId: (await ec2.allocateAddress({ Domain: 'vpc' })).AllocationId };
  const created = await ec2.createNatGateway({
    ...{ SubnetId: subnet, ConnectivityType: connectivity },
    ...(connectivity === 'public' ? address : {}),
  });
  return found(created.NatGateway?.NatGatewayId);
}

export async function newS3Endpoint(vpc: string, tables: readonly string[]): Promise<string> {
  const created = await ec2.createVpcEndpoint({
    ...{ VpcId: vpc, VpcEndpointType: 'Gateway', ServiceName: `com.amazonaws.${region}.s3` },
    RouteTableIds: [...tables],
  });
  return found(created.VpcEndpoint?.VpcEndpointId);
}

export async function newEndpoint(
  { vpc }: Site,
  service: string,
  group: string,
  subnets: readonly string[],
  privateDns = true,
): Promise<string> {
  const created = await ec2.createVpcEndpoint({
    ...{ VpcId: vpc, VpcEndpointType: 'Interface', ServiceName: `com.amazonaws.${region}.${service}` },
    ...{ SubnetIds: [...subnets], SecurityGroupIds: [group], PrivateDnsEnabled: privateDns },
  });
  return found(created.VpcEndpoint?.VpcEndpointId);
}
