import type { Check, Finding } from '../finding.ts';
import type { WantedClass } from '../wanted.ts';
import { finding } from './codes.ts';
import type { CapacityFacts, EnvironmentFacts } from './facts.ts';
import { environmentChange } from './judge-environments.ts';
import { aboutClass, aboutQueue, classesIn, onUsable, type UsableQueue } from './on-queues.ts';

const row = {
  group: 'queue',
  check: 'room',
  title: 'maxvCpus hold a slice, and as many at once as grids say',
} as const;

export function judgeRoom(facts: CapacityFacts, classes: readonly WantedClass[]): Check {
  return onUsable(row, facts, (queue) => {
    const own = classesIn(queue.wanted, classes);
    const large = own.filter((one) => slotsOf(queue, one) === 0);
    return [
      tooSmall(queue, large, facts.region),
      own.filter((one) => !large.includes(one)).flatMap((one) => waves(queue, one, facts.region)),
    ];
  });
}

/** One finding for all that is too large: the largest tells how far to go. */
function tooSmall(
  { wanted, environments }: UsableQueue,
  large: readonly WantedClass[],
  region: string,
): readonly Finding[] {
  const [largest] = large.toSorted((one, other) => other.resources.vcpus - one.resources.vcpus);
  const widest = widestOf(environments);
  if (largest === undefined || widest === undefined) return [];
  const { vcpus } = largest.resources;
  const seen = `a slice of ${aboutClass(largest)} asks for ${vcpus} vCPUs; maxvCpus is ${widest.maxVcpus} at most (${widest.name})`;
  const raise = environmentChange(region, widest, `--compute-resources maxvCpus=${vcpus}`);
  const fix = `${raise}; or \`resources.vcpus: ${Math.max(1, widest.maxVcpus)}\` in ${largest.grid}.`;
  return [finding('max-vcpus-below-slice', { about: aboutQueue(wanted), seen, fix })];
}

/** Without `concurrent` a grid takes what there is; with it somebody counts on so many. */
function waves(queue: UsableQueue, one: WantedClass, region: string): readonly Finding[] {
  const { concurrent, vcpus } = one.resources;
  const slots = slotsOf(queue, one);
  const wanted = Math.min(concurrent ?? 0, one.slices);
  const widest = widestOf(queue.environments);
  if (wanted <= slots || widest === undefined) return [];
  const rounds = Math.ceil(one.slices / slots);
  const seen = `${one.slices} slices of ${vcpus} vCPUs, ${wanted} at once, on ${maxVcpusOf(queue.environments)} vCPUs: ${slots} at once, in ${rounds} waves instead of ${Math.ceil(one.slices / wanted)}`;
  const most = widest.maxVcpus + (wanted - slots) * vcpus;
  const raise = environmentChange(region, widest, `--compute-resources maxvCpus=${most}`);
  const fix = `${raise}; or \`resources.concurrent: ${slots}\` in ${one.grid}.`;
  return [finding('max-vcpus-waves', { about: aboutClass(one), seen, fix })];
}

/** Slices that run at once: a slice cannot be spread over environments. */
const slotsOf = ({ environments }: UsableQueue, { resources }: WantedClass): number =>
  environments.reduce((sum, { maxVcpus }) => sum + Math.floor(maxVcpus / resources.vcpus), 0);

export const maxVcpusOf = (environments: readonly EnvironmentFacts[]): number =>
  environments.reduce((sum, { maxVcpus }) => sum + maxVcpus, 0);

const widestOf = (environments: readonly EnvironmentFacts[]): EnvironmentFacts | undefined =>
  environments.toSorted((one, other) => other.maxVcpus - one.maxVcpus)[0];
