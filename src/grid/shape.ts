import type { z } from 'zod';
import { type Attributes, decorate } from './attributes.ts';
import type { Block, BlockTrack } from './block.ts';
import { type Parameter, type Reading, readParameter } from './parameters.ts';
import { makeTrack } from './piece.ts';
import { readComputed } from './read-computed.ts';
import { filtersOf, readFilters, type WrittenFilters } from './read-filters.ts';
import { type Rows, readRows } from './rows.ts';
import { drawSample, rangeProblem } from './sample.ts';
import type { Literal } from './scalar.ts';
import { nearestName } from './schema-problems.ts';
import { block as blockSchema } from './schema-shapes.ts';
import { at, child, type Entry, type MapNode, type Node, toValue } from './tree.ts';
import type { Values } from './values.ts';

type Written = z.output<typeof blockSchema>;

/** The blocks of a grid file; problems are reported, and what cannot be read is left out. */
export function readShape(root: MapNode, known: ReadonlySet<string>, reading: Reading): Block[] {
  const blocks = child(root, 'blocks');
  if (blocks?.kind !== 'list') return [readBlock(root, [], known, reading)];
  for (const key of ['zip', 'rows', 'sample']) {
    const node = child(root, key);
    if (node !== undefined)
      reading.problems.add(
        node,
        `\`${key}\` beside \`blocks\` belongs to no block`,
        `Move \`${key}\` into the blocks it is for.`,
      );
  }
  const defaults = entriesOf(child(root, 'parameters'));
  const shared = filtersOf(root);
  return blocks.items.map((node) => readBlock(node, defaults, known, reading, shared));
}

const entriesOf = (node: Node | undefined): readonly Entry[] => (node?.kind === 'map' ? node.entries : []);

function readBlock(
  node: Node,
  defaults: readonly Entry[],
  known: ReadonlySet<string>,
  reading: Reading,
  shared?: WrittenFilters,
): Block {
  const written = blockSchema.parse(blockPart(node));
  const own = entriesOf(child(node, 'parameters'));
  const entries = merged(defaults, own);
  const parameters = new Map<string, { readonly parameter: Parameter; readonly node: Node }>();
  for (const entry of entries) {
    const parameter = readParameter(entry.key, entry.node, reading);
    if (parameter !== undefined) parameters.set(entry.key, { parameter, node: entry.node });
  }
  const lead = leadingTrack(written, node, parameters, reading);
  const axes = axisTracks(entries, parameters, written.zip ?? [], node, lead?.names ?? [], reading);
  const computedNames = entries
    .map(({ key }) => key)
    .filter((key) => isComputed(parameters.get(key)?.parameter));
  const attributeOnly = (key: string) => parameters.get(key)?.parameter.kind === 'attributes';
  const names = [
    ...(lead?.names ?? []),
    ...entries.map(({ key }) => key).filter((key) => !attributeOnly(key)),
  ];
  const slots = new Map(names.map((name, slot) => [name, slot]));
  const tracks = [...(lead === undefined ? [] : [lead]), ...axes].map(
    (track): BlockTrack => ({ ...track, slots: track.names.map((name) => slots.get(name) ?? -1) }),
  );
  const identity = names
    .map((name, slot) => ({ name, slot }))
    .filter(({ name }) => !computedNames.includes(name))
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .map(({ slot }) => slot);
  const computed = readComputed(computedNames, parameters, slots, identity, names, known, reading);
  return {
    names,
    tracks,
    computed,
    filters: [filtersOf(node), ...(shared === undefined ? [] : [shared])].flatMap((filters) =>
      readFilters(filters, slots, computed, known, reading),
    ),
    size: tracks.reduce((size, track) => size * track.length, 1),
    identity,
  };
}

/** Of the whole file only what a block may hold. */
function blockPart(node: Node): unknown {
  const value = toValue(node);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).filter(([key]) => key in blockSchema.shape));
}

function merged(defaults: readonly Entry[], own: readonly Entry[]): readonly Entry[] {
  const overriding = new Map(own.map((entry) => [entry.key, entry]));
  const kept = defaults.map((entry) => overriding.get(entry.key) ?? entry);
  const names = new Set(defaults.map((entry) => entry.key));
  return [...kept, ...own.filter((entry) => !names.has(entry.key))];
}

const isComputed = (parameter: Parameter | undefined) =>
  parameter?.kind === 'derive' || parameter?.kind === 'unique';

type Parameters = ReadonlyMap<string, { readonly parameter: Parameter; readonly node: Node }>;
type Loose = Omit<BlockTrack, 'slots'>;

