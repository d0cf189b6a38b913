import { environmentChange } from '../environment-change.ts';
import type { Check, Finding } from '../finding.ts';
import type { WantedClass, WantedQueue } from '../wanted.ts';
import { finding } from './codes.ts';
import type { CapacityFacts, EnvironmentFacts } from './facts.ts';
import { fitRows, holding } from './fit.ts';
import { aboutClass, aboutQueue, classesIn, onUsable } from './on-queues.ts';

const row = {
  group: 'queue',
  check: 'room',
  title: 'maxvCpus hold a slice, and as many at once as grids say',
} as const;

/** A slice counts on those environments alone that have a type for it: the room of the others is none for it. */
export function judgeRoom(facts: CapacityFacts, classes: readonly WantedClass[]): Check {
  const rows = fitRows(facts, classes);
  return onUsable(row, facts, ({ wanted, environments }) => {
    const own = classesIn(wanted, classes).map((one): Sought => {
      const held = holding(rows, environments, one);
      return { one, held, others: environments.filter((each) => !held.includes(each)) };
    });
    return [
      tooSmall(
        wanted,
        own.filter((sought) => slotsOf(sought) === 0),
        facts.region,
      ),
      own.filter((sought) => slotsOf(sought) > 0).flatMap((sought) => waves(sought, facts.region)),
    ];
  });
}

/** A class, with the environments of its queue that have a type for its slices, and those that have none. */
interface Sought {
  readonly one: WantedClass;
  readonly held: readonly EnvironmentFacts[];
  readonly others: readonly EnvironmentFacts[];
}

/** One finding for all that is too large for the same environment: the largest tells how far to go. */
function tooSmall(wanted: WantedQueue, large: readonly Sought[], region: string): readonly Finding[] {
  const perEnvironment = Map.groupBy(large, ({ held }) => widestOf(held)?.name);
  return [...perEnvironment.values()].flatMap((those) => {
    const [largest] = those.toSorted((a, b) => b.one.resources.vcpus - a.one.resources.vcpus);
    const widest = widestOf(largest?.held ?? []);
    if (largest === undefined || widest === undefined) return [];
    const { one, others } = largest;
    const { vcpus } = one.resources;
    const without =
      others.length === 0 ? '' : `; ${others.map(({ name }) => name).join(', ')} has no type that holds it`;
    const seen = `a slice of ${aboutClass(one)} asks for ${vcpus} vCPUs; maxvCpus is ${widest.maxVcpus} at most (${widest.name})${without}`;
    const raise = environmentChange(region, widest, `--compute-resources maxvCpus=${vcpus}`);
    const fix = `${raise}; or \`resources.vcpus: ${Math.max(1, widest.maxVcpus)}\` in ${one.grid}.`;
    return [finding('max-vcpus-below-slice', { about: aboutQueue(wanted), seen, fix })];
  });
}

/** Without `concurrent` a grid takes what there is; with it somebody counts on so many. */
function waves(sought: Sought, region: string): readonly Finding[] {
  const { one, held } = sought;
  const { concurrent, vcpus } = one.resources;
  const slots = slotsOf(sought);
  const wanted = Math.min(concurrent ?? 0, one.slices);
  const widest = widestOf(held);
  if (wanted <= slots || widest === undefined) return [];
  const rounds = Math.ceil(one.slices / slots);
  const seen = `${one.slices} slices of ${vcpus} vCPUs, ${wanted} at once, on ${maxVcpusOf(held)} vCPUs: ${slots} at once, in ${rounds} waves instead of ${Math.ceil(one.slices / wanted)}`;
  const most = widest.maxVcpus + (wanted - slots) * vcpus;
  const raise = environmentChange(region, widest, `--compute-resources maxvCpus=${most}`);
  const fix = `${raise}; or \`resources.concurrent: ${slots}\` in ${one.grid}.`;
  return [finding('max-vcpus-waves', { about: aboutClass(one), seen, fix })];
}

/** Slices that run at once: a slice cannot be spread over environments. */
const slotsOf = ({ held, one: { resources } }: Sought): number =>
  held.reduce((sum, { maxVcpus }) => sum + Math.floor(maxVcpus / resources.vcpus), 0);

export const maxVcpusOf = (environments: readonly EnvironmentFacts[]): number =>
  environments.reduce((sum, { maxVcpus }) => sum + maxVcpus, 0);

const widestOf = (environments: readonly EnvironmentFacts[]): EnvironmentFacts | undefined =>
  environments.toSorted((one, other) => other.maxVcpus - one.maxVcpus)[0];
