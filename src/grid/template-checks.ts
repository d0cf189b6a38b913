import { inside } from './expression-places.ts';
import { reservedNames } from './lookup.ts';
import { PlaceholderError, type PlaceholderReference, placeholderNames } from './placeholder.ts';
import type { Problems } from './problems.ts';
import { nearestName } from './schema-problems.ts';
import { at, child, type MapNode, type Node, type Path } from './tree.ts';
import { insideWorkDirectory, WorkPathError } from './work-path.ts';

/** Where placeholders may stand, by path; `*` is every key or item. */
const templated: readonly Path[] = [
  ['label'],
  ['timeout'],
  ['expected'],
  ['resources', '*'],
  ['program', 'image'],
  ['program', 'command', '*'],
  ['program', 'command', '*', '*'],
  ['program', 'verify', '*'],
  ['program', 'verify', '*', '*'],
  ['program', 'environment', '*'],
  ['program', 'inputs', '*', '*'],
  ['program', 'outputs', '*', 'path'],
  ['program', 'outputs', '*', 'archive'],
  ['program', 'checkpoint', 'path'],
  ['program', 'results', '*', 'file'],
];

const reservedKeys: Readonly<Record<string, readonly string[]>> = {
  combination: ['index', 'id', 'label'],
  slice: ['start', 'end'],
  resources: ['vcpus', 'memory_mib', 'gpus', 'architecture', 'capacity'],
  run: ['id'],
};

/** Every placeholder names a parameter, or one of the reserved things, at its place. */
export function checkTemplates(root: MapNode, known: ReadonlySet<string>, problems: Problems): void {
  for (const pattern of templated) {
    for (const node of select(root, pattern)) checkTemplate(node, pattern[0] === 'label', known, problems);
  }
}

function select(node: Node, [key, ...rest]: Path): readonly Node[] {
  if (key === undefined) return [node];
  const next = key === '*' ? children(node) : [child(node, key)].filter((one) => one !== undefined);
  return next.flatMap((one) => select(one, rest));
}

function children(node: Node): readonly Node[] {
  if (node.kind === 'list') return node.items;
  return node.kind === 'map' ? node.entries.map((entry) => entry.node) : [];
}

function checkTemplate(node: Node, label: boolean, known: ReadonlySet<string>, problems: Problems): void {
  if (node.kind !== 'scalar' || typeof node.value !== 'string') return;
  const shell = /\$\{([A-Za-z_][\w.]*)\}/.exec(node.value);
  if (shell !== null) {
    problems.add(
      inside(node, shell.index),
      `\`${shell[0]}\` is shell, and there is no shell`,
      `Write "{${shell[1]}}" with quotes and without the dollar.`,
    );
    return;
  }
  try {
    for (const reference of placeholderNames(node.value))
      checkReference(reference, node, label, known, problems);
  } catch (error) {
    if (!(error instanceof PlaceholderError)) throw error;
    problems.add(inside(node, error.offset), error.message, error.fix);
  }
}

function checkReference(
  reference: PlaceholderReference,
  node: Node,
  label: boolean,
  known: ReadonlySet<string>,
  problems: Problems,
): void {
  const { name, path, source, offset } = reference;
  const place = inside(node, offset);
  if (
    label &&
    (reference.form !== 'value' || (reservedNames.has(name) && !['id', 'index'].includes(path[0] ?? '')))
  ) {
    problems.add(
      place,
      `\`${source}\` cannot stand in a label`,
      'Labels are made of parameters and {combination.id}.',
    );
  } else if (reservedNames.has(name)) {
    const keys = reservedKeys[name] ?? [];
    if (path.length === 1 && keys.includes(path[0] ?? '')) return;
    problems.add(
      place,
      `\`${source}\` is not known`,
      `There is ${keys.map((key) => `{${name}.${key}}`).join(', ')}.`,
    );
  } else if (!known.has(name)) {
    const near = nearestName(name, known);
    const guess = near === undefined ? '' : `Did you mean \`{${near}}\`? `;
    problems.add(
      place,
      `\`${source}\` names no parameter`,
      `${guess}${known.size === 0 ? 'The grid has none' : `Parameters: ${[...known].join(', ')}`}. For a brace write {{.`,
    );
  }
}

/** Paths below the work directory stay there, whatever is filled in later. */
export function checkPaths(root: MapNode, problems: Problems): void {
  const paths: readonly Path[] = [
    ['program', 'outputs', '*', 'path'],
    ['program', 'outputs', '*', 'archive'],
    ['program', 'inputs', '*', 'to'],
    ['program', 'checkpoint', 'path'],
    ['program', 'results', '*', 'file'],
  ];
  for (const node of paths.flatMap((pattern) => select(root, pattern))) {
    if (node.kind !== 'scalar') continue;
    try {
      insideWorkDirectory(node.text.replace(/\{[^{}]*\}/g, 'x'));
    } catch (error) {
      if (!(error instanceof WorkPathError)) throw error;
      problems.add(node, error.message, error.fix);
    }
  }
}

/** Names that become the same variable, or mean something else. */
export function checkNames(root: MapNode, blocks: readonly Node[], problems: Problems): void {
  const upper = new Map<string, string>();
  const maps = [at(root, ['parameters']), ...blocks.map((block) => child(block, 'parameters'))];
  for (const entry of maps.flatMap((map) => (map?.kind === 'map' ? map.entries : []))) {
    if (reservedNames.has(entry.key)) {
      problems.add(entry.keyAt, `\`${entry.key}\` is reserved for placeholders`, 'Use another name.');
    }
    const other = upper.get(entry.key.toUpperCase());
    if (other !== undefined && other !== entry.key) {
      problems.add(
        entry.keyAt,
        `\`${other}\` and \`${entry.key}\` both become MUSTER_PARAM_${entry.key.toUpperCase()}`,
        'Rename one of them.',
      );
    }
    upper.set(entry.key.toUpperCase(), entry.key);
  }
}
