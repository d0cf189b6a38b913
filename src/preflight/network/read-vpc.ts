import type * as Ec2 from '@aws-sdk/client-ec2';
import { z } from 'zod';
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

const oneOrMore = z.union([z.string().transform((one) => [one]), z.array(z.string())]);
const policySchema = z.object({
  Statement: z.array(
    z.object({
      Effect: z.string(),
      Principal: z.unknown().optional(),
      Action: oneOrMore.optional(),
      Resource: oneOrMore.optional(),
      Condition: z.unknown().optional(),
    }),
  ),
});

/** As AWS writes it for a new endpoint: one statement, everything for everybody. Absent: the same. */
function isOpen(policy: string | undefined): boolean {
  if (policy === undefined || policy === '') return true;
  const read = policySchema.safeParse(parsed(policy));
  if (!read.success) return false;
  return (
    read.data.Statement.every(({ Effect }) => Effect === 'Allow') &&
    read.data.Statement.some(
      ({ Principal, Action, Resource, Condition }) =>
        ['"*"', '{"AWS":"*"}'].includes(JSON.stringify(Principal)) &&
        Action?.includes('*') &&
        Resource?.includes('*') &&
        Condition === undefined,
    )
  );
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
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
