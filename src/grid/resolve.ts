import type { Combination } from './combination.ts';
import { expandCommand } from './command.ts';
import type {
  Grid,
  Input,
  OutputRule,
  PlaceholderContext,
  ResolvedProgram,
  Resources,
  ResultRule,
} from './grid.ts';
import { combinationLookup, filling, locate, reservedNames } from './lookup.ts';
import { type Filling, fillTemplate, type Lookup } from './placeholder.ts';
import { resolveExpected, resolveResources, resolveTimeout, resourcesVary } from './resolve-resources.ts';
import { insideWorkDirectory } from './work-path.ts';

export { reservedNames, resolveExpected, resolveResources, resolveTimeout, resourcesVary };

/** What one combination runs. Throws `ConfigurationError` naming the combination where something cannot be filled in. */
export function resolveProgram(
  grid: Grid,
  combination: Combination,
  context: PlaceholderContext & { readonly resources: Resources },
): ResolvedProgram {
  const { program } = grid;
  const lookup = programLookup(grid, combination, context);
  const at = <Result>(place: string, fill: () => Result): Result => locate(grid, combination, place, fill);
  const path = (place: string, template: string): string =>
    at(place, () => insideWorkDirectory(fillTemplate(template, lookup)));
  const { checkpoint, verify } = program;
  return {
    argv: at('program.command', () => expandCommand(program.command, lookup)),
    environment: mapValues(program.environment, (text, name) =>
      at(`program.environment.${name}`, () => fillTemplate(text, lookup)),
    ),
    files: program.files,
    inputs: program.inputs.map((input) => ({
      from: at('program.inputs', () => fillTemplate(input.from, lookup)),
      to: path('program.inputs', input.to),
    })) satisfies readonly Input[],
    ...(checkpoint === undefined
      ? {}
      : { checkpoint: { ...checkpoint, path: path('program.checkpoint', checkpoint.path) } }),
    outputs: program.outputs.map((rule) => ({
      ...resolveOutput(rule, path),
      contains: rule.contains.map((part) => at('program.outputs', () => fillTemplate(part, lookup))),
    })),
    ...(verify === undefined ? {} : { verify: at('program.verify', () => expandCommand(verify, lookup)) }),
    results: mapValues(
      program.results,
      (rule, name): ResultRule => ({ ...rule, file: path(`program.results.${name}`, rule.file) }),
    ),
    credentials: program.credentials,
  };
}

function resolveOutput(rule: OutputRule, path: (place: string, template: string) => string): OutputRule {
  return {
    ...rule,
    path: path('program.outputs', rule.path),
    ...(rule.archive === undefined ? {} : { archive: path('program.outputs', rule.archive) }),
  };
}

/** `docker/<folder>` or reference for this combination. */
export function resolveImage(grid: Grid, combination: Combination): string {
  return locate(grid, combination, 'program.image', () =>
    fillTemplate(grid.program.image, combinationLookup(combination)),
  );
}

function programLookup(
  grid: Grid,
  combination: Combination,
  context: PlaceholderContext & { readonly resources: Resources },
): Lookup {
  const { resources, run, slice } = context;
  const ofCombination = combinationLookup(combination);
  // A program that takes the slice itself counts combinations of the grid, not positions of a round.
  const first = grid.slice.per === 'slice' ? combination.index : slice.start;
  const reserved = new Map<string, Filling>([
    ['slice', filling({ start: first, end: first + (slice.end - slice.start) })],
    ['run', filling({ id: run.id })],
    [
      'resources',
      filling({
        vcpus: resources.vcpus,
        memory_mib: resources.memoryMib,
        gpus: resources.gpus,
        architecture: resources.architecture,
        capacity: resources.capacity,
      }),
    ],
  ]);
  return (name) => reserved.get(name) ?? ofCombination(name);
}

function mapValues<From, To>(
  object: Readonly<Record<string, From>>,
  map: (value: From, key: string) => To,
): Record<string, To> {
  return Object.fromEntries(Object.entries(object).map(([key, value]) => [key, map(value, key)]));
}
