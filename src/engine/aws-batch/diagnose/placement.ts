import type { Diagnosis } from '../../engine.ts';
import type { EnvironmentFacts, Evidence, MemberFacts } from '../evidence/evidence.ts';
import { launchTrouble } from './launches.ts';
import { coldSeconds, isCold, minutes } from './time.ts';

/** Machines have joined ECS and the slices still wait (AB 4.6, 7). */
export function diagnosePlacement(
  evidence: Evidence,
  environments: readonly EnvironmentFacts[],
  members: readonly MemberFacts[],
  waited: number,
): Diagnosis | undefined {
  const { job } = evidence;
  const alive = members.filter(({ connected }) => connected);
  if (alive.length === 0) return agentsGone(members.length, waited);
  const { vcpus = 1, memoryMib = 0 } = job ?? {};
  const large = alive.filter((one) => one.vcpus >= vcpus && one.memoryMib >= memoryMib);
  const desired = environments.reduce((sum, { desiredVcpus }) => sum + desiredVcpus, 0);
  const most = environments.reduce((sum, { maxVcpus }) => sum + maxVcpus, 0);
  if (large.length > 0 && large.every((one) => one.freeVcpus < vcpus || one.freeMemoryMib < memoryMib)) {
    // Full machines matter only where no further ones come.
    const trouble = desired < most ? launchTrouble(evidence, environments) : undefined;
    return trouble ?? full(members.length, desired, most);
  }
  if (isCold(waited)) return undefined;
  if (large.length === 0) return tooSmall(alive, vcpus, memoryMib, waited);
  return {
    code: 'NOT_PLACED',
    summary: `${large.length} machines have room for a slice and get none since ${minutes(waited)}.`,
    fix: 'With a custom AMI: does its ECS agent offer the log driver awslogs? Otherwise look at the events of the ECS cluster.',
  };
}

function agentsGone(members: number, waited: number): Diagnosis | undefined {
  if (waited < coldSeconds / 2) return undefined;
  return {
    code: 'AGENTS_GONE',
    summary: `All ${members} machines that had joined ECS have lost their connection.`,
    fix: 'Look at the way of the subnets to ECS (NAT, endpoints), or terminate the instances: Batch starts others.',
  };
}

function full(machines: number, desired: number, most: number): Diagnosis {
  const atLimit = desired >= most;
  return {
    code: atLimit ? 'ENVIRONMENT_FULL' : 'MACHINES_FULL',
    summary: atLimit
      ? `All ${machines} machines are busy and the compute environments are at their limit of ${most} vCPUs.`
      : `All ${machines} machines are busy; Batch has asked for ${desired} of ${most} vCPUs so far.`,
    fix: atLimit
      ? 'Wait for slices to end, or raise maxvCpus.'
      : 'Wait: further machines take 5-10 min, as a rule.',
    wait: true,
  };
}

/** An instance offers 5-8 % less memory than its nominal size (AB 4.4). */
function tooSmall(
  alive: readonly MemberFacts[],
  vcpus: number,
  memoryMib: number,
  waited: number,
): Diagnosis {
  const memory = Math.max(...alive.map((one) => one.memoryMib));
  const most = Math.max(...alive.map((one) => one.vcpus));
  return {
    code: 'MACHINES_TOO_SMALL',
    summary: `A slice asks for ${vcpus} vCPUs and ${memoryMib} MiB; the largest machine offers ${most} vCPUs and ${memory} MiB, since ${minutes(waited)}.`,
    fix: `Cancel and rerun with \`--memory <size>\` (an instance offers 5-8 % less than its nominal size) or \`--vcpus <n>\`, or allow larger types.`,
  };
}
