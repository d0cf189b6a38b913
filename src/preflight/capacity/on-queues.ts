import { checked, nothingToCheck, type Row, type Verdict } from '../codes.ts';
import type { Check } from '../finding.ts';
import type { WantedClass, WantedQueue } from '../wanted.ts';
import {
  type CapacityFacts,
  type EnvironmentFacts,
  isForSlices,
  type QueueFacts,
  usableEnvironments,
} from './facts.ts';

/** A queue with those of its environments that take slices; at least one. */
export interface UsableQueue {
  readonly wanted: WantedQueue;
  readonly environments: readonly EnvironmentFacts[];
  /** With those that are disabled or broken: they are told of, and what follows from that is not told again. */
  readonly all: readonly EnvironmentFacts[];
}

/**
 * A check of what slices find in the queues. Where a queue is broken as a whole, that has been said, and what follows
 * from it is not said again.
 */
export function onUsable(
  row: Row,
  { queues }: Pick<CapacityFacts, 'queues'>,
  judge: (queue: UsableQueue) => readonly Verdict[],
): Check {
  const verdicts = queues.flatMap((queue): readonly Verdict[] => {
    if (!queue.environments.known) return [queue.environments];
    const usable = usableOf(queue);
    return usable === undefined ? [] : judge(usable);
  });
  const isNone = verdicts.length === 0 && queues.every((queue) => usableOf(queue) === undefined);
  return isNone ? nothingToCheck(row, noneUsable) : onceEach(checked(row, verdicts));
}

const noneUsable = 'No compute environment takes slices.';

export function usableOf(queue: QueueFacts): UsableQueue | undefined {
  const environments = usableEnvironments(queue);
  if (environments.length === 0 || !queue.environments.known) return undefined;
  return { wanted: queue.wanted, environments, all: queue.environments.value.filter(isForSlices) };
}

/** An environment that several queues share is told of once. */
export function onceEach(check: Check): Check {
  const told = new Map(
    check.findings.map((one) => [[one.code, one.about, one.seen, one.fix].join('\n'), one]),
  );
  return { ...check, findings: [...told.values()] };
}

/** Those that run in this queue. */
export const classesIn = ({ name }: WantedQueue, classes: readonly WantedClass[]): readonly WantedClass[] =>
  classes.filter(({ queue }) => queue === name);

export const aboutQueue = ({ name }: WantedQueue) => `queue ${name}`;
export const aboutEnvironment = ({ name }: Pick<EnvironmentFacts, 'name'>) => `compute environment ${name}`;
export const aboutClass = ({ grid, class: number }: WantedClass) => `${grid}, class ${number}`;
