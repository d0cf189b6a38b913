import { type Document, isAlias, isMap, isScalar, isSeq, LineCounter, type Pair, parseDocument } from 'yaml';
import type { Problems } from './problems.ts';
import { coreScalar } from './scalar.ts';
import type { Entry, MapNode, Node, Place, ScalarNode } from './tree.ts';

/** Bounds on what a stranger's pull request may make us read. */
export const maxFileBytes = 1_000_000;
const maxAliasNodes = 10_000;
const maxDepth = 60;

/** Keys that would reach into JavaScript's own objects. */
export const forbiddenKeys: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype']);

interface Reading {
  readonly document: Document;
  readonly lines: LineCounter;
  readonly source: string;
  readonly problems: Problems;
  aliasNodes: number;
}

/** Reads YAML 1.2 (and so JSON) into a tree with places. `undefined` after a problem that leaves nothing to go on with. */
export function readYaml(source: string, problems: Problems): Node | undefined {
  const lines = new LineCounter();
  const document = parse(source, lines, problems);
  if (document === undefined) return undefined;
  const reading: Reading = { document, lines, source, problems, aliasNodes: 0 };
  if (reportSyntax(reading)) return undefined;
  if (document.contents === null) {
    problems.add({ line: 1, column: 1 }, 'the file is empty', 'Start from an example: `muster new`.');
    return undefined;
  }
  const before = problems.found.length;
  const node = convert(reading, document.contents, 0, false);
  return problems.found.length === before ? node : undefined;
}

function parse(source: string, lines: LineCounter, problems: Problems): Document | undefined {
  // The parser makes an error object for every odd character: without their stacks a hostile file costs a tenth.
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = 0;
  try {
    // Failsafe leaves every scalar as text: `coreScalar` is the one place that gives types, for CSV too.
    return parseDocument(source, {
      version: '1.2',
      schema: 'failsafe',
      lineCounter: lines,
      // The time of both grows with the square of the file: repeated keys are checked below, places come from `lines`.
      uniqueKeys: false,
      prettyErrors: false,
    });
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    problems.add({ line: 1, column: 1 }, `lists or mappings are nested more than ${maxDepth} deep`);
    return undefined;
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
  }
}

/** True when the file is not YAML. Only the first few errors: the others follow from them. */
function reportSyntax({ document, lines, source, problems }: Reading): boolean {
  for (const error of document.errors.slice(0, 3)) {
    const place = placeAt(lines, error.pos[0]);
    const line = source.split('\n', place.line)[place.line - 1] ?? '';
    problems.add(place, `this is not valid YAML: ${error.message}`, syntaxFix(line));
  }
  return document.errors.length > 0;
}

