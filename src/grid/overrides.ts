import type { Problems } from './problems.ts';
import { coreScalar } from './scalar.ts';
import { nearestName } from './schema-problems.ts';
import { at, child, type MapNode, type Node, replaceEntry, type ScalarNode } from './tree.ts';

/** `--set name=value`: replaces constants before anything else looks at the grid. */
export function applyOverrides(
  root: MapNode,
  set: Readonly<Record<string, string>>,
  problems: Problems,
): MapNode {
  let changed = root;
  for (const [name, text] of Object.entries(set)) {
    const parameters = at(changed, ['parameters']);
    const node = child(parameters, name);
    const literal = coreScalar(text);
    if (parameters?.kind !== 'map' || node === undefined) {
      const near = nearestName(
        name,
        parameters?.kind === 'map' ? parameters.entries.map((entry) => entry.key) : [],
      );
      problems.add(
        undefined,
        `--set ${name}: there is no such parameter`,
        near === undefined ? undefined : `Did you mean ${near}?`,
      );
    } else if (literal === undefined)
      problems.add(undefined, `--set ${name}: ${text} is not a finite number`);
    else {
      // Only scalars come out of `coreScalar`.
      const value = literal.value as ScalarNode['value'];
      const replacement = override(node, {
        kind: 'scalar',
        value,
        text: literal.text,
        style: 'plain',
        at: node.at,
      });
      if (replacement === undefined)
        problems.add(
          node,
          `--set ${name}: \`${name}\` is not a constant`,
          'Only constants can be set: edit the file to change an axis.',
        );
      else changed = replaceEntry(changed, 'parameters', replaceEntry(parameters, name, replacement));
    }
  }
  return changed;
}

function override(node: Node, replacement: ScalarNode): Node | undefined {
  if (node.kind === 'scalar') return replacement;
  return node.kind === 'map' && child(node, 'value') !== undefined
    ? replaceEntry(node, 'value', replacement)
    : undefined;
}
