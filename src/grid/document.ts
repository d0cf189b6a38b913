import { posix } from 'node:path';
import type { z } from 'zod';
import type { Value } from './combination.ts';
import type { DataFiles } from './data-files.ts';
import type { Grid, Keep, OutputRule, Program, ResourcesRequest, ResultRule, StopAfter } from './grid.ts';
import type { Problems } from './problems.ts';
import { toInputs } from './repository-inputs.ts';
import type { GridDocument } from './schema.ts';
import { type program as programSchema, resultKeys } from './schema-program.ts';
import { at, type MapNode, type Node, type Path, toLiteral } from './tree.ts';
import { parseDuration, parseMemory, parseStorage, UnitError } from './units.ts';

/** Fills in a grid from what the schema accepted: units become numbers, files become paths in the repository. */
export function toGrid(
  document: GridDocument,
  root: MapNode,
  shape: Value,
  problems: Problems,
  data: DataFiles,
): Grid {
  const { name, description, label, slice, retry, budget, launch } = document;
  const convert = converter(root, problems);
  return {
    name,
    ...(description === undefined ? {} : { description }),
    program: toProgram(document.program, root, problems, data),
    shape,
    ...(label === undefined ? {} : { label }),
    slice,
    resources: toResources(document.resources, convert),
    retry: { attempts: retry.attempts, onExit: retry.on_exit },
    timeout: convert(document.timeout, ['timeout'], parseDuration),
    ...(document.expected === undefined
      ? {}
      : { expected: convert(document.expected, ['expected'], parseDuration) }),
    failures: { stopAfter: toStopAfter(document.failures.stop_after) },
    ...(budget === undefined ? {} : { budget }),
    keep: toKeep(document.keep, root, problems),
    launch,
  };
}

type Convert = <T extends string | number>(
  written: T,
  path: Path,
  parse: (text: T) => number,
) => number | string;

/** A number by its unit; text with placeholders stays as it is, to be filled in per combination. */
function converter(root: Node, problems: Problems): Convert {
  return (written, path, parse) => {
    if (typeof written === 'string' && written.includes('{')) return written;
    return parseUnit(written, at(root, path), parse, problems);
  };
}

function parseUnit<T>(
  written: T,
  node: Node | undefined,
  parse: (text: T) => number,
  problems: Problems,
): number {
  try {
    return parse(written);
  } catch (error) {
    if (!(error instanceof UnitError)) throw error;
    problems.add(node, error.message, error.fix);
    return 0;
  }
}

function toResources(written: GridDocument['resources'], convert: Convert): ResourcesRequest {
  const { vcpus, memory, gpus, architecture, capacity, scratch, concurrent, queue, ulimits } = written;
  return {
    vcpus,
    memory: convert(memory, ['resources', 'memory'], parseMemory),
    gpus,
    architecture,
    capacity,
    ...(scratch === undefined ? {} : { scratch: convert(scratch, ['resources', 'scratch'], parseStorage) }),
    ...(concurrent === undefined ? {} : { concurrent }),
    ...(queue === undefined ? {} : { queue }),
    ulimits,
  };
}

function toStopAfter(written: number | string): StopAfter {
  if (typeof written === 'number') return { kind: 'count', count: written };
  return { kind: 'share', share: Number.parseFloat(written) / 100 };
}

function toKeep(
  { outputs, on_failure: onFailure }: GridDocument['keep'],
  root: Node,
  problems: Problems,
): Keep {
  if (outputs === undefined) return { onFailure };
  const seconds = parseUnit(outputs, at(root, ['keep', 'outputs']), parseDuration, problems);
  return { outputsDays: Math.ceil(seconds / 86_400), onFailure };
}

type ProgramDocument = z.output<typeof programSchema>;

function toProgram(written: ProgramDocument, root: Node, problems: Problems, data: DataFiles): Program {
  const { image, files, inputs, checkpoint, outputs, verify, results, credentials } = written;
  const node = (...path: Path) => at(root, ['program', ...path]);
  return {
    image,
    command: commandText(node('command')),
    environment: Object.fromEntries(
      Object.keys(written.environment).map((key) => [key, textOf(node('environment', key))]),
    ),
    files: toFiles(files, node('files'), problems, data),
    inputs: toInputs(inputs, node('inputs'), problems, data),
    ...(checkpoint === undefined
      ? {}
      : {
          checkpoint: {
            path: checkpoint.path,
            everySeconds: parseUnit(checkpoint.every, node('checkpoint', 'every'), parseDuration, problems),
          },
        }),
    outputs: outputs.map(toOutput),
    ...(verify === undefined ? {} : { verify: commandText(node('verify')) }),
    results: Object.fromEntries(
      Object.entries(results).flatMap(([name, rule]) => {
        const result = toResult(rule, node('results', name), problems);
        return result === undefined ? [] : [[name, result]];
      }),
    ),
    credentials,
  };
}

/** Paths from the root. In the work directory a file has its last name only, which therefore must be its own. */
function toFiles(
  written: readonly string[],
  list: Node | undefined,
  problems: Problems,
  data: DataFiles,
): readonly string[] {
  const byName = new Map<string, string>();
  return written.flatMap((file, index) => {
    const place = list === undefined ? undefined : at(list, [index]);
    const path = place === undefined ? undefined : data.read(file, 'program', place)?.path;
    if (path === undefined) return [];
    const name = posix.basename(path);
    const other = byName.get(name);
    if (other !== undefined && other !== path) {
      const message = `\`${path}\` and \`${other}\` would both be \`${name}\` in the work directory`;
      problems.add(place, message, 'Rename one of them.');
    }
    byName.set(name, path);
    return [path];
  });
}

/** Literals keep their text: `--tolerance, 1.0` passes `1.0`. */
const textOf = (node: Node | undefined) => (node === undefined ? '' : toLiteral(node).text);

const commandText = (node: Node | undefined): (string | string[])[] =>
  node?.kind === 'list'
    ? node.items.map((item) => (item.kind === 'list' ? item.items.map(textOf) : textOf(item)))
    : [];

function toOutput(written: ProgramDocument['outputs'][number]): OutputRule {
  const { path, format, contains, required, min, min_bytes: minBytes, archive } = written;
  return {
    path,
    ...(format === undefined ? {} : { format }),
    contains,
    required,
    min: min ?? (required ? 1 : 0),
    minBytes,
    ...(archive === undefined ? {} : { archive }),
  };
}

function toResult(
  rule: ProgramDocument['results'][string],
  node: Node | undefined,
  problems: Problems,
): ResultRule | undefined {
  const { file, rows, key, column, reduce } = rule;
  const given = resultKeys.filter((name) => rule[name] !== undefined);
  if (given.length !== 1) {
    const found = given.length === 0 ? 'none' : given.join(' and ');
    problems.add(node, `a result needs exactly one of ${resultKeys.join(', ')}; found ${found}`);
  } else if (reduce !== undefined && column === undefined) problems.add(node, '`reduce` goes with `column`');
  else if (rows !== undefined) return { file, kind: 'rows', rows };
  else if (key !== undefined) return { file, kind: 'key', key };
  else if (column !== undefined) return { file, kind: 'column', column, reduce: reduce ?? 'mean' };
  return undefined;
}