function syntaxFix(line: string): string | undefined {
  const shell = /\$\{([A-Za-z_][\w.]*)\}/.exec(line);
  if (shell !== null)
    return `\`$\{${shell[1]}}\` is shell. A placeholder is written "{${shell[1]}}", with quotes.`;
  const brace = /\{([?*]?[A-Za-z_][\w.]*(?::[^{}"']*)?)\}/.exec(line);
  if (brace !== null) return `A placeholder needs quotes around the whole text: "{${brace[1]}}".`;
  if (/^\s*\t/.test(line)) return 'Indent with spaces: YAML does not allow tabs.';
  return undefined;
}

function placeAt(lines: LineCounter, offset: number): Place {
  const { line, col } = lines.linePos(offset);
  return { line: Math.max(line, 1), column: Math.max(col, 1) };
}

function convert(reading: Reading, yaml: unknown, depth: number, aliased: boolean): Node | undefined {
  const place = placeAt(reading.lines, offsetOf(yaml));
  if (depth > maxDepth)
    return refuse(reading, place, `lists or mappings are nested more than ${maxDepth} deep`);
  if (aliased && ++reading.aliasNodes > maxAliasNodes) {
    return reading.aliasNodes > maxAliasNodes + 1
      ? undefined
      : refuse(
          reading,
          place,
          `aliases (\`*name\`) repeat more than ${maxAliasNodes.toLocaleString('en')} values`,
        );
  }
  if (isAlias(yaml)) return convertAlias(reading, yaml, place, depth);
  if (isScalar(yaml)) return convertScalar(reading, yaml, place);
  if (isSeq(yaml)) {
    const items = convertAll(reading, yaml.items, (item) => convert(reading, item, depth + 1, aliased));
    return { kind: 'list', items, at: place };
  }
  if (isMap(yaml)) {
    const entries = convertAll(reading, yaml.items, (pair) =>
      convertPair(reading, pair, place, depth, aliased),
    );
    reportRepeatedKeys(reading, entries);
    return { kind: 'map', entries, flow: yaml.flow === true, at: place } satisfies MapNode;
  }
  return { kind: 'scalar', value: null, text: 'null', style: 'plain', at: place };
}

function reportRepeatedKeys(reading: Reading, entries: readonly Entry[]): void {
  const seen = new Map<string, Place>();
  for (const { key, keyAt } of entries) {
    const first = seen.get(key);
    if (first === undefined) seen.set(key, keyAt);
    else
      refuse(
        reading,
        keyAt,
        `\`${key}\` is written twice, first in line ${first.line}`,
        'Remove one of them.',
      );
  }
}

/** Stops at the bound on aliases: a bomb must cost nothing. */
function convertAll<T, R>(reading: Reading, items: readonly T[], one: (item: T) => R | undefined): R[] {
  const converted: R[] = [];
  for (const item of items) {
    if (reading.aliasNodes > maxAliasNodes) break;
    const result = one(item);
    if (result !== undefined) converted.push(result);
  }
  return converted;
}

function refuse(reading: Reading, place: Place, message: string, fix?: string): undefined {
  reading.problems.add(place, message, fix);
  return undefined;
}

function offsetOf(yaml: unknown): number {
  if (isAlias(yaml) || isScalar(yaml) || isSeq(yaml) || isMap(yaml)) return yaml.range?.[0] ?? 0;
  return 0;
}

function convertAlias(reading: Reading, yaml: { readonly source: string }, place: Place, depth: number) {
  const target = isAlias(yaml) ? yaml.resolve(reading.document) : undefined;
  if (target !== undefined) return convert(reading, target, depth + 1, true);
  return refuse(
    reading,
    place,
    `\`*${yaml.source}\` reads as a YAML alias, and nothing is named \`&${yaml.source}\``,
    `To spread a list into several arguments, write "{*${yaml.source}}" with quotes.`,
  );
}

function convertScalar(
  reading: Reading,
  yaml: { readonly value: unknown; readonly type?: string; readonly tag?: string },
  place: Place,
): ScalarNode | undefined {
  const text = String(yaml.value ?? '');
  const tag = yaml.tag;
  if (tag !== undefined && tag !== 'tag:yaml.org,2002:str' && tag !== '!') {
    return refuse(reading, place, `the tag \`${tag}\` is not used in grids`, 'Remove it; quotes make text.');
  }
  if ((yaml.type ?? 'PLAIN') !== 'PLAIN' || tag !== undefined) {
    const style = yaml.type?.startsWith('QUOTE') === true ? 'quoted' : 'block';
    return { kind: 'scalar', value: text, text, style, at: place };
  }
  const literal = coreScalar(text);
  if (literal === undefined)
    return refuse(reading, place, `\`${text}\` is not a finite number`, `For text, write "${text}".`);
  // `coreScalar` gives only scalars; its type is wider because literals also hold lists.
  return {
    kind: 'scalar',
    value: literal.value as ScalarNode['value'],
    text: literal.text,
    style: 'plain',
    at: place,
  };
}

function convertPair(
  reading: Reading,
  pair: Pair<unknown, unknown>,
  mapAt: Place,
  depth: number,
  aliased: boolean,
): Entry | undefined {
  const keyAt = pair.key === null ? mapAt : placeAt(reading.lines, offsetOf(pair.key));
  if (isAlias(pair.key)) {
    convertAlias(reading, pair.key, mapAt, depth);
    return undefined;
  }
  if (!isScalar(pair.key))
    return refuse(reading, keyAt, 'a key must be text', 'A placeholder needs quotes: "{name}".');
  const key = String(pair.key.value ?? '');
  if (forbiddenKeys.has(key))
    return refuse(reading, keyAt, `the key \`${key}\` is not allowed`, 'Use another name.');
  if (key === '<<') {
    return refuse(
      reading,
      keyAt,
      '`<<` (merge) is not part of YAML 1.2',
      'Write the keys out, or alias a whole value.',
    );
  }
  const node =
    pair.value === null
      ? ({ kind: 'scalar', value: null, text: 'null', style: 'plain', at: keyAt } satisfies ScalarNode)
      : convert(reading, pair.value, depth + 1, aliased);
  return node === undefined ? undefined : { key, keyAt, node };
}
