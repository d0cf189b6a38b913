import { inside } from './expression-places.ts';
import { reservedNames } from './lookup.ts';
import { PlaceholderError, type PlaceholderReference, placeholderNames } from './placeholder.ts';
import type { Problems } from './problems.ts';
import { nearestName } from './schema-problems.ts';
import { child, type MapNode, type Node, type Path, type ScalarNode } from './tree.ts';
import { insideWorkDirectory, WorkPathError } from './work-path.ts';

/**
 * What a template is for. `early` is filled in before anything is planned, so it knows the combination only; in an
 * `argument` a list may become several, and a `group` of them is dropped when something in it is off.
 */
type Use = 'label' | 'early' | 'text' | 'argument' | 'group';

/** Where placeholders may stand, by path; `*` is every key or item. */
const templated: readonly (readonly [Path, Use])[] = [
  [['label'], 'label'],
  [['timeout'], 'early'],
  [['expected'], 'early'],
  [['resources', '*'], 'early'],
  [['program', 'image'], 'early'],
  [['program', 'command', '*'], 'argument'],
  [['program', 'command', '*', '*'], 'group'],
  [['program', 'verify', '*'], 'argument'],
  [['program', 'verify', '*', '*'], 'group'],
  [['program', 'environment', '*'], 'text'],
  [['program', 'inputs', '*', '*'], 'text'],
  [['program', 'outputs', '*', 'path'], 'text'],
  [['program', 'outputs', '*', 'archive'], 'text'],
  [['program', 'outputs', '*', 'contains', '*'], 'text'],
  [['program', 'checkpoint', 'path'], 'text'],
  [['program', 'results', '*', 'file'], 'text'],
];

export interface Template {
  readonly node: ScalarNode;
  readonly text: string;
  readonly use: Use;
}

/** Every text of the file in which placeholders are filled in. */
export function templates(root: MapNode): readonly Template[] {
  return templated.flatMap(([pattern, use]) =>
    select(root, pattern).flatMap((node) =>
      node.kind === 'scalar' && typeof node.value === 'string' ? [{ node, text: node.value, use }] : [],
    ),
  );
}

const reservedKeys: Readonly<Record<string, readonly string[]>> = {
  combination: ['index', 'id', 'label'],
  slice: ['start', 'end'],
  resources: ['vcpus', 'memory_mib', 'gpus', 'architecture', 'capacity'],
  run: ['id'],
};

/** Every placeholder names a parameter, or one of the reserved things, at its place. */
export function checkTemplates(root: MapNode, known: ReadonlySet<string>, problems: Problems): void {
  for (const template of templates(root)) checkTemplate(template, known, problems);
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

function checkTemplate(template: Template, known: ReadonlySet<string>, problems: Problems): void {
  const { node, text } = template;
  const shell = /\$\{([A-Za-z_][\w.]*)\}/.exec(text);
  if (shell !== null) {
    problems.add(
      inside(node, shell.index),
      `\`${shell[0]}\` is shell, and there is no shell`,
      `Write "{${shell[1]}}" with quotes and without the dollar.`,
    );
    return;
  }
  try {
    for (const reference of placeholderNames(text)) checkReference(reference, template, known, problems);
  } catch (error) {
    if (!(error instanceof PlaceholderError)) throw error;
    problems.add(inside(node, error.offset), error.message, error.fix);
  }
}

function checkReference(
  reference: PlaceholderReference,
  { node, use }: Template,
  known: ReadonlySet<string>,
  problems: Problems,
): void {
  const { name, path, source, offset } = reference;
  const place = inside(node, offset);
  if (
    use === 'label' &&
    (reference.form !== 'value' || (reservedNames.has(name) && !['id', 'index'].includes(path[0] ?? '')))
  ) {
    problems.add(
      place,
      `\`${source}\` cannot stand in a label`,
      'Labels are made of parameters and {combination.id}.',
    );
  } else if (use === 'early' && reservedNames.has(name) && name !== 'combination') {
    problems.add(
      place,
      `\`${source}\` is not known here yet: this is filled in before anything is planned`,
      'Use parameters, {combination.id} or {combination.index}.',
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
