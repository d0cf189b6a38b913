import { distance } from 'fastest-levenshtein';
import { z } from 'zod';
import { quotingAdvice } from './placeholder.ts';
import type { Problems } from './problems.ts';
import { gridSchema } from './schema.ts';
import { at, describe, entryOf, type Node, nearest, type Path } from './tree.ts';

/** Turns what the schema refuses into sentences with a place: what was found, what is allowed, the nearest key. */

type Issue = z.core.$ZodIssue;

/** What editors read, and where messages look up what is allowed. */
export interface JsonSchema {
  readonly type?: string | readonly string[];
  readonly description?: string;
  readonly examples?: readonly unknown[];
  readonly default?: unknown;
  readonly enum?: readonly unknown[];
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean | JsonSchema;
  readonly items?: JsonSchema;
  readonly anyOf?: readonly JsonSchema[];
  readonly oneOf?: readonly JsonSchema[];
  readonly pattern?: string;
  readonly [key: string]: unknown;
}

let cached: JsonSchema | undefined;

/** Of a grid file as written (defaults not filled in). */
export function gridJsonSchema(): JsonSchema {
  // `toJSONSchema` returns a JSON Schema document; its own type is wider than what we read of it.
  cached ??= z.toJSONSchema(gridSchema, { io: 'input', target: 'draft-7' }) as JsonSchema;
  return cached;
}

/** `base` is where `root` stands in the schema: empty for a whole file. */
export function reportSchemaIssues(
  issues: readonly Issue[],
  root: Node,
  problems: Problems,
  base: Path = [],
): void {
  for (const issue of issues) reportIssue(issue, [], { root, problems, base });
}

interface Report {
  readonly root: Node;
  readonly problems: Problems;
  readonly base: Path;
}

function reportIssue(issue: Issue, prefix: Path, report: Report): void {
  const { root, problems, base } = report;
  const path = [...prefix, ...issue.path];
  const node = at(root, path);
  if (issue.code === 'unrecognized_keys') {
    reportUnknownKeys(issue.keys, [...base, ...path], node, problems);
    return;
  }
  const branch = issue.code === 'invalid_union' ? fittingBranch(issue.errors) : undefined;
  if (branch !== undefined) for (const inner of branch) reportIssue(inner, path, report);
  else if (issue.code === 'invalid_key') reportName(issue.issues[0]?.message, path, report);
  else reportValue(issue, path, node, report);
}

function reportName(why: string | undefined, path: Path, { root, problems, base }: Report): void {
  const key = path.at(-1) ?? '';
  const parent = path.slice(0, -1);
  const place = entryOf(at(root, parent), key)?.keyAt ?? nearest(root, path);
  problems.add(
    place,
    `${dotted([...base, ...parent])} cannot hold the name \`${String(key)}\`: ${why ?? 'it is not allowed'}`,
  );
}

/** The branch of a union that was meant: the only one whose outermost type fits. */
function fittingBranch(branches: readonly (readonly Issue[])[]): readonly Issue[] | undefined {
  const fitting = branches.filter(
    (issues) => !issues.some((issue) => issue.path.length === 0 && outermost.has(issue.code)),
  );
  return fitting.length === 1 ? fitting[0] : undefined;
}

const outermost: ReadonlySet<string> = new Set([
  'invalid_type',
  'invalid_value',
  'invalid_format',
  'invalid_union',
]);

function reportUnknownKeys(
  keys: readonly string[],
  path: Path,
  node: Node | undefined,
  problems: Problems,
): void {
  const known = knownKeys(path);
  const isParameter = path.at(-2) === 'parameters';
  const asValue = isParameter ? ' An object as a value is written { value: { ... } }.' : '';
  for (const key of keys) {
    const near = nearestName(key, known);
    const guess = near === undefined ? '' : `Did you mean \`${near}\`? `;
    const place = entryOf(node, key)?.keyAt ?? node;
    problems.add(
      place,
      `unknown key \`${key}\`${path.length === 0 ? '' : ` in ${dotted(path)}`}`,
      `${guess}Allowed: ${known.join(', ')}.${asValue}`,
    );
  }
}

function reportValue(
  issue: Issue,
  path: Path,
  node: Node | undefined,
  { root, problems, base }: Report,
): void {
  const full = [...base, ...path];
  const schema = schemasAt(full);
  if (node === undefined) problems.add(nearest(root, path), `${named(full)}is missing`, explain(schema));
  else if (looksUnquoted(node)) {
    const written = `{${node.entries.map((entry) => entry.key).join(', ')}}`;
    const message = `\`${written}\` without quotes is a YAML mapping, not a placeholder`;
    problems.add(node, message, quotingAdvice(written));
  } else {
    const message = `${named(full)}${expectation(issue, schema)}, found ${describe(node)}`;
    problems.add(node, message, explain(schema));
  }
}

/** `{alpha}` without quotes: a mapping in braces whose keys have no values. */
export function looksUnquoted(node: Node): node is Extract<Node, { kind: 'map' }> {
  return (
    node.kind === 'map' &&
    node.flow &&
    node.entries.length > 0 &&
    node.entries.every(({ node: value }) => value.kind === 'scalar' && value.value === null)
  );
}

