import { reservedNames } from './lookup.ts';
import type { Reading } from './parameters.ts';
import type { Problems } from './problems.ts';
import { readRows } from './rows.ts';
import { block as blockSchema } from './schema-shapes.ts';
import { at, child, type Node, type Place, toValue } from './tree.ts';

/** A parameter's name where the file gives it: as a key, as a column of rows, or as a range to draw from. */
export interface GivenName {
  readonly name: string;
  readonly at: Place;
}

/** Every parameter of every block, as often as it is given. */
export function givenNames(root: Node, reading: Reading): readonly GivenName[] {
  const blocks = child(root, 'blocks');
  const owners: readonly Node[] = [root, ...(blocks?.kind === 'list' ? blocks.items : [])];
  return owners.flatMap((owner) => [
    ...rowColumns(owner, reading),
    ...keysOf(at(owner, ['sample', 'ranges'])),
    ...keysOf(child(owner, 'parameters')),
  ]);
}

const keysOf = (node: Node | undefined): readonly GivenName[] =>
  node?.kind === 'map' ? node.entries.map(({ key, keyAt }) => ({ name: key, at: keyAt })) : [];

function rowColumns(owner: Node, reading: Reading): readonly GivenName[] {
  const node = child(owner, 'rows');
  const { rows } = blockSchema
    .pick({ rows: true })
    .parse({ rows: node === undefined ? undefined : toValue(node) });
  const columns =
    node === undefined || rows === undefined ? [] : (readRows(rows, node, reading)?.columns ?? []);
  return columns.map((name) => ({ name, at: node?.at ?? owner.at }));
}

/** Names that become the same variable, or mean something else. */
export function checkNames(given: readonly GivenName[], problems: Problems): void {
  const upper = new Map<string, string>();
  for (const { name, at: place } of given) {
    if (reservedNames.has(name))
      problems.add(place, `\`${name}\` is reserved for placeholders`, 'Use another name.');
    const variable = `MUSTER_PARAM_${name.toUpperCase()}`;
    const other = upper.get(variable);
    if (other !== undefined && other !== name)
      problems.add(place, `\`${other}\` and \`${name}\` both become ${variable}`, 'Rename one of them.');
    upper.set(variable, name);
  }
}
