import type { z } from 'zod';
import { DateError, dateWindows } from './dates.ts';
import type { Reading } from './parameters.ts';
import type { Problems } from './problems.ts';
import { coreScalar, type Literal } from './scalar.ts';
import type { form as formSchema } from './schema-parameters.ts';
import { child, type MapNode, type Node, toLiteral, toValue } from './tree.ts';
import {
  chunks,
  fixedValues,
  geomspace,
  linspace,
  logspace,
  range,
  rangeLength,
  type Values,
} from './values.ts';

export type Form = z.output<typeof formSchema>;

/** The values that a form stands for; `undefined` after reporting a problem. */
export function formValues(key: string, form: Form, node: MapNode, reading: Reading): Values | undefined {
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
  // One spacing schema serves all three; `base` is known to it only at run time.
  const baseNode = child(node, 'base');
  const base = baseNode === undefined ? 10 : Number(toValue(baseNode));
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
