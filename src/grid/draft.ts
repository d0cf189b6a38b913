import { Document, isMap, type Scalar, YAMLMap, YAMLSeq } from 'yaml';

/** A first grid file from the command a scientist types today: every value of a flag becomes a parameter. */
export interface Draft {
  readonly name: string;
  readonly image: string;
  /** As typed: `--alpha 0.1,0.5` makes an axis, `--alpha geomspace(0.1,5,10)` a generated one. */
  readonly argv: readonly string[];
  readonly outputs: readonly string[];
}

const generated = /^(linspace|geomspace|logspace)\(([^,()]+),([^,()]+),([^,()]+)\)$/;
const span = /^range\(([^,()]+),([^,()]+)(?:,([^,()]+))?\)$/;

/** The YAML text. Names are made from flags: `--common-envelope-alpha` is `common_envelope_alpha`. */
export function draftGrid(draft: Draft): string {
  const parameters = new YAMLMap<string, unknown>();
  const command = commandOf(draft.argv, parameters);
  const document = new Document({
    name: draft.name,
    description: `Drafted from: ${draft.argv.join(' ')}`,
    program: { image: draft.image, outputs: draft.outputs.map((path) => ({ path })) },
  });
  const program = document.get('program');
  if (isMap(program)) program.items.splice(1, 0, document.createPair('command', command));
  document.set('parameters', parameters);
  document.set('slice', flow(document, { combinations: 1 }));
  document.set('resources', flow(document, { vcpus: 1, memory: '2 GiB', capacity: 'spot' }));
  document.set('retry', flow(document, { attempts: 3 }));
  document.set('timeout', '1h');
  document.set('launch', flow(document, { on: 'manual' }));
  document.commentBefore = ' yaml-language-server: $schema=../docs/grid.schema.json';
  return document.toString({ lineWidth: 0, flowCollectionPadding: true });
}

function flow(document: Document, value: object): unknown {
  const node = document.createNode(value);
  if (isMap(node)) node.flow = true;
  return node;
}

function commandOf(argv: readonly string[], parameters: YAMLMap<string, unknown>): YAMLSeq {
  const command = new YAMLSeq();
  for (let position = 0; position < argv.length; position++) {
    const word = argv[position] ?? '';
    const [flag, joined] = word.startsWith('--') ? split(word) : [word, undefined];
    const next = argv[position + 1];
    const value = joined ?? (word.startsWith('-') && next !== undefined && !isFlag(next) ? next : undefined);
    if (value === undefined || !word.startsWith('-')) {
      command.add(brace(word));
      continue;
    }
    if (joined === undefined) position += 1;
    const name = addParameter(flag, value, parameters);
    const group = new YAMLSeq();
    group.flow = true;
    if (joined === undefined) group.items.push(flag, `{${name}}`);
    else group.items.push(`${flag}={${name}}`);
    command.add(group);
  }
  return command;
}

const split = (word: string): readonly [string, string | undefined] => {
  const equals = word.indexOf('=');
  return equals < 0 ? [word, undefined] : [word.slice(0, equals), word.slice(equals + 1)];
};

/** `-5` is a value, `-n` and `--n` are flags. */
const isFlag = (word: string) => /^--?[A-Za-z]/.test(word);
const brace = (word: string) => word.replaceAll('{', '{{').replaceAll('}', '}}');

function addParameter(flag: string, value: string, parameters: YAMLMap<string, unknown>): string {
  const base =
    flag
      .replace(/^-+/, '')
      .toLowerCase()
      .replaceAll(/[^a-z0-9]+/g, '_') || 'value';
  const plain = /^[a-z]/.test(base) ? base : `p_${base}`;
  let name = plain;
  for (let copy = 2; parameters.has(name); copy++) name = `${plain}_${copy}`;
  parameters.set(name, parameterOf(value));
  return name;
}

function parameterOf(value: string): unknown {
  const [, form, start, stop, num] = generated.exec(value) ?? [];
  if (form !== undefined)
    return flowMap({ [form]: flowMap({ start: word(start), stop: word(stop), num: word(num) }) });
  const [, from, to, step] = span.exec(value) ?? [];
  if (from !== undefined)
    return flowMap({ range: flowMap({ start: word(from), stop: word(to), step: word(step ?? '1') }) });
  if (!value.includes(',')) return word(value);
  const list = new YAMLSeq();
  list.flow = true;
  for (const item of value.split(',')) list.add(word(item));
  return list;
}

function flowMap(entries: Record<string, unknown>): YAMLMap {
  const map = new YAMLMap();
  map.flow = true;
  for (const [key, value] of Object.entries(entries)) map.set(key, value);
  return map;
}

/** A number keeps the text it was typed with: `0.10` stays `0.10`. */
function word(text: string | undefined): unknown {
  const typed = (text ?? '').trim();
  if (!/^-?(0|[1-9]\d*)(\.\d+)?([eE][-+]?\d+)?$/.test(typed)) return typed;
  const node = new Document(Number(typed)).contents as Scalar<number>; // a document of a number holds a scalar
  node.source = typed;
  const fraction = /\.(\d+)$/.exec(typed);
  if (fraction?.[1] !== undefined) node.minFractionDigits = fraction[1].length;
  return node;
}
