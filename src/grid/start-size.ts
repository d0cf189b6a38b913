import type { Problems } from './problems.ts';
import { at, type MapNode, type Node } from './tree.ts';

/**
 * Bytes of one argument, or of one variable with its name, that Linux takes (MAX_ARG_STRLEN: 32 pages of 4 KiB). All
 * together it takes 2 MiB, which is more than a grid file may have.
 */
const oneLimit = 128 * 1024;

/** What no program could be started with. Placeholders count as they stand. */
export function checkStartSize(root: MapNode, problems: Problems): void {
  const environment = at(root, ['program', 'environment']);
  const variables = environment?.kind === 'map' ? environment.entries : [];
  const sizes = [
    // `NAME=value` and a final zero.
    ...variables.map(({ key, node }) => ({
      node,
      what: `\`program.environment.${key}\``,
      bytes: Buffer.byteLength(key) + 2 + bytesOf(node),
    })),
    ...words(at(root, ['program', 'command'])).map((node) => ({
      node,
      what: 'an argument of `program.command`',
      bytes: bytesOf(node) + 1,
    })),
  ];
  for (const { node, what, bytes } of sizes) {
    if (bytes > oneLimit)
      problems.add(node, `${what} has ${kib(bytes)}; Linux takes at most 128 KiB`, instead);
  }
}

const instead = 'Put it into a file: `program.files`, or `program.inputs`.';

const kib = (bytes: number) => `${Math.ceil(bytes / 1024)} KiB`;

const bytesOf = (node: Node): number =>
  node.kind === 'scalar' && node.value !== null ? Buffer.byteLength(String(node.value)) : 0;

/** Of a command and the groups in it. */
function words(node: Node | undefined): readonly Node[] {
  if (node?.kind === 'list') return node.items.flatMap(words);
  return node?.kind === 'scalar' ? [node] : [];
}
