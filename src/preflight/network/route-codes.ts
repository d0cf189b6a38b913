import type { Codes } from '../codes.ts';

const neverJoin = 'Instances start, cost money and never join the cluster: jobs stay RUNNABLE.';

/** Of route tables and what they lead to. */
export const routeCodes = {
  'route-table-none': {
    severity: 'error',
    means: 'A subnet has no route table',
    why: neverJoin,
    fix: 'Associate one.',
  },
  'route-association-unsettled': {
    severity: 'warning',
    means: 'The association of a route table is under way, or failed',
    why: 'Until it is associated, nobody can say which way packets take.',
    fix: 'Wait, or associate it anew.',
  },
  'blackhole-route': {
    severity: 'warning',
    means: 'A route other than the way out leads to something that is gone',
    why: 'What lies there cannot be reached; jobs that need it fail.',
    fix: 'Delete the route, or lead it elsewhere.',
  },
  'nat-blackhole': {
    severity: 'error',
    means: 'The way out leads to a NAT gateway that is gone',
    why: neverJoin,
    fix: 'Lead the route to a NAT gateway that is there.',
  },
  'igw-blackhole': {
    severity: 'error',
    means: 'The way out leads to an internet gateway that is gone or detached',
    why: neverJoin,
    fix: 'Attach the gateway, or lead the route to another.',
  },
  'route-blackhole': {
    severity: 'error',
    means: 'The way out leads to something else that is gone',
    why: neverJoin,
    fix: 'Lead the route to a NAT gateway.',
  },
  'no-public-address': {
    severity: 'error',
    means: 'A subnet leads out by an internet gateway, and instances get no public address',
    why: neverJoin,
    fix: 'Let the subnet or the launch template give public addresses, or use NAT.',
  },
  'egress-elsewhere': {
    severity: 'warning',
    means: 'The way out leads to another network: transit gateway, peer, appliance, VPN',
    why: 'Muster cannot see whether ECS, ECR and S3 are reached there. If not, jobs stay RUNNABLE.',
    fix: 'Ask who keeps the other network.',
  },
  'no-egress': {
    severity: 'error',
    means:
      'A subnet has neither a way out nor endpoints; often one that was never associated with a route table',
    why: neverJoin,
    fix: 'Associate a route table that leads to a NAT gateway, or make all endpoints.',
  },
  'nat-missing': {
    severity: 'error',
    means: 'The way out leads to a NAT gateway that the account does not show',
    why: neverJoin,
    fix: 'Lead the route to a NAT gateway that is there.',
  },
  'nat-not-available': {
    severity: 'error',
    means: 'The NAT gateway is pending, failed or deleted',
    why: neverJoin,
    fix: 'Wait, or lead the route to another.',
  },
  'nat-private': {
    severity: 'error',
    means: 'The NAT gateway is a private one, which gives no internet',
    why: neverJoin,
    fix: 'Lead the route to a public NAT gateway.',
  },
  'nat-no-internet': {
    severity: 'error',
    means: 'The NAT gateway stands in a subnet that itself does not lead to an internet gateway',
    why: neverJoin,
    fix: 'Give that subnet a route to an internet gateway.',
  },
  'igw-not-attached': {
    severity: 'error',
    means: 'The internet gateway is not attached to the VPC',
    why: neverJoin,
    fix: 'Attach it.',
  },
  'nat-without-s3-endpoint': {
    severity: 'warning',
    means: 'Subnets behind NAT have no S3 gateway endpoint',
    why: 'NAT costs about 0.045 USD per GB, layers of images and all results included: a 1 GB image on 200 instances is about 9 USD. The endpoint is free (AB 10.4).',
    fix: 'Make an S3 gateway endpoint on their route tables.',
  },
} as const satisfies Codes;
