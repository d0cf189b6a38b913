import { checked, verdictOn } from '../codes.ts';
import { environmentChange } from '../environment-change.ts';
import type { Check, Finding } from '../finding.ts';
import type { WantedQueue } from '../wanted.ts';
import { finding } from './codes.ts';
import { type CapacityFacts, type EnvironmentFacts, isForSlices, usableEnvironments } from './facts.ts';
import { reorder } from './judge-environments.ts';
import { aboutEnvironment, aboutQueue, onceEach } from './on-queues.ts';

const row = {
  group: 'queue',
  check: 'buying',
  title: 'Environments buy what muster.yaml says, and nothing while idle',
} as const;

/** What instances are bought, how they are chosen, and which are kept. */
export function judgeBuying({ queues, region }: CapacityFacts): Check {
  const verdicts = queues.map((queue) =>
    verdictOn(queue.environments, (environments) => [
      ...capacityTrouble(queue.wanted, usableEnvironments(queue), environments.filter(isForSlices), region),
      ...usableEnvironments(queue).flatMap((one) => strategyTrouble(one, queue.wanted, region)),
      // Kept, and billed, even if the environment is disabled (AB 4.2).
      ...environments.filter(isForSlices).flatMap((one) => idle(one, region)),
    ]),
  );
  return onceEach(checked(row, verdicts));
}

function capacityTrouble(
  wanted: WantedQueue,
  environments: readonly EnvironmentFacts[],
  all: readonly EnvironmentFacts[],
  region: string,
): readonly Finding[] {
  if (environments.length === 0) return [];
  const bought = capacityOf(environments);
  // One that is disabled has been told of.
  if (bought === wanted.capacity || capacityOf(all) === wanted.capacity) return [];
  const each = environments.map(({ name, buys }) => `${name} buys ${buys}`).join(', then ');
  const spotFirst = environments.toSorted((one, other) => rank(one) - rank(other));
  const fix =
    bought === undefined
      ? `Put Spot first: ${reorder(wanted.arn, region, spotFirst)}`
      : `Write \`queues.${wanted.name}.capacity: ${bought}\` in muster.yaml, or use another queue.`;
  const seen = `muster.yaml says \`${wanted.capacity}\`; ${each}`;
  return [finding('capacity-differs', { about: aboutQueue(wanted), seen, fix })];
}

const rank = ({ buys }: EnvironmentFacts) => (buys === 'SPOT' ? 0 : 1);

/** In the words of muster.yaml; for Spot behind On-Demand there is none. */
function capacityOf(environments: readonly EnvironmentFacts[]): WantedQueue['capacity'] | undefined {
  if (environments.every(({ buys }) => buys === 'SPOT')) return 'spot';
  if (environments.every(({ buys }) => buys === 'EC2')) return 'on-demand';
  return environments[0]?.buys === 'SPOT' ? 'spot-first' : undefined;
}

/** AB 4.3: BEST_FIT cannot be updated away, so another environment takes its place. */
function strategyTrouble(one: EnvironmentFacts, wanted: WantedQueue, region: string): readonly Finding[] {
  if (one.strategy !== 'BEST_FIT') return [];
  const better = one.buys === 'SPOT' ? 'SPOT_PRICE_CAPACITY_OPTIMIZED' : 'BEST_FIT_PROGRESSIVE';
  const order = reorder(wanted.arn, region, []);
  const fix = `Create a compute environment like it with allocationStrategy=${better}, then: ${order}`;
  const about = aboutEnvironment(one);
  if (one.buys === 'SPOT' && one.spotFleetRole === undefined) {
    return [
      finding('best-fit-fleet-role', {
        about,
        seen: 'it buys SPOT by BEST_FIT without spotIamFleetRole',
        fix,
      }),
    ];
  }
  return [finding('best-fit', { about, seen: `it buys ${one.buys} by BEST_FIT`, fix })];
}

function idle(one: EnvironmentFacts, region: string): readonly Finding[] {
  if (one.minVcpus === 0) return [];
  const seen = `minvCpus is ${one.minVcpus}`;
  const fix = environmentChange(region, one, '--compute-resources minvCpus=0');
  return [finding('idle-minimum', { about: aboutEnvironment(one), seen, fix })];
}
