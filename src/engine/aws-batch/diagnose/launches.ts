import type { Diagnosis } from '../../engine.ts';
import type { ActivityFacts, EnvironmentFacts, Evidence } from '../evidence/evidence.ts';

interface LaunchTrouble {
  readonly code: string;
  /** Any of these in the message of the activity: Auto Scaling has no field for the error's name [MEM]. */
  readonly texts: readonly string[];
  readonly meaning: string;
  readonly fix: string;
}

const moreAddresses = 'Give the compute environment further or larger subnets.';

/** Why EC2 launched nothing for a group (AB 4.6, 5; names and texts [MEM]). */
const troubles: readonly LaunchTrouble[] = [
  {
    code: 'VCPU_QUOTA',
    texts: ['VcpuLimitExceeded', 'vCPU capacity than your current vCPU limit'],
    meaning: 'the vCPU quota of the account for On-Demand instances is used up',
    fix: 'Raise it: Service Quotas, EC2, "Running On-Demand Standard instances" (L-1216C47A); or wait until other instances end.',
  },
  {
    code: 'SPOT_QUOTA',
    texts: ['MaxSpotInstanceCountExceeded', 'Max spot instance count exceeded'],
    meaning: 'the quota of the account for Spot instances is used up',
    fix: 'Raise it: Service Quotas, EC2, "All Standard Spot Instance Requests" (L-34B43A08); or rerun with `--capacity on-demand`.',
  },
  {
    code: 'NO_ADDRESSES',
    texts: ['InsufficientFreeAddressesInSubnet', 'not have enough free addresses'],
    meaning: 'a subnet has no free address left',
    fix: moreAddresses,
  },
  {
    code: 'NO_CAPACITY',
    texts: [
      'InsufficientInstanceCapacity',
      'UnfulfillableCapacity',
      'do not have sufficient',
      'no Spot capacity available',
    ],
    meaning: 'EC2 has none of the allowed types free in these zones right now',
    fix: 'Wait; allow more instance types and zones; or rerun with `--capacity on-demand`.',
  },
  {
    code: 'LAUNCH_NOT_ALLOWED',
    texts: ['UnauthorizedOperation', 'not authorized to perform'],
    meaning: 'the service role of Batch, or the launch template, lacks a permission',
    fix: 'Let the environment use AWSServiceRoleForBatch; for encrypted volumes allow the Auto Scaling role to use the key.',
  },
  {
    code: 'TYPE_UNSUPPORTED',
    texts: ['Unsupported', 'is not supported'],
    meaning:
      'an allowed instance type is not offered in a zone of the subnets, or contradicts the launch template',
    fix: 'Choose types that are offered in the zones, and look at the launch template.',
  },
];

/** Why no machine can be had although Batch wants some; nothing when the newest launches went well. */
export function launchTrouble(
  evidence: Evidence,
  environments: readonly EnvironmentFacts[],
): Diagnosis | undefined {
  for (const environment of environments) {
    const newest = (environment.groups ?? [])
      .flatMap(({ activities = [] }) => activities)
      .sort((one, other) => other.at - one.at)[0];
    if (newest?.failed === true) return launchFailed(environment, newest);
  }
  return noAddresses(evidence, environments);
}

function launchFailed({ name, types }: EnvironmentFacts, { message }: ActivityFacts): Diagnosis {
  const trouble = troubles.find(({ texts }) => texts.some((text) => message.includes(text)));
  const told = message.slice(0, 300);
  if (trouble === undefined) {
    return {
      code: 'LAUNCH_FAILED',
      summary: `Machines for ${name} cannot be launched: “${told}”.`,
      fix: 'Mend what it says: it comes from the Auto Scaling group of the compute environment.',
    };
  }
  const { code, meaning, fix } = trouble;
  return {
    code,
    summary: `Machines for ${name} (${types.slice(0, 8).join(', ')}) cannot be launched: ${meaning} (“${told}”).`,
    fix,
  };
}

/** One instance takes one address (AB 5.2). */
function noAddresses(
  { freeAddresses }: Evidence,
  environments: readonly EnvironmentFacts[],
): Diagnosis | undefined {
  const subnets = environments.flatMap((one) => one.subnets);
  if (freeAddresses === undefined || subnets.length === 0) return undefined;
  if (subnets.some((subnet) => freeAddresses.get(subnet) !== 0)) return undefined;
  return {
    code: 'NO_ADDRESSES',
    summary: `No subnet of the compute environments has a free address: ${[...new Set(subnets)].join(', ')}.`,
    fix: moreAddresses,
  };
}
