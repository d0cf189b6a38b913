import type * as Ec2 from '@aws-sdk/client-ec2';
import type { NatGateway, Ports, Route, RouteTable, Rule, SecurityGroup, Subnet } from './facts.ts';

/** EC2's answers, reduced to what is judged (AB 5.1). Every field of the SDK's may be absent, says its type. */

const everyPort: Ports = { from: 0, to: 65_535 };

export function subnetOf(subnet: Ec2.Subnet): Subnet {
  return {
    id: subnet.SubnetId ?? '',
    vpc: subnet.VpcId ?? '',
    state: subnet.State ?? 'unknown',
    zone: subnet.AvailabilityZone ?? '',
    cidr: subnet.CidrBlock ?? '',
    // AWS keeps five for itself; they are not counted (AB 5.2 [MEM]).
    freeAddresses: subnet.AvailableIpAddressCount ?? 0,
    publicAddresses: subnet.MapPublicIpOnLaunch ?? false,
    ipv6Only: subnet.Ipv6Native ?? false,
    internetBlock: subnet.BlockPublicAccessStates?.InternetGatewayBlockMode ?? 'off',
  };
}

export function securityGroupOf(group: Ec2.SecurityGroup): SecurityGroup {
  return {
    id: group.GroupId ?? '',
    vpc: group.VpcId ?? '',
    ingress: (group.IpPermissions ?? []).map(ruleOf),
    egress: (group.IpPermissionsEgress ?? []).map(ruleOf),
  };
}

function ruleOf(rule: Ec2.IpPermission): Rule {
  return {
    protocol: rule.IpProtocol ?? '',
    ports: portsOf(rule.FromPort, rule.ToPort),
    cidrs: present((rule.IpRanges ?? []).map(({ CidrIp }) => CidrIp)),
    ipv6Cidrs: present((rule.Ipv6Ranges ?? []).map(({ CidrIpv6 }) => CidrIpv6)),
    groups: present((rule.UserIdGroupPairs ?? []).map(({ GroupId }) => GroupId)),
    prefixLists: present((rule.PrefixListIds ?? []).map(({ PrefixListId }) => PrefixListId)),
  };
}

/** Absent, or -1: all of them (AB 5.1). */
export function portsOf(from: number | undefined, to: number | undefined): Ports {
  return from === undefined || to === undefined || from < 0 ? everyPort : { from, to };
}

export function routeTableOf(table: Ec2.RouteTable): RouteTable {
  return {
    id: table.RouteTableId ?? '',
    vpc: table.VpcId ?? '',
    associations: (table.Associations ?? []).map(({ Main, SubnetId, AssociationState }) => ({
      isMain: Main ?? false,
      ...(SubnetId === undefined ? {} : { subnet: SubnetId }),
      state: AssociationState?.State ?? 'associated',
    })),
    routes: (table.Routes ?? []).map(routeOf),
  };
}

function routeOf(route: Ec2.Route): Route {
  const { kind, target } = targetOf(route);
  return {
    destination:
      route.DestinationCidrBlock ?? route.DestinationIpv6CidrBlock ?? route.DestinationPrefixListId ?? '',
    ...{ target, kind, state: route.State ?? 'active' },
  };
}

/** Which field is set tells the kind; of `GatewayId`, the beginning of the id (AB 5.3). */
function targetOf(route: Ec2.Route): Pick<Route, 'kind' | 'target'> {
  if (route.NatGatewayId !== undefined) return { kind: 'nat', target: route.NatGatewayId };
  const gateway = route.GatewayId;
  if (gateway === 'local') return { kind: 'local', target: gateway };
  if (gateway?.startsWith('igw-')) return { kind: 'internet', target: gateway };
  if (gateway?.startsWith('vpce-') && route.DestinationPrefixListId !== undefined) {
    return { kind: 'endpoint', target: gateway };
  }
  const target =
    gateway ??
    route.TransitGatewayId ??
    route.VpcPeeringConnectionId ??
    route.NetworkInterfaceId ??
    route.InstanceId ??
    route.EgressOnlyInternetGatewayId ??
    route.CarrierGatewayId ??
    route.LocalGatewayId ??
    route.CoreNetworkArn;
  return { kind: 'elsewhere', target: target ?? 'a target that Muster does not know' };
}

export function natOf(nat: Ec2.NatGateway): NatGateway {
  return {
    id: nat.NatGatewayId ?? '',
    vpc: nat.VpcId ?? '',
    state: nat.State ?? 'unknown',
    connectivity: nat.ConnectivityType ?? 'public',
    ...(nat.SubnetId === undefined ? {} : { subnet: nat.SubnetId }),
    ...(nat.FailureMessage === undefined ? {} : { failure: nat.FailureMessage }),
  };
}

export function present<Value>(values: readonly (Value | undefined)[]): readonly Value[] {
  return values.filter((value) => value !== undefined);
}
