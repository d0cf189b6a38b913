import type { Combination } from './combination.ts';
import type { Grid, Resources } from './grid.ts';
import { combinationLookup, locate } from './lookup.ts';
import { fillTemplate, type Lookup, placeholderNames } from './placeholder.ts';
import { parseDuration, parseMemory, parseStorage, UnitError } from './units.ts';

/** False when every combination has the same resources, image, timeout and expected duration: one resolution serves all. */
export function resourcesVary(grid: Grid): boolean {
  const { ulimits: _, ...resources } = grid.resources;
  return [...Object.values(resources), grid.timeout, grid.expected, grid.program.image].some(
    (value) => typeof value === 'string' && placeholderNames(value).length > 0,
  );
}

/** What this combination asks for. Throws `ConfigurationError` naming the combination. */
export function resolveResources(grid: Grid, combination: Combination): Resources {
  const { vcpus, memory, gpus, architecture, capacity, scratch, concurrent, queue, ulimits } = grid.resources;
  const lookup = combinationLookup(combination);
  const at = <Result>(key: string, fill: () => Result): Result =>
    locate(grid, combination, `resources.${key}`, fill);
  return {
    vcpus: at('vcpus', () => whole(vcpus, lookup, 1)),
    memoryMib: at('memory', () =>
      typeof memory === 'number' ? memory : parseMemory(fillTemplate(memory, lookup)),
    ),
    gpus: at('gpus', () => whole(gpus, lookup, 0)),
    architecture: at('architecture', () =>
      oneOf(['arm64', 'amd64', 'any'] as const, fillTemplate(architecture, lookup)),
    ),
    capacity: at('capacity', () =>
      oneOf(['spot', 'spot-first', 'on-demand'] as const, fillTemplate(capacity, lookup)),
    ),
    ...(scratch === undefined
      ? {}
      : {
          scratchGib: at('scratch', () =>
            typeof scratch === 'number' ? scratch : parseStorage(fillTemplate(scratch, lookup)),
          ),
        }),
    ...(concurrent === undefined ? {} : { concurrent: at('concurrent', () => whole(concurrent, lookup, 1)) }),
    ...(queue === undefined ? {} : { queue: at('queue', () => fillTemplate(queue, lookup)) }),
    ulimits,
  };
}

/** Seconds that one combination may take. */
export function resolveTimeout(grid: Grid, combination: Combination): number {
  return locate(grid, combination, 'timeout', () => seconds(grid.timeout, combinationLookup(combination)));
}

/** Seconds that one combination is expected to take; `undefined` when the grid does not say. */
export function resolveExpected(grid: Grid, combination: Combination): number | undefined {
  const { expected } = grid;
  if (expected === undefined) return undefined;
  return locate(grid, combination, 'expected', () => seconds(expected, combinationLookup(combination)));
}

function seconds(value: number | string, lookup: Lookup): number {
  return typeof value === 'number' ? value : parseDuration(fillTemplate(value, lookup));
}

function whole(value: number | string, lookup: Lookup, least: number): number {
  const text = typeof value === 'number' ? String(value) : fillTemplate(value, lookup).trim();
  const number = Number(text);
  if (text !== '' && Number.isInteger(number) && number >= least) return number;
  throw new UnitError(
    `'${text}' is not a whole number from ${least} on.`,
    `Write a whole number, at least ${least}.`,
  );
}

function oneOf<Choice extends string>(choices: readonly Choice[], text: string): Choice {
  const found = choices.find((choice) => choice === text);
  if (found !== undefined) return found;
  throw new UnitError(`'${text}' is none of ${choices.join(', ')}.`, `Write one of ${choices.join(', ')}.`);
}
