import { type Attributes, decorate } from './attributes.ts';
import type { DataFiles } from './data-files.ts';
import { formValues } from './forms.ts';
import type { Problems } from './problems.ts';
import { attributes, formKeys, form as formSchema, listForms } from './schema-parameters.ts';
import { reportSchemaIssues } from './schema-problems.ts';
import { child, type MapNode, type Node, toLiteral, toValue } from './tree.ts';
import { fixedValues, union, type Values } from './values.ts';

/** What a parameter of the file stands for. */
export type Parameter =
  | { readonly kind: 'values'; readonly values: Values; readonly attributes: Attributes }
  | {
      readonly kind: 'derive';
      readonly expression: string;
      readonly node: Node;
      readonly attributes: Attributes;
    }
  | {
      readonly kind: 'unique';
      readonly unique: UniqueForm;
      readonly node: Node;
      readonly attributes: Attributes;
    }
  /** Only attributes: the values come from a column of `rows` or from `sample`. */
  | { readonly kind: 'attributes'; readonly attributes: Attributes };

export interface UniqueForm {
  readonly stride: number;
  readonly except: readonly string[];
  readonly below: number;
  readonly salt: number;
}

export interface Reading {
  readonly problems: Problems;
  readonly data: DataFiles;
}

/** `undefined` after reporting a problem. The node has passed the schema. */
export function readParameter(name: string, node: Node, reading: Reading): Parameter | undefined {
  if (node.kind === 'scalar') return valuesOf(fixedValues([toLiteral(node)]), {});
  if (node.kind === 'list') {
    hintWindow(name, node, reading.problems);
    const values = listValues(name, node, reading);
    return values === undefined ? undefined : valuesOf(values, {});
  }
  return readForm(name, node, reading);
}

const valuesOf = (values: Values, attributes: Attributes): Parameter => ({
  kind: 'values',
  values,
  attributes,
});

function readForm(name: string, node: MapNode, reading: Reading): Parameter | undefined {
  const form = formSchema.parse(toValue(node));
  const { unit, description, format, round, type, group } = form;
  const given: Attributes = { unit, description, format, round, type, group };
  const keys = node.entries.map((entry) => entry.key).filter((key) => formKeys.includes(key));
  if (keys.length > 1) {
    reading.problems.add(
      node,
      `\`${name}\` has ${keys.map((key) => `\`${key}\``).join(' and ')}`,
      'Keep one of them.',
    );
    return undefined;
  }
  const [key] = keys;
  if (key === undefined) return { kind: 'attributes', attributes: given };
  if (refuseMisplaced(name, key, node, reading.problems)) return undefined;
  if (form.derive !== undefined) return derived(node, form.derive, given);
  if (form.unique !== undefined) return { kind: 'unique', unique: form.unique, node, attributes: given };
  const values = formValues(key, form, node, reading);
  if (values === undefined) return undefined;
  const decorated = decorate(name, values, given, node, reading.problems);
  return decorated === undefined ? undefined : valuesOf(decorated, given);
}

/** What is computed for each point is one value with nothing to pack; a seed that were rounded could overlap. */
const misplaced: Readonly<Record<string, readonly (keyof Attributes)[]>> = {
  derive: ['group'],
  unique: ['group', 'round', 'type'],
};

function refuseMisplaced(name: string, key: string, node: MapNode, problems: Problems): boolean {
  const found = misplaced[key]?.find((attribute) => child(node, attribute) !== undefined);
  if (found === undefined) return false;
  problems.add(
    child(node, found),
    `\`${found}\` does not go with \`${key}\` (\`${name}\`)`,
    `Leave \`${found}\` out.`,
  );
  return true;
}

const derived = (node: MapNode, expression: string, attributes: Attributes): Parameter => ({
  kind: 'derive',
  expression,
  node: child(node, 'derive') ?? node,
  attributes,
});

/** A plain list: values, or forms whose values follow each other. */
function listValues(
  name: string,
  node: Extract<Node, { kind: 'list' }>,
  reading: Reading,
): Values | undefined {
  const parts = node.items.map((item) =>
    isListForm(item) ? listForm(name, item, reading) : fixedValues([toLiteral(item)]),
  );
  const whole = parts.filter((part) => part !== undefined);
  if (whole.length < parts.length) return undefined;
  return node.items.some(isListForm) ? union(whole) : fixedValues(node.items.map(toLiteral));
}

/** One of the forms with attributes if wanted, as it would stand alone; any other mapping is a value. */
function isListForm(node: Node): node is MapNode {
  if (node.kind !== 'map') return false;
  const keys = node.entries.map(({ key }) => key);
  return (
    keys.some((key) => listForms.has(key)) && keys.every((key) => listForms.has(key) || key in attributes)
  );
}

function listForm(name: string, node: MapNode, reading: Reading): Values | undefined {
  const parsed = formSchema.safeParse(toValue(node));
  if (!parsed.success) {
    reportSchemaIssues(parsed.error.issues, node, reading.problems, ['parameters', name]);
    return undefined;
  }
  const parameter = readForm(name, node, reading);
  return parameter?.kind === 'values' ? parameter.values : undefined;
}

/** `window: [16, 30]` is two values; it often was meant as one. */
function hintWindow(name: string, node: Extract<Node, { kind: 'list' }>, problems: Problems): void {
  if (!/window|range|interval|bounds|limits|band|extent|span|between/i.test(name)) return;
  if (node.items.length !== 2 || !node.items.every((item) => typeof toValue(item) === 'number')) return;
  const written = toLiteral(node).text;
  problems.hint(
    node,
    `\`${name}: ${written}\` is an axis of two values, not one list`,
    `For one list write { value: ${written} }.`,
  );
}
