import type { z } from 'zod';
import type { DataFiles } from './data-files.ts';
import { DateError, dateWindows } from './dates.ts';
import { FormatError, formatValue } from './format.ts';
import type { Problems } from './problems.ts';
import { coreScalar, type Literal } from './scalar.ts';
import { formKeys, form as formSchema, listForms } from './schema-parameters.ts';
import { reportSchemaIssues } from './schema-problems.ts';
import { child, type MapNode, type Node, toLiteral, toValue } from './tree.ts';
import {
  chunks,
  fixedValues,
  geomspace,
  grouped,
  linspace,
  logspace,
  mapped,
  range,
  rangeLength,
  union,
  type Values,
} from './values.ts';

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

export interface Attributes {
  readonly unit?: string | undefined;
  readonly description?: string | undefined;
  readonly format?: string | undefined;
  readonly round?: number | undefined;
  readonly type?: 'text' | undefined;
  readonly group?: number | undefined;
}

export interface UniqueForm {
  readonly stride: number;
  readonly except: readonly string[];
  readonly below: number;
  readonly salt: number;
}

type Form = z.output<typeof formSchema>;

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
  const attributes: Attributes = { unit, description, format, round, type, group };
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
  if (key === undefined) return { kind: 'attributes', attributes };
  if (form.derive !== undefined) return derived(node, form.derive, attributes);
  if (form.unique !== undefined) return { kind: 'unique', unique: form.unique, node, attributes };
  const values = formValues(key, form, node, reading);
  if (values === undefined) return undefined;
  const decorated = decorate(name, values, attributes, node, reading.problems);
  return decorated === undefined ? undefined : valuesOf(decorated, attributes);
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

function isListForm(node: Node): node is MapNode {
  return node.kind === 'map' && node.entries.length === 1 && listForms.has(node.entries[0]?.key ?? '');
}

function listForm(name: string, node: MapNode, reading: Reading): Values | undefined {
  const parsed = formSchema.safeParse(toValue(node));
  if (parsed.success) return formValues(node.entries[0]?.key ?? '', parsed.data, node, reading);
  reportSchemaIssues(parsed.error.issues, node, reading.problems, ['parameters', name]);
  return undefined;
}

function formValues(key: string, form: Form, node: MapNode, reading: Reading): Values | undefined {
  const { problems } = reading;
  const inner = child(node, key) ?? node;
  if (key === 'value') return fixedValues([toLiteral(inner)]);
  if (key === 'values' && inner.kind === 'list') return fixedValues(inner.items.map(toLiteral));
  if (form.linspace !== undefined) return spaced(form.linspace, inner, problems, linspace);
  if (form.logspace !== undefined) return logarithmic(form.logspace, inner, problems);
  if (form.geomspace !== undefined) return geometric(form.geomspace, inner, problems);
  if (form.range !== undefined) return stepped(form.range, inner, problems);
  if (form.chunks !== undefined) return chunks(form.chunks.of, form.chunks.size);
  if (form.repeat !== undefined) return range(0, form.repeat, 1);
  if (form.dates !== undefined) return windows(form.dates, inner, problems);
  if (form.file !== undefined) return fileValues(form.file, form.type, inner, reading);
  return undefined;
}

interface WrittenSpacing {
  readonly start: number;
  readonly stop: number;
  readonly num?: number | undefined;
  readonly count?: number | undefined;
  readonly endpoint: boolean;
}

function spaced<Written extends WrittenSpacing>(
  written: Written,
  node: Node,
  problems: Problems,
  make: (spacing: Written & { readonly num: number }) => Values,
): Values | undefined {
  const num = written.num ?? written.count;
  if (num !== undefined && (written.num === undefined || written.count === undefined))
    return make({ ...written, num });
  problems.add(
    node,
    `${num === undefined ? '`num` is missing' : '`num` and `count` mean the same'}`,
    'Write num: 10.',
  );
  return undefined;
}

function geometric(written: WrittenSpacing, node: Node, problems: Problems): Values | undefined {
  if (written.start * written.stop > 0) return spaced(written, node, problems, geomspace);
  problems.add(
    node,
    'geomspace needs two end points of the same sign, and neither zero',
    'Use linspace across zero.',
  );
  return undefined;
}

