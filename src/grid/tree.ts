import type { Value } from './combination.ts';
import { type Literal, listLiteral, objectLiteral } from './scalar.ts';

/** Where something stands in the file, both from 1. */
export interface Place {
  readonly line: number;
  readonly column: number;
}

/** A file as read: every value with its place and its own text. */
export type Node = ScalarNode | ListNode | MapNode;

export interface ScalarNode {
  readonly kind: 'scalar';
  readonly value: string | number | boolean | null;
  /** As written, without quotes. */
  readonly text: string;
  readonly style: 'plain' | 'quoted' | 'block';
  readonly at: Place;
}

export interface ListNode {
  readonly kind: 'list';
  readonly items: readonly Node[];
  readonly at: Place;
}

export interface MapNode {
  readonly kind: 'map';
  readonly entries: readonly Entry[];
  /** Written with braces. */
  readonly flow: boolean;
  readonly at: Place;
}

export interface Entry {
  readonly key: string;
  readonly keyAt: Place;
  readonly node: Node;
}

export type Path = readonly PropertyKey[];

/** The plain value: what the schema checks. */
export function toValue(node: Node): Value {
  switch (node.kind) {
    case 'scalar':
      return node.value;
    case 'list':
      return node.items.map(toValue);
    case 'map':
      return Object.fromEntries(node.entries.map((entry) => [entry.key, toValue(entry.node)]));
  }
}

/** The value with its own text, also inside lists and objects. */
export function toLiteral(node: Node): Literal {
  switch (node.kind) {
    case 'scalar':
      return { value: node.value, text: node.text };
    case 'list':
      return listLiteral(node.items.map(toLiteral));
    case 'map':
      return objectLiteral(node.entries.map((entry) => [entry.key, toLiteral(entry.node)]));
  }
}

export function entryOf(node: Node | undefined, key: PropertyKey): Entry | undefined {
  return node?.kind === 'map' ? node.entries.find((entry) => entry.key === key) : undefined;
}

export function child(node: Node | undefined, key: PropertyKey): Node | undefined {
  if (node?.kind === 'list') return typeof key === 'number' ? node.items[key] : undefined;
  return entryOf(node, key)?.node;
}

/** The node at a path, or the deepest one on the way to it. */
export function nearest(root: Node, path: Path): Node {
  let node = root;
  for (const key of path) {
    const next = child(node, key);
    if (next === undefined) return node;
    node = next;
  }
  return node;
}

export function at(root: Node, path: Path): Node | undefined {
  let node: Node | undefined = root;
  for (const key of path) node = child(node, key);
  return node;
}

/** The same tree with one entry of a mapping replaced. */
export function replaceEntry(map: MapNode, key: string, node: Node): MapNode {
  return { ...map, entries: map.entries.map((entry) => (entry.key === key ? { ...entry, node } : entry)) };
}

/** In a sentence: what was found. */
export function describe(node: Node | undefined): string {
  if (node === undefined) return 'nothing';
  switch (node.kind) {
    case 'list':
      return node.items.length === 0 ? 'an empty list' : 'a list';
    case 'map':
      return 'a mapping';
    case 'scalar':
      return describeScalar(node);
  }
}

function describeScalar(node: ScalarNode): string {
  const shown = node.text.length > 60 ? `${node.text.slice(0, 57)}...` : node.text;
  if (node.value === null) return 'nothing (null)';
  if (typeof node.value === 'string') return node.value === '' ? 'empty text' : `the text \`${shown}\``;
  return typeof node.value === 'number' ? `the number ${shown}` : `\`${shown}\``;
}
