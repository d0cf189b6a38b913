import { ConfigurationError, type Problem } from '../errors.ts';
import type { Resources, StopAfter } from '../grid/grid.ts';
import type { ResourceClass } from './plan.ts';
import type { ChooseQueue } from './queues.ts';

/** What a rerun may change (design, section 6); absent: as in the grid. */
export interface Overrides {
  readonly memoryMib?: number;
  readonly vcpus?: number;
  readonly attempts?: number;
  /** Of one combination. */
  readonly timeoutSeconds?: number;
  readonly capacity?: Resources['capacity'];
  /** A name from `muster.yaml`. */
  readonly queue?: string;
  /** On top of the grid's. */
  readonly environment?: Readonly<Record<string, string>>;
  readonly budgetUsd?: number;
  readonly failures?: StopAfter;
}

/**
 * A class with a rerun's overrides. Its architecture stays: it is part of what the work is. Its queue stays too
 * where it still fits. Throws `ConfigurationError` where no queue does.
 */
export function overriddenClass(
  original: ResourceClass,
  overrides: Overrides,
  choose: ChooseQueue,
): ResourceClass {
  const { memoryMib, vcpus, capacity, queue, timeoutSeconds } = overrides;
  const resources = {
    ...original.resources,
    ...(memoryMib === undefined ? {} : { memoryMib }),
    ...(vcpus === undefined ? {} : { vcpus }),
    ...(capacity === undefined ? {} : { capacity }),
    ...(queue === undefined ? {} : { queue }),
  };
  const changed = JSON.stringify(resources) !== JSON.stringify(original.resources);
  return {
    ...original,
    resources,
    ...(changed ? { queue: fittingQueue(resources, original.queue, queue, choose) } : {}),
    ...(timeoutSeconds === undefined ? {} : { timeoutSeconds }),
  };
}

function fittingQueue(
  resources: Resources,
  original: string,
  asked: string | undefined,
  choose: ChooseQueue,
): string {
  let problem: Omit<Problem, 'file'> | undefined;
  for (const queue of asked === undefined ? [original, undefined] : [asked]) {
    const { queue: _, ...anywhere } = resources;
    const choice = choose(queue === undefined ? anywhere : { ...anywhere, queue });
    if (choice.outcome === 'chosen') return choice.queue;
    problem = choice.problem;
  }
  throw new ConfigurationError({ message: 'No queue fits.', ...problem, file: 'command line' });
}
