import type { Answer, Unknown } from '../../aws/answer.ts';
import { unbundled } from '../../money/instances.ts';
import { checked, nothingToCheck, type Verdict, verdictOn } from '../codes.ts';
import { awsCommand } from '../command.ts';
import type { Check } from '../finding.ts';
import type { WantedClass } from '../wanted.ts';
import { finding } from './codes.ts';
import {
  type CapacityFacts,
  type EnvironmentFacts,
  familyOf,
  quotaCodes,
  usableEnvironments,
} from './facts.ts';
import { maxVcpusOf } from './judge-room.ts';

const row = { group: 'quotas', check: 'vcpus', title: 'vCPU quotas of the account cover maxvCpus' } as const;

/** Whose vCPUs the two quotas count: A, C, D, H, I, M, R, T and Z (AB 5.5); `im4gn` and `is4gen` are I [MEM]. */
const standardFamily = /^(a|c|d|h|i|m|r|t|z|im|is)\d/;

/** The group `quotas`. Others have quotas of their own, whose codes nobody here knows: then it is not done. Pure. */
export function judgeQuotas(facts: CapacityFacts, classes: readonly WantedClass[]): readonly Check[] {
  const unknown = facts.queues.flatMap((one) => (one.environments.known ? [] : [one.environments]));
  const all = facts.queues.flatMap(usableEnvironments);
  const environments = [...new Map(all.map((one) => [one.name, one])).values()];
  if (environments.length === 0 && unknown.length === 0) {
    return [nothingToCheck(row, 'No compute environment takes slices.')];
  }
  return [
    checked(row, [
      ...unknown,
      ...judgeBought(facts, environments, classes, 'EC2'),
      ...judgeBought(facts, environments, classes, 'SPOT'),
    ]),
  ];
}

function judgeBought(
  facts: CapacityFacts,
  all: readonly EnvironmentFacts[],
  classes: readonly WantedClass[],
  buys: 'EC2' | 'SPOT',
): readonly Verdict[] {
  const environments = all.filter((one) => one.buys === buys);
  const others = environments.flatMap(({ types }) => unbundled(types)).filter((entry) => !isStandard(entry));
  const standard = environments.filter(({ types }) => unbundled(types).some(isStandard));
  const quota = buys === 'SPOT' ? facts.quotas.spot : facts.quotas.onDemand;
  return [
    ...(others.length === 0 ? [] : [ownQuota(others, facts.region)]),
    ...(standard.length === 0 || quota === undefined
      ? []
      : [againstQuota(facts, standard, classes, buys, quota)]),
  ];
}

const isStandard = (entry: string) => standardFamily.test(entry);

function ownQuota(entries: readonly string[], region: string): Unknown {
  const families = [...new Set(entries.map(familyOf))].join(', ');
  const list = awsCommand(region, 'service-quotas list-service-quotas', '--service-code ec2');
  return {
    known: false,
    action: 'servicequotas:GetServiceQuota',
    why: `${families} have a quota of their own, which is not looked up here: ${list}`,
  };
}

function againstQuota(
  facts: CapacityFacts,
  environments: readonly EnvironmentFacts[],
  classes: readonly WantedClass[],
  buys: 'EC2' | 'SPOT',
  quota: Answer<number>,
): Verdict {
  return verdictOn(quota, (vcpus) => {
    const code = buys === 'SPOT' ? quotaCodes.spot : quotaCodes.onDemand;
    const about = `quota ${code} (${buys === 'SPOT' ? 'Spot' : 'On-Demand'}, Standard families)`;
    const names = environments.map(({ name }) => name).join(', ');
    const raise = (to: number) =>
      awsCommand(
        facts.region,
        'service-quotas request-service-quota-increase',
        '--service-code ec2',
        `--quota-code ${code}`,
        `--desired-value ${to}`,
      );
    const slice = largestSlice(facts, environments, classes);
    const most = maxVcpusOf(environments);
    if (slice > vcpus) {
      const seen = `${vcpus} vCPUs; one slice in ${names} asks for ${slice}`;
      return [finding('quota-below-slice', { about, seen, fix: raise(Math.max(slice, most)) })];
    }
    if (most <= vcpus) return [];
    const seen = `${vcpus} vCPUs; maxvCpus of ${names} allow ${most}`;
    return [finding('quota-below-maximum', { about, seen, fix: raise(most) })];
  });
}

/** That has no other environment to go to than these. */
function largestSlice(
  { queues }: CapacityFacts,
  environments: readonly EnvironmentFacts[],
  classes: readonly WantedClass[],
): number {
  const names = new Set(environments.map(({ name }) => name));
  const bound = queues
    .filter((queue) => usableEnvironments(queue).every(({ name }) => names.has(name)))
    .map(({ wanted }) => wanted.name);
  const slices = classes.filter(({ queue }) => bound.includes(queue));
  return Math.max(0, ...slices.map(({ resources }) => resources.vcpus));
}