function expectation(issue: Issue, schemas: readonly JsonSchema[]): string {
  switch (issue.code) {
    case 'invalid_type':
      return `must be ${typeName(issue.expected)}`;
    case 'invalid_value':
      return `must be ${issue.values.map((value) => `\`${String(value)}\``).join(' or ')}`;
    case 'invalid_union':
      return alternatives(schemas);
    case 'too_small':
      return issue.origin === 'array'
        ? `needs at least ${issue.minimum} ${issue.minimum === 1 ? 'item' : 'items'}`
        : issue.origin === 'string'
          ? 'must not be empty'
          : `must be ${issue.inclusive === true ? 'at least' : 'more than'} ${issue.minimum}`;
    case 'too_big':
      return issue.origin === 'number' || issue.origin === 'int'
        ? `must be at most ${issue.maximum}`
        : `is longer than ${issue.maximum}`;
    default:
      // Of a union only the branch that came nearest is told: say all that it may be.
      return issue.message.startsWith('Invalid') ? alternatives(schemas) : `is wrong: ${issue.message}`;
  }
}

function alternatives(schemas: readonly JsonSchema[]): string {
  const types = [...new Set(schemas.flatMap(allowedTypes))];
  return types.length === 0 ? 'has the wrong form' : `must be ${types.join(' or ')}`;
}

const typeNames: Readonly<Record<string, string>> = {
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  integer: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'a mapping',
  record: 'a mapping',
  null: 'null',
  tuple: 'a list of two numbers',
};

const typeName = (type: string) => typeNames[type] ?? type;

function allowedTypes(schema: JsonSchema): string[] {
  const branches = schema.anyOf ?? schema.oneOf;
  if (branches !== undefined) return branches.flatMap(allowedTypes);
  if (schema.enum !== undefined) return schema.enum.map((value) => `\`${String(value)}\``);
  if (schema.pattern === '\\{') return ['text with a placeholder'];
  return typeof schema.type === 'string' ? [typeName(schema.type)] : [];
}

function explain(schemas: readonly JsonSchema[]): string | undefined {
  const schema = schemas.find(
    ({ description, examples }) => description !== undefined || examples !== undefined,
  );
  if (schema === undefined) return undefined;
  const examples = (schema.examples ?? []).slice(0, 2).map((example) => `\`${yamlExample(example)}\``);
  const shown = examples.length === 0 ? '' : `For example ${examples.join(' or ')}.`;
  return [schema.description, shown].filter((part) => part !== undefined && part !== '').join(' ');
}

/** Short YAML in one line. */
export function yamlExample(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(yamlExample).join(', ')}]`;
  if (typeof value === 'object' && value !== null) {
    return `{ ${Object.entries(value)
      .map(([key, item]) => `${key}: ${yamlExample(item)}`)
      .join(', ')} }`;
  }
  if (typeof value === 'string') return /[{}[\]*:#,&]|^[-?]|^$/.test(value) ? JSON.stringify(value) : value;
  return String(value);
}

/** Every schema that may hold at a path, outermost union first. */
function schemasAt(path: Path): readonly JsonSchema[] {
  let current: readonly JsonSchema[] = [gridJsonSchema()];
  for (const key of path) current = current.flatMap(withBranches).flatMap((schema) => step(schema, key));
  return current;
}

const withBranches = (schema: JsonSchema): readonly JsonSchema[] => [
  schema,
  ...(schema.anyOf ?? schema.oneOf ?? []).flatMap(withBranches),
];

function step(schema: JsonSchema, key: PropertyKey): readonly JsonSchema[] {
  if (typeof key === 'number') return schema.items === undefined ? [] : [schema.items];
  const known = schema.properties?.[String(key)];
  if (known !== undefined) return [known];
  return typeof schema.additionalProperties === 'object' ? [schema.additionalProperties] : [];
}

function knownKeys(path: Path): readonly string[] {
  return [
    ...new Set(
      schemasAt(path)
        .flatMap(withBranches)
        .flatMap((schema) => Object.keys(schema.properties ?? {})),
    ),
  ];
}

/** The known name that differs by a slip of the pen, if there is one. */
export function nearestName(name: string, known: Iterable<string>): string | undefined {
  let best: { readonly name: string; readonly edits: number } | undefined;
  for (const candidate of known) {
    const edits = distance(
      name.toLowerCase().replaceAll('-', '_'),
      candidate.toLowerCase().replaceAll('-', '_'),
    );
    if (
      edits < candidate.length &&
      edits <= Math.max(1, Math.floor(candidate.length / 3)) &&
      edits < (best?.edits ?? Number.POSITIVE_INFINITY)
    ) {
      best = { name: candidate, edits };
    }
  }
  return best?.name;
}

export function dotted(path: Path): string {
  return `\`${path
    .map((key) => (typeof key === 'number' ? `[${key + 1}]` : String(key)))
    .join('.')
    .replaceAll('.[', '[')}\``;
}

const named = (path: Path) => (path.length === 0 ? 'the file ' : `${dotted(path)} `);
