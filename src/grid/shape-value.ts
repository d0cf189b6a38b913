import type { Value } from './combination.ts';
import { shapeSchema } from './schema-shapes.ts';
import { type Entry, type MapNode, type Node, toLiteral } from './tree.ts';

/**
 * The shape as `run.json` keeps it and the run identity sees it: parameters as a list, because their order is part of
 * what they mean; numbers that were written in their own way (`1.0`) with that text; descriptions left out.
 */
export function shapeValue(root: MapNode): Value {
  const shape = root.entries.filter(({ key }) => key in shapeSchema && key !== 'max_combinations');
  return Object.fromEntries(shape.map(({ key, node }) => [key, part(key, node)]));
}

function part(key: string, node: Node): Value {
  if (key === 'parameters' && node.kind === 'map') {
    return node.entries.map(({ key: name, node: written }) => [name, parameter(written)]);
  }
  if (key === 'blocks' && node.kind === 'list') return node.items.map(blockValue);
  return encode(node);
}

const blockValue = (node: Node): Value =>
  node.kind === 'map'
    ? Object.fromEntries(node.entries.map((entry) => [entry.key, part(entry.key, entry.node)]))
    : encode(node);

function parameter(node: Node): Value {
  if (node.kind !== 'map') return encode(node);
  return object(node.entries.filter(({ key }) => key !== 'description'));
}

const object = (entries: readonly Entry[]): Value =>
  Object.fromEntries(entries.map(({ key, node }) => [key, encode(node)]));

function encode(node: Node): Value {
  if (node.kind === 'list') return node.items.map(encode);
  if (node.kind === 'map') return object(node.entries);
  const { value, text } = toLiteral(node);
  return typeof value === 'string' || value === null || String(value) === text ? value : { $literal: text };
}
