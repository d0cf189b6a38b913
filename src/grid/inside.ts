import { isCollection, isMap, isScalar, isSeq, parseDocument } from 'yaml';
import type { Value } from './combination.ts';

/** A value and the text that a program sees for it. */
export interface Filling {
  readonly value: Value;
  readonly text: string;
}

/**
 * The text of a list or object is its JSON with every literal as written (`[1.0, 3e-3]`), so what lies inside is read
 * back from that text: typed values alone would turn `1.0` into `1`.
 */

/** Follows `path` into an object or list; `undefined` where there is no such key. */
export function reachInside(filling: Filling, path: readonly string[]): Filling | undefined {
  let here: Filling | undefined = filling;
  for (const key of path) {
    if (here === undefined) return undefined;
    here = entriesOf(here.value, here.text).find(([name]) => name === key)?.[1];
  }
  return here;
}

/** The items of a list, each with its own text. */
export function itemsOf(value: readonly Value[], text: string): readonly Filling[] {
  const node = parsed(text);
  return value.map((item, index) => ({
    value: item,
    text: textOf(item, isSeq(node) ? node.items[index] : undefined, text),
  }));
}

/** Keys and values of an object (or positions and items of a list), in written order. */
export function entriesOf(value: Value, text: string): readonly (readonly [key: string, filling: Filling])[] {
  if (isList(value)) return itemsOf(value, text).map((item, index) => [String(index), item]);
  if (value === null || typeof value !== 'object') return [];
  const node = parsed(text);
  if (!isMap(node)) return Object.entries(value).map(([key, item]) => [key, filled(item, undefined, text)]);
  // The text has the written order; JavaScript's objects put keys such as `10` first.
  return node.items.flatMap((pair) => {
    const key = String(isScalar(pair.key) ? pair.key.value : pair.key);
    const item = Object.hasOwn(value, key) ? value[key] : undefined;
    return item === undefined ? [] : [[key, filled(item, pair.value, text)] as const];
  });
}

const filled = (value: Value, node: unknown, source: string): Filling => ({
  value,
  text: textOf(value, node, source),
});

/** `Array.isArray` does not narrow readonly arrays. */
export function isList(value: Value): value is readonly Value[] {
  return Array.isArray(value);
}

function textOf(value: Value, node: unknown, source: string): string {
  if (typeof value === 'string') return value;
  if (isScalar(node) && typeof node.source === 'string') return node.source;
  if (isCollection(node) && node.range) return source.slice(node.range[0], node.range[1]);
  return JSON.stringify(value);
}

let last: { readonly text: string; readonly contents: unknown } = { text: '', contents: null };

/** The last text is remembered: several placeholders usually reach into the same value. */
function parsed(text: string): unknown {
  if (last.text !== text) {
    last = { text, contents: parseDocument(text, { schema: 'core', prettyErrors: false }).contents };
  }
  return last.contents;
}
