import { gridJsonSchema, type JsonSchema, yamlExample } from './schema-problems.ts';

/** The two documents that the schema writes: for editors, and for people. */

export function schemaDocument(): string {
  const { $schema, ...schema } = gridJsonSchema();
  return `${JSON.stringify({ $schema, title: 'A Muster grid', ...schema }, null, 2)}\n`;
}

const introduction = `# The grid file

Written by \`npm run docs\` from the schema in \`src/grid/schema.ts\`; do not edit.

One YAML 1.2 (or JSON) file per grid in \`grids/\`, at most 1 MB. Editors complete and check it after this first line:

\`\`\`yaml
# yaml-language-server: $schema=../docs/grid.schema.json
\`\`\`

In a repository of your own it is the way from your file to \`docs/grid.schema.json\` of the clone of Muster.

Literals keep their text: \`1.0\`, \`3e-3\` and \`-0.0\` reach the program as written, also inside lists. Integers with
leading zeros (\`01022500\`) or beyond 2^53, \`NO\`, \`on\`, \`12:30\` and dates are text. CSV cells and \`--set\` follow the same rules.
In a list of values an object with the single key \`linspace\`, \`geomspace\`, \`logspace\`, \`range\`, \`dates\`, \`chunks\` or \`file\`
is a form, and the axis is the union; where such an object is meant as a value, write \`{ values: [...] }\`.
In labels every character but letters, digits and \`._=+,@-\` becomes \`-\`; a \`/\` of the template makes folders.
`;

export const referencePage = (): string => `${introduction}\n${keyTables(gridJsonSchema())}`;

/** `## Keys` and a section for each object below, as Markdown. */
export function keyTables(root: JsonSchema): string {
  const lines: string[] = ['## Keys', ''];
  const sections: [string, JsonSchema][] = [];
  lines.push(...table(root, '', sections));
  for (let next = sections.shift(); next !== undefined; next = sections.shift()) {
    const [path, schema] = next;
    const deeper: [string, JsonSchema][] = [];
    lines.push('', `## \`${path}\``, '');
    if (schema.description !== undefined) lines.push(schema.description, '');
    lines.push(...table(schema, path, deeper));
    sections.unshift(...deeper);
  }
  return `${lines.join('\n')}\n`;
}

/** A row per key; objects inside get a section of their own. */
function table(schema: JsonSchema, path: string, sections: [string, JsonSchema][]): string[] {
  const rows = Object.entries(schema.properties ?? {}).map(([key, property]) => {
    const full = path === '' ? key : `${path}.${key}`;
    const inner = objectOf(property, full);
    // A block holds what the file holds: its keys are explained there.
    if (inner !== undefined && !path.startsWith('blocks')) sections.push(inner);
    const required = schema.required?.includes(key) === true ? ' (required)' : '';
    return `| \`${key}\`${required} | ${typeOf(property)} | ${defaultOf(property)} | ${meaning(property)} |`;
  });
  return ['| Key | Type | Default | Meaning |', '|---|---|---|---|', ...rows];
}

/** The object with known keys that a property is, lists, or holds by name. */
function objectOf(schema: JsonSchema, path: string): [string, JsonSchema] | undefined {
  if (path === 'blocks') return undefined;
  if (Object.keys(schema.properties ?? {}).length > 0) return [path, schema];
  for (const branch of schema.anyOf ?? []) {
    const found = objectOf(branch, path);
    if (found !== undefined) return found;
  }
  if (schema.items !== undefined) return objectOf(schema.items, `${path}[]`);
  if (typeof schema.additionalProperties === 'object')
    return objectOf(schema.additionalProperties, `${path}.<name>`);
  return undefined;
}

function typeOf(schema: JsonSchema): string {
  if (schema.anyOf !== undefined) return [...new Set(schema.anyOf.map(typeOf))].join(' or ');
  if (schema.enum !== undefined) return schema.enum.map((value) => `\`${String(value)}\``).join(', ');
  if (schema.const !== undefined) return `\`${String(schema.const)}\``;
  if (schema.pattern === '\\{') return 'placeholder';
  if (schema.type === 'array') return listOf(schema.items);
  if (schema.type === 'object') return 'mapping';
  const types = [schema.type ?? 'anything'].flat();
  return types.map((type) => (type === 'string' ? 'text' : type)).join(' or ');
}

function listOf(items: JsonSchema | undefined): string {
  const inner = items === undefined ? 'anything' : typeOf(items);
  if (inner === 'anything') return 'list';
  return inner.includes(' or ') ? `list of (${inner})` : `list of ${inner}`;
}

function defaultOf(schema: JsonSchema): string {
  const value = schema.default;
  if (value === undefined) return '';
  const empty = typeof value === 'object' && value !== null && Object.keys(value).length === 0;
  return empty ? '' : `\`${yamlExample(value)}\``;
}

function meaning(schema: JsonSchema): string {
  const examples = (schema.examples ?? []).map((example) => `\`${yamlExample(example)}\``);
  const shown = examples.length === 0 ? '' : `E.g. ${examples.join(', ')}`;
  return [schema.description, shown]
    .filter((part) => part !== undefined && part !== '')
    .join(' ')
    .replaceAll('|', '\\|');
}
