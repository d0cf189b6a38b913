import type * as Ec2 from '@aws-sdk/client-ec2';
import { type PolicyStatement, policyStatements } from '../../aws/policy-document.ts';
import { anywhere } from './cidr.ts';
import type { AclEntry, Endpoint, InternetGateway, NetworkAcl } from './facts.ts';
import { portsOf, present } from './read-ec2.ts';

export function internetGatewayOf(gateway: Ec2.InternetGateway): InternetGateway {
  return {
    id: gateway.InternetGatewayId ?? '',
    attachments: (gateway.Attachments ?? []).map(({ VpcId = '', State = 'unknown' }) => ({
      ...{ vpc: VpcId, state: State },
    })),
  };
}

export function endpointOf(endpoint: Ec2.VpcEndpoint): Endpoint {
  return {
    id: endpoint.VpcEndpointId ?? '',
    vpc: endpoint.VpcId ?? '',
    service: endpoint.ServiceName ?? '',
    type: endpoint.VpcEndpointType ?? '',
    state: (endpoint.State ?? 'unknown').toLowerCase(),
    subnets: endpoint.SubnetIds ?? [],
    routeTables: endpoint.RouteTableIds ?? [],
    groups: present((endpoint.Groups ?? []).map(({ GroupId }) => GroupId)),
    privateDns: endpoint.PrivateDnsEnabled ?? false,
    openPolicy: isOpen(endpoint.PolicyDocument),
  };
}

/** As AWS writes it for a new endpoint: everything for everybody, and nothing denied. Absent: the same. */
function isOpen(policy: string | undefined): boolean {
  if (policy === undefined || policy === '') return true;
  const statements = policyStatements(policy) ?? [];
  return statements.every(({ allows }) => allows) && statements.some(letsEverythingThrough);
}

function letsEverythingThrough({ principals, actions, resources, conditions }: PolicyStatement): boolean {
  return (
    [principals?.AWS, actions, resources].every((all) => all?.includes('*')) &&
    Object.keys(conditions).length === 0
  );
}

export function aclOf(acl: Ec2.NetworkAcl): NetworkAcl {
  return {
    id: acl.NetworkAclId ?? '',
    subnets: present((acl.Associations ?? []).map(({ SubnetId }) => SubnetId)),
    entries: (acl.Entries ?? []).flatMap(entryOf),
  };
}

/** None for IPv6: jobs reach AWS over IPv4. */
function entryOf(entry: Ec2.NetworkAclEntry): readonly AclEntry[] {
  if (entry.CidrBlock === undefined && entry.Ipv6CidrBlock !== undefined) return [];
  return [
    {
      number: entry.RuleNumber ?? 0,
      direction: entry.Egress ? 'outbound' : 'inbound',
      allows: entry.RuleAction === 'allow',
      protocol: entry.Protocol ?? '-1',
      ports: portsOf(entry.PortRange?.From, entry.PortRange?.To),
      cidr: entry.CidrBlock ?? anywhere,
    },
  ];
}
