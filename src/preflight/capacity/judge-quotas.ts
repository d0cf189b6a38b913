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
import { type FitRow, fitRows, placeable } from './fit.ts';
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
    const least = leastOf(facts, environments, classes);
    const most = maxVcpusOf(environments);
    if (least !== undefined && least.vcpus > vcpus) {
      const { of, vcpus: asked } = least;
      const machine =
        least.type === undefined
          ? ''
          : `, and the smallest instance that holds it has ${asked} (${least.type})`;
      const seen = `${vcpus} vCPUs; one slice in ${names} asks for ${of.resources.vcpus}${machine}`;
      return [finding('quota-below-slice', { about, seen, fix: raise(Math.max(asked, most)) })];
    }
    if (most <= vcpus) return [];
    const seen = `${vcpus} vCPUs; maxvCpus of ${names} allow ${most}`;
    return [finding('quota-below-maximum', { about, seen, fix: raise(most) })];
  });
}

/** What has to be running for one slice of a class. Quotas count instances, not what slices ask for (AB 5.5). */
interface Least {
  readonly of: WantedClass;
  readonly vcpus: number;
  /** Absent: nobody knows the types, or none holds a slice; then its own vCPUs are the least. */
  readonly type?: string;
}

/** The largest of the least, among classes that can go nowhere else. */
function leastOf(
  facts: CapacityFacts,
  environments: readonly EnvironmentFacts[],
  classes: readonly WantedClass[],
): Least | undefined {
  const names = new Set(environments.map(({ name }) => name));
  const bound = facts.queues
    .filter((queue) => usableEnvironments(queue).every(({ name }) => names.has(name)))
    .map(({ wanted }) => wanted.name);
  const rows = fitRows(facts, classes);
  return classes
    .filter(({ queue }) => bound.includes(queue))
    .flatMap((of) => leastFor(of, rows) ?? [])
    .toSorted((one, other) => other.vcpus - one.vcpus)[0];
}

/** None where it may run on a type that another quota counts. */
function leastFor(of: WantedClass, rows: Answer<readonly FitRow[]>): Least | undefined {
  const own = rows.known ? rows.value.filter((one) => one.of === of) : [];
  const placed = placeable(own).map(({ type }) => type);
  if (placed.some(({ type }) => !isStandard(type))) return undefined;
  const [smallest] = placed.toSorted((one, other) => one.vcpus - other.vcpus);
  if (smallest === undefined) return { of, vcpus: of.resources.vcpus };
  return { of, vcpus: smallest.vcpus, type: smallest.type };
}