/** `rows` or `sample`: the slowest axis. */
function leadingTrack(
  written: Written,
  node: Node,
  parameters: Parameters,
  reading: Reading,
): Loose | undefined {
  const rowsNode = child(node, 'rows');
  const sampleNode = child(node, 'sample');
  if (rowsNode !== undefined && sampleNode !== undefined) {
    reading.problems.add(sampleNode, '`rows` and `sample` both give the points', 'Use two blocks.');
    return undefined;
  }
  if (rowsNode !== undefined && written.rows !== undefined) {
    const rows = readRows(written.rows, rowsNode, reading);
    return rows === undefined ? undefined : rowsTrack(rows, rowsNode, parameters, reading);
  }
  if (sampleNode === undefined || written.sample === undefined) return undefined;
  for (const [name, range] of Object.entries(written.sample.ranges)) {
    const problem = rangeProblem(range);
    if (problem === undefined) continue;
    reading.problems.add(at(sampleNode, ['ranges', name]), problem, 'Write [low, high].');
    return undefined;
  }
  return rowsTrack(drawSample(written.sample), sampleNode, parameters, reading);
}

function rowsTrack(rows: Rows, node: Node, parameters: Parameters, { problems }: Reading): Loose | undefined {
  let valid = true;
  for (const column of rows.columns) {
    const name = checkName(column, node, problems);
    const other = parameters.get(column);
    if (other !== undefined && other.parameter.kind !== 'attributes') {
      problems.add(
        other.node,
        `\`${column}\` is given here and by the rows or the sample`,
        'Remove one, or keep only attributes here: { unit: km }.',
      );
    }
    if (other?.parameter.attributes.group !== undefined) {
      problems.add(
        child(other.node, 'group') ?? other.node,
        `\`group\` does not go with columns (\`${column}\`): a row is one point`,
        'Put the values into a file of their own: { file: ids.txt, group: 40 }.',
      );
    }
    valid &&= name;
  }
  if (!valid) return undefined;
  const decorators = rows.columns.map((column) => {
    const attributes = parameters.get(column)?.parameter.attributes ?? {};
    return (literal: Literal) => decorateOne(column, literal, attributes, node, problems);
  });
  const track = makeTrack(rows.columns, rows.length, (row) =>
    rows
      .at(row)
      .map((literal, column) => (literal === undefined ? undefined : decorators[column]?.(literal))),
  );
  return { ...track, node };
}

function checkName(name: string, node: Node, problems: Reading['problems']): boolean {
  if (/^[A-Za-z_][A-Za-z0-9_]{0,62}$/.test(name)) return true;
  problems.add(
    node,
    `the column \`${name}\` is not a parameter name`,
    'A name is a letter or _ followed by letters, digits and _. Use `columns` to name them.',
  );
  return false;
}

function decorateOne(
  name: string,
  literal: Literal,
  attributes: Attributes,
  node: Node,
  problems: Reading['problems'],
): Literal {
  const decorated = decorate(name, { length: 1, at: () => literal }, attributes, node, problems);
  return decorated?.at(0) ?? literal;
}

/** The other parameters in written order; zipped ones stand where their first member stands. */
function axisTracks(
  entries: readonly Entry[],
  parameters: Parameters,
  zips: readonly (readonly string[])[],
  node: Node,
  leading: readonly string[],
  reading: Reading,
): Loose[] {
  const values = new Map<string, { readonly values: Values; readonly node: Node }>();
  for (const { key } of entries) {
    const found = parameters.get(key);
    if (found?.parameter.kind === 'values')
      values.set(key, { values: found.parameter.values, node: found.node });
    if (found?.parameter.kind === 'attributes' && !leading.includes(key)) {
      reading.problems.add(
        found.node,
        `\`${key}\` has attributes and no value`,
        'Write value, values, or a form such as linspace.',
      );
    }
  }
  const zipNode = child(node, 'zip') ?? node;
  const zipped = checkedZips(zips, values, zipNode, reading);
  const done = new Set<string>();
  const tracks: Loose[] = [];
  for (const [name, { values: own, node: at }] of values) {
    if (done.has(name)) continue;
    const members = zipped.find((zip) => zip.includes(name)) ?? [name];
    for (const member of members) done.add(member);
    const columns = members.map((member) => values.get(member)?.values ?? own);
    tracks.push({
      ...makeTrack(members, own.length, (position) => columns.map((column) => column.at(position))),
      node: at,
    });
  }
  return tracks;
}

function checkedZips(
  zips: readonly (readonly string[])[],
  values: ReadonlyMap<string, { readonly values: Values }>,
  node: Node,
  { problems }: Reading,
): (readonly string[])[] {
  const seen = new Set<string>();
  return zips.filter((zip, index) => {
    const place = child(node, index) ?? node;
    for (const name of zip) {
      if (!values.has(name)) {
        const near = nearestName(name, values.keys());
        problems.add(
          place,
          `\`zip\` names \`${name}\`, which is no parameter with values here`,
          near === undefined ? undefined : `Did you mean \`${near}\`?`,
        );
        return false;
      }
      if (seen.has(name)) problems.add(place, `\`${name}\` is zipped twice`, 'Name it once.');
      seen.add(name);
    }
    const lengths = zip.map((name) => `${name} ${values.get(name)?.values.length}`);
    if (new Set(zip.map((name) => values.get(name)?.values.length)).size === 1) return true;
    problems.add(
      place,
      `zipped parameters have different lengths: ${lengths.join(', ')}`,
      'Zip needs equally many values of each.',
    );
    return false;
  });
}
