import { readFileSync, statSync } from 'node:fs';
import { dirname, relative, resolve, sep } from 'node:path';
import { ConfigurationError } from '../errors.ts';
import { axesOf } from './axes.ts';
import type { Block } from './block.ts';
import { openDataFiles } from './data-files.ts';
import { toGrid } from './document.ts';
import { expandable } from './expansion.ts';
import type { Axis, DataFile, Grid } from './grid.ts';
import { type ExpandedGrid, expandedGrid } from './loaded.ts';
import { applyOverrides } from './overrides.ts';
import { checkNames, givenNames } from './parameter-names.ts';
import type { Reading } from './parameters.ts';
import { collectProblems, type Problems } from './problems.ts';
import { maxFileBytes, readYaml } from './read-yaml.ts';
import { gridSchema } from './schema.ts';
import { reportSchemaIssues } from './schema-problems.ts';
import { block as blockSchema } from './schema-shapes.ts';
import { readShape } from './shape.ts';
import { shapeValue } from './shape-value.ts';
import { checkStartSize } from './start-size.ts';
import { checkPaths, checkTemplates } from './template-checks.ts';
import { checkTemplateValues } from './template-values.ts';
import { at, child, entryOf, type MapNode, toValue } from './tree.ts';
import { reportRepeats } from './uniqueness.ts';

export type { ExpandedGrid };

export interface LoadOptions {
  /** The repository's root; the grid's path and its data files are inside. */
  readonly root: string;
  /** `--set`: constants by name, typed like unquoted YAML. */
  readonly set?: Readonly<Record<string, string>>;
  /** Instead of the file's `max_combinations`. */
  readonly maxCombinations?: number;
}

/** Reads and checks a grid file. Throws one `ConfigurationError` with everything that is wrong. */
export function loadGrid(path: string, options: LoadOptions): ExpandedGrid {
  const absolute = resolve(options.root, path);
  const file = relative(options.root, absolute).split(sep).join('/');
  return loadGridText(readGridFile(absolute, file), file, options);
}

function readGridFile(absolute: string, file: string): string {
  const stat = statSync(absolute, { throwIfNoEntry: false });
  if (stat === undefined || !stat.isFile()) {
    throw new ConfigurationError({
      file,
      message: 'there is no such grid file',
      fix: 'Grids are in `grids/`.',
    });
  }
  if (stat.size > maxFileBytes) throw tooLarge(file, stat.size);
  return readFileSync(absolute, 'utf8');
}

function tooLarge(file: string, bytes: number): ConfigurationError {
  return new ConfigurationError({
    file,
    message: `the file has ${(bytes / 1e6).toFixed(1)} MB; a grid file has at most ${maxFileBytes / 1e6} MB`,
    fix: 'Put long lists into a data file: { file: ids.txt }, or rows: { file: points.csv }.',
  });
}

/** The same from text, as if it were the file of this path. */
export function loadGridText(text: string, file: string, options: LoadOptions): ExpandedGrid {
  if (Buffer.byteLength(text) > maxFileBytes) throw tooLarge(file, Buffer.byteLength(text));
  const problems = collectProblems(file);
  const written = readYaml(text.replace(/^\uFEFF/, ''), problems);
  if (written !== undefined && written.kind !== 'map')
    problems.add(written, 'a grid file is a mapping of keys', 'Start with name: my-grid.');
  problems.throwIfAny();
  // A mapping, or the line above has thrown.
  const root = applyOverrides(answerKnownMistakes(written as MapNode, problems), options.set ?? {}, problems);
  const reading = { problems, data: openDataFiles(options.root, dirname(file), problems) };
  const found = readAll(root, reading);
  problems.throwIfAny();
  // Absent only after a problem.
  return finish(found as Found, root, file, options, reading);
}

interface Found {
  readonly grid: Grid;
  readonly blocks: readonly Block[];
  readonly limit: number;
}

/** Whatever can be checked is checked, so that all problems come at once. */
function readAll(root: MapNode, reading: Reading): Found | undefined {
  const { problems, data } = reading;
  const parsed = gridSchema.safeParse(toValue(root));
  if (!parsed.success) reportSchemaIssues(parsed.error.issues, root, problems);
  const wrong = new Set(parsed.error?.issues.map((issue) => issue.path[0]));
  checkPaths(root, problems);
  checkStartSize(root, problems);
  if (shapeKeys.some((key) => wrong.has(key))) return undefined;
  const before = problems.found.length;
  const given = givenNames(root, reading);
  const known = new Set(given.map(({ name }) => name));
  // Rows that cannot be read hide their columns: every name would look unknown.
  if (problems.found.length > before) return undefined;
  checkNames(given, problems);
  checkTemplates(root, known, problems);
  const blocks = readShape(root, known, reading);
  if (!parsed.success) return undefined;
  if (problems.found.length === before) checkTemplateValues(root, blocks, problems);
  for (const block of blocks) reportRepeats(block, problems);
  const grid = toGrid(parsed.data, root, shapeValue(root), problems, data);
  return { grid, blocks, limit: parsed.data.max_combinations };
}

const shapeKeys = [...Object.keys(blockSchema.shape), 'blocks'];

/** Keys of other tools: explained, then left out. */
function answerKnownMistakes(root: MapNode, problems: Problems): MapNode {
  const include = entryOf(root, 'include');
  if (include !== undefined) {
    problems.add(
      include.keyAt,
      '`include` is not part of the grid language: points are added by a block',
      'Write blocks: [{ parameters: ... }, { parameters: ... }]; their points are joined.',
    );
  }
  const nodes = at(root, ['resources', 'nodes']);
  const several = nodes !== undefined && toValue(nodes) !== 1;
  if (several) {
    problems.add(
      nodes,
      '`nodes` above 1 is not supported: a combination runs on one machine',
      'Remove `nodes`, and ask for more vcpus.',
    );
  }
  const entries = root.entries.filter(({ key }) => key !== 'include');
  if (!several) return { ...root, entries };
  return {
    ...root,
    entries: entries.map((entry) =>
      entry.key === 'resources' && entry.node.kind === 'map'
        ? {
            ...entry,
            node: { ...entry.node, entries: entry.node.entries.filter(({ key }) => key !== 'nodes') },
          }
        : entry,
    ),
  };
}

function finish(
  found: Found,
  root: MapNode,
  file: string,
  options: LoadOptions,
  { problems, data }: Reading,
): ExpandedGrid {
  const { grid, blocks } = found;
  const indexed = blocks.flatMap((block) => block.computed).find((item) => item.indexed);
  if (indexed !== undefined) {
    problems.hint(
      indexed.node,
      `\`${indexed.name}\` depends on \`index\`: the same point may get other work in a grown grid, so nothing is reused`,
      'Derive it from parameters if you can.',
    );
  }
  const axes: readonly Axis[] = axesOf(blocks, root);
  const computed = new Set(blocks.flatMap((block) => block.computed.map((item) => item.name)));
  const expansion = {
    file,
    blocks: expandable(
      blocks,
      grid.label,
      axes.map(({ name }) => name).filter((name) => !computed.has(name)),
    ),
    label: grid.label,
    labelNode: child(root, 'label'),
    limit: options.maxCombinations ?? found.limit,
  };
  const files: readonly DataFile[] = data.files;
  return expandedGrid(
    { path: file, grid, axes, hints: problems.hints, data: files, reusable: indexed === undefined },
    expansion,
  );
}