function logarithmic(
  written: NonNullable<Form['logspace']>,
  node: Node,
  problems: Problems,
): Values | undefined {
  // The shape of `logspace` is extended by one key; its static type is the common part.
  const base = Number(child(node, 'base') === undefined ? 10 : toValue(child(node, 'base') as Node));
  const { start, stop } = written;
  const whole = Number.isInteger(start) && Number.isInteger(stop);
  if (start > 0 && stop > 0 && (!whole || Math.max(start, stop) > 15)) {
    problems.hint(
      node,
      `logspace takes exponents: this runs from ${base ** start} to ${base ** stop}`,
      `For end points write { geomspace: { start: ${start}, stop: ${stop}, num: ... } }.`,
    );
  }
  if (!Number.isFinite(base ** start) || !Number.isFinite(base ** stop)) {
    problems.add(
      node,
      `${base} to the power of ${Math.max(start, stop)} is not finite`,
      'logspace takes exponents.',
    );
    return undefined;
  }
  return spaced(written, node, problems, (spacing) => logspace({ ...spacing, base }));
}

function stepped(written: NonNullable<Form['range']>, node: Node, problems: Problems): Values | undefined {
  const { start, stop, step } = written;
  const length = step === 0 ? 0 : rangeLength(start, stop, step);
  if (length > 0 && length <= 100_000_000) return range(start, stop, step);
  const why = step === 0 ? 'a step of 0' : length === 0 ? 'no value' : `${length} values`;
  problems.add(node, `the range from ${start} to ${stop} by ${step} has ${why}`, '`stop` is excluded.');
  return undefined;
}

function windows(written: NonNullable<Form['dates']>, node: Node, problems: Problems): Values | undefined {
  try {
    return dateWindows(written);
  } catch (error) {
    if (!(error instanceof DateError)) throw error;
    problems.add(child(node, error.key) ?? node, error.message, error.fix);
    return undefined;
  }
}

function fileValues(
  file: string,
  type: 'text' | undefined,
  node: Node,
  reading: Reading,
): Values | undefined {
  const read = reading.data.read(file, 'parameters', node);
  if (read === undefined) return undefined;
  const lines = read.text.split(/\r?\n/).map((line) => line.trim());
  const wanted = lines.filter((line) => line !== '' && !line.startsWith('#'));
  if (wanted.length === 0) {
    reading.problems.add(node, `\`${file}\` holds no value`, 'Write one value a line.');
    return undefined;
  }
  const literal = (line: string): Literal =>
    (type === 'text' ? undefined : coreScalar(line)) ?? { value: line, text: line };
  return { length: wanted.length, at: (index) => literal(wanted[index] ?? '') };
}

/** Attributes in the order they act: type, rounding, text, packing. */
export function decorate(
  name: string,
  values: Values,
  { type, round, format, group }: Attributes,
  node: Node,
  problems: Problems,
): Values | undefined {
  let decorated = values;
  if (type === 'text') decorated = mapped(decorated, ({ text }) => ({ value: text, text }));
  if (round !== undefined) decorated = mapped(decorated, (literal) => rounded(literal, round));
  if (format !== undefined) {
    const formatted = mapped(decorated, (literal) => formattedLiteral(literal, format));
    const problem = formatProblem(formatted);
    if (problem !== undefined) {
      problems.add(
        child(node, 'format') ?? node,
        `the format of \`${name}\`: ${problem.message}`,
        problem.fix,
      );
      return undefined;
    }
    decorated = formatted;
  }
  return group === undefined ? decorated : grouped(decorated, group);
}

export function rounded(literal: Literal, decimals: number): Literal {
  if (typeof literal.value !== 'number') return literal;
  const value =
    decimals >= 0
      ? Number(literal.value.toFixed(decimals))
      : Math.round(literal.value / 10 ** -decimals) * 10 ** -decimals;
  return value === literal.value ? literal : { value, text: String(value) };
}

export function formattedLiteral({ value, text }: Literal, format: string): Literal {
  return { value, text: formatValue(value, text, format.replace(/^:/, '')) };
}

/** The first of a few values that the format does not fit. */
function formatProblem(values: Values): FormatError | undefined {
  const last = values.length - 1;
  for (const index of new Set([0, 1, Math.floor(last / 2), last].filter((position) => position <= last))) {
    try {
      values.at(index);
    } catch (error) {
      if (error instanceof FormatError) return error;
      throw error;
    }
  }
  return undefined;
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
