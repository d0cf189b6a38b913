import { ConfigurationError } from '../errors.ts';
import type { Combination } from '../grid/combination.ts';
import type { Grid, LoadedGrid, Resources } from '../grid/grid.ts';
import {
  resolveExpected,
  resolveImage,
  resolveResources,
  resolveTimeout,
  resourcesVary,
} from '../grid/resolve.ts';
import type { Ranges, ResourceClass } from './plan.ts';
import type { ChooseQueue, Chosen } from './queues.ts';
import * as ranges from './ranges.ts';

/** The combinations of one class. */
export interface ClassMembers {
  readonly class: number;
  readonly indexes: Ranges;
}

export interface Classified {
  readonly combinations: number;
  /** In order of first appearance. */
  readonly classes: readonly ResourceClass[];
  /** Every combination once, in the order of `classes`. */
  readonly members: readonly ClassMembers[];
}

/** Grid language, Resources. */
export const mostClasses = 50;

/** What one combination asks for, before a queue is chosen. Expected durations do not part classes: they average. */
interface Ask {
  readonly resources: Resources;
  readonly image: string;
  readonly timeoutSeconds: number;
}

interface Collected {
  readonly ask: Ask;
  readonly chosen: Chosen;
  readonly indexes: ReturnType<typeof ranges.rangesBuilder>;
  count: number;
  /** Sum over combinations; NaN once one of them does not say. */
  expectedSeconds: number;
}

/**
 * Sorts a grid's combinations into classes of equal resources, image and timeout. A grid that says the same for all
 * is not even expanded; others stream. Throws `ConfigurationError` above 50 classes or where no queue fits.
 */
export function classify(loaded: LoadedGrid, choose: ChooseQueue): Classified {
  const { grid } = loaded;
  const found = new Map<string, Collected>();
  if (resourcesVary(grid)) {
    for (const combination of loaded.combinations()) collect(found, loaded, combination, choose);
    return classified([...found.values()]);
  }
  const combinations = loaded.count();
  const [first] = loaded.combinations();
  if (first === undefined) return { combinations: 0, classes: [], members: [] };
  const { indexes: _, ...only } = collect(found, loaded, first, choose);
  return {
    combinations,
    classes: [resourceClass({ ...only, count: 1 }, 0)],
    members: [{ class: 0, indexes: ranges.upTo(combinations) }],
  };
}

function collect(
  found: Map<string, Collected>,
  loaded: LoadedGrid,
  combination: Combination,
  choose: ChooseQueue,
): Collected {
  const ask = askOf(loaded.grid, combination);
  const key = JSON.stringify(ask);
  let collected = found.get(key);
  if (collected === undefined) {
    const chosen = chosenFor(ask.resources, loaded.path, combination, choose);
    collected = { ask, chosen, indexes: ranges.rangesBuilder(), count: 0, expectedSeconds: 0 };
    found.set(key, collected);
    if (found.size > mostClasses) throw tooMany(loaded.path, [...found.values()]);
  }
  collected.indexes.add(combination.index);
  collected.count += 1;
  collected.expectedSeconds += resolveExpected(loaded.grid, combination) ?? Number.NaN;
  return collected;
}

function askOf(grid: Grid, combination: Combination): Ask {
  return {
    resources: resolveResources(grid, combination),
    image: resolveImage(grid, combination),
    timeoutSeconds: resolveTimeout(grid, combination),
  };
}

function chosenFor(
  resources: Resources,
  file: string,
  combination: Combination,
  choose: ChooseQueue,
): Chosen {
  const choice = choose(resources);
  if (choice.outcome === 'chosen') return choice;
  const message = `${choice.problem.message} First met at combination ${combination.index} (${combination.label}).`;
  throw new ConfigurationError({ ...choice.problem, file, message });
}

function classified(found: readonly Collected[]): Classified {
  return {
    combinations: found.reduce((total, { count }) => total + count, 0),
    classes: found.map(resourceClass),
    members: found.map(({ indexes }, number) => ({ class: number, indexes: indexes.ranges() })),
  };
}

function resourceClass(collected: Omit<Collected, 'indexes'>, number: number): ResourceClass {
  const { ask, chosen, count, expectedSeconds } = collected;
  const expected = expectedSeconds / count;
  return {
    class: number,
    resources: { ...ask.resources, architecture: chosen.architecture },
    queue: chosen.queue,
    ...(chosen.queueId === undefined ? {} : { queueId: chosen.queueId }),
    image: ask.image,
    timeoutSeconds: ask.timeoutSeconds,
    ...(Number.isNaN(expected) ? {} : { expectedSeconds: expected }),
  };
}

function tooMany(file: string, found: readonly Collected[]): ConfigurationError {
  const varying = varyingNames(
    found.map(({ ask: { resources, ...others } }) => ({ ...resources, ...others })),
  );
  return new ConfigurationError({
    file,
    message: `Combinations ask for more than ${mostClasses} different sets of resources: ${varying.join(', ')} vary.`,
    fix: 'Round them to a few steps (for example ceil(n / 8) * 8 in a derived parameter), or make several grids.',
  });
}

/** With how many values each, widest first. */
function varyingNames(asks: readonly Readonly<Record<string, unknown>>[]): readonly string[] {
  const names = new Set(asks.flatMap((ask) => Object.keys(ask)));
  return [...names]
    .map((name) => ({ name, values: new Set(asks.map((ask) => JSON.stringify(ask[name]))).size }))
    .filter(({ values }) => values > 1)
    .sort((one, other) => other.values - one.values)
    .map(({ name, values }) => `${userNames[name] ?? name} (${values} values)`);
}

/** As the grid file calls them. */
const userNames: Readonly<Record<string, string>> = {
  memoryMib: 'memory',
  scratchGib: 'scratch',
  timeoutSeconds: 'timeout',
};
