import type { Diagnosis } from '../../engine.ts';
import type { EnvironmentFacts, Evidence, InstanceFacts } from '../evidence/evidence.ts';
import { launchTrouble } from './launches.ts';
import { diagnosePlacement } from './placement.ts';
import { takesJobs } from './queue.ts';
import { coldSeconds, isCold, minutes, waitedSeconds } from './time.ts';

/** An instance boots and joins ECS within 3 minutes, as a rule; more is given [MEM]. */
const joinSeconds = 6 * 60;
/** Batch wants no machine for a job it can place for so long at most (AB 4.6, 4). */
const wantSeconds = 5 * 60;

/** From what Batch wants to what ECS has: the first step that is missing is the cause (AB 4.6, 4-9). */
export function diagnoseMachines(evidence: Evidence): Diagnosis | undefined {
  const environments = (evidence.environments ?? []).filter(takesJobs);
  if (environments.length === 0) return undefined;
  const waited = waitedSeconds(evidence);
  const members = environments.flatMap((one) => one.members ?? []);
  if (members.length > 0) return diagnosePlacement(evidence, environments, members, waited);
  const failing = launchTrouble(evidence, environments);
  if (failing !== undefined) return failing;
  if (environments.every(({ desiredVcpus }) => desiredVcpus === 0)) return unwanted(environments, waited);
  const instances = environments.flatMap(({ groups = [] }) => groups.flatMap((group) => group.instances));
  if (instances.length > 0) return unjoined(evidence, environments, instances, waited);
  return withoutInstances(environments, waited);
}

const namesOf = (environments: readonly EnvironmentFacts[]) =>
  environments.map(({ name }) => name).join(', ');
const vcpusOf = (environments: readonly EnvironmentFacts[]) =>
  environments.reduce((sum, { desiredVcpus }) => sum + desiredVcpus, 0);

function unwanted(environments: readonly EnvironmentFacts[], waited: number): Diagnosis | undefined {
  if (waited < wantSeconds) return undefined;
  return {
    code: 'NO_MACHINES_WANTED',
    summary: `The slices have waited for ${minutes(waited)} and Batch asks for no machine at all (desiredvCpus is 0 in ${namesOf(environments)}).`,
    fix: `The slices fit none of the allowed types (${typesOf(environments)}), or the service role of Batch lacks permissions: ask for less memory or fewer vCPUs, or let the environment use AWSServiceRoleForBatch.`,
  };
}

const typesOf = (environments: readonly EnvironmentFacts[]) =>
  [...new Set(environments.flatMap(({ types }) => types))].slice(0, 8).join(', ');

/** They run and cost money, and ECS has never heard of them. */
function unjoined(
  { now }: Evidence,
  environments: readonly EnvironmentFacts[],
  instances: readonly InstanceFacts[],
  waited: number,
): Diagnosis | undefined {
  // Without a list of ECS nobody knows whether they joined.
  if (environments.some(({ members }) => members === undefined)) return undefined;
  const launched = instances.map(({ launchedAt }) => launchedAt).filter((at) => at !== undefined);
  // Not seen when: then as if they had been launched in the middle of a cold start.
  const age = launched.length === 0 ? waited - coldSeconds / 2 : (now - Math.min(...launched)) / 1000;
  if (age < joinSeconds) {
    return {
      code: 'COLD_START',
      summary: `${instances.length} machines of ${namesOf(environments)} are booting.`,
      fix: 'Wait: they join within a few minutes.',
      wait: true,
    };
  }
  const hidden = instances.filter(({ publicAddress }) => publicAddress === false).length;
  const address = hidden === 0 ? '' : ` ${hidden} of those looked at have no public address.`;
  return {
    code: 'NOT_REGISTERED',
    summary: `${instances.length} machines of ${namesOf(environments)} run (and cost money), the oldest for ${minutes(age)}, and none has joined ECS.${address}`,
    fix: 'They cannot reach ECS, or may not: look at the route of the subnets (NAT; a public address in a public subnet; or endpoints for ecs, ecs-agent and ecs-telemetry), at egress 443 of the security group, at the instance profile (AmazonEC2ContainerServiceforEC2Role), and at a custom AMI or user data.',
  };
}

function withoutInstances(environments: readonly EnvironmentFacts[], waited: number): Diagnosis | undefined {
  // Without a look at the groups nobody knows whether there are instances.
  const known = environments.every(({ groups }) => groups !== undefined);
  const wanted = `Batch asks for ${vcpusOf(environments)} vCPUs in ${namesOf(environments)}`;
  if (isCold(waited)) {
    return {
      code: 'COLD_START',
      summary: `${wanted}; the machines are being started since ${minutes(waited)}.`,
      fix: 'Wait: this takes 5-10 min, as a rule.',
      wait: true,
    };
  }
  if (!known) return undefined;
  return {
    code: 'NO_MACHINES',
    summary: `${wanted} and has got no machine in ${minutes(waited)}.`,
    fix: environments.some(({ spot }) => spot)
      ? 'Spot has none of these types, mostly: allow more types and zones, or rerun with `--capacity on-demand`; or the vCPU quota of the account is used up.'
      : 'EC2 has none of these types, or the vCPU quota of the account is used up: allow more types and zones, or raise the quota (Service Quotas, EC2).',
  };
}
