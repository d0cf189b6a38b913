import type { Codes } from '../codes.ts';
import { routeCodes } from './route-codes.ts';

const neverStart = 'Batch cannot start instances: jobs stay RUNNABLE.';
const unreached = 'What does not answer there does not work: jobs stay RUNNABLE, or in STARTING.';

/** All that the judges of this folder find. */
export const networkCodes = {
  'subnet-missing': {
    severity: 'error',
    means: 'A compute environment names a subnet that does not exist',
    why: neverStart,
    fix: 'Name subnets that exist.',
  },
  'subnet-not-available': {
    severity: 'error',
    means: 'A subnet is not available',
    why: 'No instance starts in it.',
    fix: 'Wait until it is, or leave it out.',
  },
  'subnet-ipv6-only': {
    severity: 'warning',
    means: 'A subnet has only IPv6 addresses',
    why: 'Muster cannot tell whether instances reach ECS, ECR and S3 from there.',
    fix: 'Use subnets with IPv4 addresses.',
  },
  'security-group-missing': {
    severity: 'error',
    means: 'A compute environment names a security group that does not exist',
    why: neverStart,
    fix: 'Name security groups that exist.',
  },
  'security-group-none': {
    severity: 'warning',
    means: 'No security group is named, as far as Muster can read',
    why: 'Muster cannot tell whether instances may speak to ECS, ECR and S3.',
    fix: 'Name one in the compute environment.',
  },
  'subnets-in-several-vpcs': {
    severity: 'error',
    means: 'The subnets of a compute environment are in several VPCs',
    why: 'It works in one VPC: instances of the other subnets cannot have its security groups, and do not start.',
    fix: 'Keep the subnets of one VPC.',
  },
  'security-group-in-other-vpc': {
    severity: 'error',
    means: 'A security group is in another VPC than the subnets',
    why: 'Instances do not start with a group of another VPC: jobs stay RUNNABLE.',
    fix: 'Use a group of the VPC of the subnets.',
  },
  'addresses-none': {
    severity: 'error',
    means: 'The subnets of a compute environment have no free address',
    why: 'No instance starts: jobs stay RUNNABLE.',
    fix: 'Add a larger subnet, or free addresses.',
  },
  'addresses-few': {
    severity: 'warning',
    means: 'Together, the subnets have fewer free addresses than instances may run at once',
    why: 'Fewer instances start at once: the run takes longer.',
    fix: 'Add a larger subnet, or free addresses.',
  },
  'subnet-full': {
    severity: 'warning',
    means: 'A subnet has no free address, while others have enough',
    why: 'Its zone is lost: less capacity to choose from, and Spot is interrupted more often.',
    fix: 'Free addresses in it, or put a larger one in its place.',
  },
  ...routeCodes,
  'endpoint-missing': {
    severity: 'error',
    means: 'A subnet without a way out lacks an endpoint that jobs need',
    why: 'Without ECS jobs stay RUNNABLE, without ECR and S3 no image is pulled, without Logs no container starts.',
    fix: 'Make the endpoint (S3: a gateway endpoint, which is free).',
  },
  'endpoint-not-seen': {
    severity: 'warning',
    means: 'As `endpoint-missing`, but a route leads to another network, which may hold the endpoint',
    why: 'If it does not: without ECS jobs stay RUNNABLE, without ECR and S3 no image is pulled, without Logs no container starts.',
    fix: 'Ask who keeps the other network.',
  },
  'endpoint-not-available': {
    severity: 'error',
    means: 'An endpoint that jobs need is pending, rejected or failed',
    why: unreached,
    fix: 'Wait, have it accepted, or make it anew.',
  },
  'endpoint-no-private-dns': {
    severity: 'warning',
    means: 'An endpoint that jobs need has no private DNS name of AWS; a private hosted zone may lead to it',
    why: 'Without such a zone, which Muster does not look for, instances look for the public name, and cannot reach it.',
    fix: 'Switch private DNS on, or see that the zone leads to the endpoint.',
  },
  's3-endpoint-not-attached': {
    severity: 'error',
    means: 'The S3 gateway endpoint is not on the route table of a subnet without a way out',
    why: 'Layers of images come from S3, and results go there: jobs fail with CannotPullContainerError.',
    fix: 'Add the route table to the endpoint.',
  },
  'endpoint-in-other-zone': {
    severity: 'warning',
    means: 'Endpoints have no address in the zone of a subnet',
    why: 'Packets cross zones, at about 0.01 USD per GB each way; and if the other zone fails, so does this one.',
    fix: 'Add a subnet of the zone to the endpoints.',
  },
  'registry-unreachable': {
    severity: 'error',
    means:
      'An image comes from a registry of the internet, or of another region, and a subnet has only endpoints',
    why: 'Endpoints lead to ECR of the region alone: jobs stay in STARTING, then fail with CannotPullContainerError.',
    fix: 'Copy the image to ECR of the region, or give the subnet a way out.',
  },
  'registry-not-seen': {
    severity: 'warning',
    means: 'An image comes from a registry that Muster cannot place, and a subnet has only endpoints',
    why: 'If it is not in the VPC or behind one of its routes, jobs stay in STARTING, then fail with CannotPullContainerError.',
    fix: 'See that the subnet reaches it, or copy the image to ECR of the region.',
  },
  'dns-support-off': {
    severity: 'error',
    means: 'A VPC whose subnets depend on endpoints resolves no names',
    why: 'The names of ECS, ECR and Logs do not lead to the endpoints: jobs stay RUNNABLE.',
    fix: 'Switch enableDnsSupport on.',
  },
  'dns-hostnames-off': {
    severity: 'error',
    means: 'A VPC whose subnets depend on endpoints knows no host names',
    why: 'Private DNS needs both attributes: the names of ECS, ECR and Logs do not lead to the endpoints.',
    fix: 'Switch enableDnsHostnames on.',
  },
  'endpoint-closed': {
    severity: 'error',
    means: 'The security group of an endpoint does not let instances in at tcp 443',
    why: 'Names lead to the endpoint, which does not answer: jobs stay RUNNABLE, or in STARTING.',
    fix: 'Allow inbound tcp 443 from the group of the instances.',
  },
  'endpoint-policy': {
    severity: 'warning',
    means: 'The policy of an endpoint does not let everybody do everything',
    why: 'If it leaves out what jobs need, they fail: without the bucket of image layers, pulls get 403 although S3 works.',
    fix: 'See that it allows what jobs do.',
  },
  'public-access-block-bidirectional': {
    severity: 'error',
    means: 'VPC Block Public Access blocks both directions',
    why: 'Packets to and from the internet gateway are dropped, by NAT too, however right routes look: jobs stay RUNNABLE.',
    fix: 'Exclude the subnets, or block only the way in and use NAT.',
  },
  'public-access-block-ingress': {
    severity: 'error',
    means: 'VPC Block Public Access blocks the way in, and instances use the internet gateway directly',
    why: 'Direct use of the internet gateway is blocked, however right routes look: jobs stay RUNNABLE.',
    fix: 'Exclude the subnets, or use subnets behind a NAT gateway.',
  },
  'acl-outbound-closed': {
    severity: 'error',
    means: 'A network ACL lets no HTTPS out, or no answers of an endpoint or NAT gateway back',
    why: 'Packets are dropped without a word: jobs stay RUNNABLE.',
    fix: 'Allow it with a rule before those that deny.',
  },
  'acl-inbound-closed': {
    severity: 'error',
    means: 'A network ACL lets no answers in, or no HTTPS into a NAT gateway or endpoint',
    why: 'Packets are dropped without a word: jobs stay RUNNABLE.',
    fix: 'Allow it with a rule before those that deny.',
  },
  'acl-outbound-partly': {
    severity: 'warning',
    means: 'A network ACL lets HTTPS out to some addresses only',
    why: 'AWS changes the addresses of its services; Muster cannot tell whether those of today are among them.',
    fix: 'Allow all addresses, or make sure of these.',
  },
  'acl-inbound-partly': {
    severity: 'warning',
    means: 'A network ACL lets answers in from some addresses only',
    why: 'AWS changes the addresses of its services; Muster cannot tell whether those of today are among them.',
    fix: 'Allow all addresses, or make sure of these.',
  },
  'group-egress-closed': {
    severity: 'error',
    means: 'Security groups let no HTTPS out',
    why: 'Instances reach neither ECS nor ECR nor S3: they start, cost money and never join the cluster.',
    fix: 'Allow outbound tcp 443.',
  },
  'group-egress-missing': {
    severity: 'error',
    means: 'Security groups let HTTPS out, but not to all that jobs need',
    why: unreached,
    fix: 'Allow outbound tcp 443 to what is missing.',
  },
  'group-egress-narrow': {
    severity: 'warning',
    means: 'Security groups let HTTPS out to some addresses only',
    why: 'AWS changes the addresses of its services; Muster cannot tell whether those of today are among them.',
    fix: 'Allow outbound tcp 443 to all addresses.',
  },
  'open-inbound': {
    severity: 'warning',
    means: 'A security group lets anybody in',
    why: 'Batch needs no inbound rule; with a public address, instances are open to attacks.',
    fix: 'Take the rule away.',
  },
} as const satisfies Codes;

export type NetworkCode = keyof typeof networkCodes;
