import type { Answer } from '../../aws/answer.ts';

/** What the network of an account is like, as far as jobs need it (AB 5.1). */
export interface NetworkFacts {
  readonly region: string;
  /** Those that the environments name, by id; one that does not exist is not in it. */
  readonly subnets: Answer<ReadonlyMap<string, Subnet>>;
  /** In which NAT gateways and endpoints stand, where the environments do not name them. */
  readonly neighbours: Answer<ReadonlyMap<string, Subnet>>;
  /** Those that the environments name, by id. */
  readonly securityGroups: Answer<ReadonlyMap<string, SecurityGroup>>;
  /** Of the endpoints, by id. */
  readonly endpointGroups: Answer<ReadonlyMap<string, SecurityGroup>>;
  /** All of the VPCs of the subnets, as what follows. */
  readonly routeTables: Answer<readonly RouteTable[]>;
  readonly nats: Answer<readonly NatGateway[]>;
  readonly internetGateways: Answer<readonly InternetGateway[]>;
  readonly endpoints: Answer<readonly Endpoint[]>;
  readonly acls: Answer<readonly NetworkAcl[]>;
  /** By VPC; only of those with interface endpoints. */
  readonly dns: Answer<ReadonlyMap<string, VpcDns>>;
}

export interface Subnet {
  readonly id: string;
  readonly vpc: string;
  readonly state: string;
  readonly zone: string;
  readonly cidr: string;
  readonly freeAddresses: number;
  /** Instances get a public address unless a launch template says otherwise. */
  readonly publicAddresses: boolean;
  readonly ipv6Only: boolean;
  /** Of VPC Block Public Access: `off`, `block-ingress`, `block-bidirectional`. */
  readonly internetBlock: string;
}

export interface SecurityGroup {
  readonly id: string;
  readonly vpc: string;
  readonly ingress: readonly Rule[];
  readonly egress: readonly Rule[];
}

/** Of a security group: peers that it lets through. */
export interface Rule {
  /** `-1` is all of them. */
  readonly protocol: string;
  readonly ports: Ports;
  /** IPv4. */
  readonly cidrs: readonly string[];
  readonly ipv6Cidrs: readonly string[];
  readonly groups: readonly string[];
  readonly prefixLists: readonly string[];
}

/** Both included. */
export interface Ports {
  readonly from: number;
  readonly to: number;
}

export interface RouteTable {
  readonly id: string;
  readonly vpc: string;
  readonly associations: readonly Association[];
  readonly routes: readonly Route[];
}

export interface Association {
  readonly isMain: boolean;
  /** Absent on the main one: subnets that it serves implicitly are not listed (AB 5.3). */
  readonly subnet?: string;
  readonly state: string;
}

export interface Route {
  /** IPv4 or IPv6 range, or a prefix list. */
  readonly destination: string;
  /** Id of what it leads to; `local` within the VPC. */
  readonly target: string;
  readonly kind: 'local' | 'internet' | 'nat' | 'endpoint' | 'elsewhere';
  /** `active`, `blackhole`, `filtered`. */
  readonly state: string;
}

export interface NatGateway {
  readonly id: string;
  readonly vpc: string;
  readonly state: string;
  readonly connectivity: string;
  /** Absent on a regional one. */
  readonly subnet?: string;
  /** What AWS says of one that failed. */
  readonly failure?: string;
}

export interface InternetGateway {
  readonly id: string;
  readonly attachments: readonly { readonly vpc: string; readonly state: string }[];
}

export interface Endpoint {
  readonly id: string;
  readonly vpc: string;
  /** `com.amazonaws.us-west-2.s3` */
  readonly service: string;
  readonly type: string;
  /** Lower case: the SDK and the wire do not agree (AB 5.1). */
  readonly state: string;
  readonly subnets: readonly string[];
  readonly routeTables: readonly string[];
  readonly groups: readonly string[];
  readonly privateDns: boolean;
  /** Its policy lets everybody do everything, as that of a new endpoint does. */
  readonly openPolicy: boolean;
}

export interface NetworkAcl {
  readonly id: string;
  readonly subnets: readonly string[];
  readonly entries: readonly AclEntry[];
}

/** IPv4; the first one that matches decides. */
export interface AclEntry {
  readonly number: number;
  readonly direction: 'inbound' | 'outbound';
  readonly allows: boolean;
  readonly protocol: string;
  readonly ports: Ports;
  readonly cidr: string;
}

export interface VpcDns {
  readonly support: boolean;
  readonly hostnames: boolean;
}

/** Zone of each subnet that there is, by its id. */
export function zonesOf(facts: NetworkFacts): Answer<ReadonlyMap<string, string>> {
  if (!facts.subnets.known) return facts.subnets;
  const zones = [...facts.subnets.value.values()].map(({ id, zone }) => [id, zone] as const);
  return { known: true, value: new Map(zones) };
}
