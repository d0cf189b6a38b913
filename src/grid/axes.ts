import type { Block } from './block.ts';
import type { Axis } from './grid.ts';
import { at, child, type Node } from './tree.ts';

const samplesKept = 6;
/** Of a longer track every value counts as different. */
const mostCompared = 20_000;

/** The parameters that vary, in order, with their first few values. */
export function axesOf(blocks: readonly Block[], root: Node): Axis[] {
  const seen = new Map<string, Seen>();
  for (const block of blocks) for (const track of block.tracks) collect(track, seen);
  return [...seen]
    .filter(([name, values]) => varies(name, values, blocks))
    .map(([name, { samples, different, uncounted }]) => ({
      name,
      samples,
      count: different.size + uncounted,
      ...attribute(root, name, 'unit'),
      ...attribute(root, name, 'description'),
    }));
}

interface Seen {
  readonly samples: string[];
  readonly different: Set<string>;
  uncounted: number;
  absent: boolean;
}

function collect(track: Block['tracks'][number], seen: Map<string, Seen>): void {
  for (const [column, name] of track.names.entries()) {
    const values = seen.get(name) ?? {
      samples: [],
      different: new Set<string>(),
      uncounted: 0,
      absent: false,
    };
    seen.set(name, values);
    const compared = Math.min(track.length, mostCompared);
    for (let position = 0; position < compared; position += 1) {
      const piece = track.at(position)[column];
      if (piece === undefined) values.absent = true;
      else if (!values.different.has(piece.canonical)) {
        values.different.add(piece.canonical);
        if (values.samples.length < samplesKept) values.samples.push(piece.text);
      }
    }
    values.uncounted += track.length - compared;
  }
}

/** More than one value, or absent somewhere. */
function varies(name: string, { different, uncounted, absent }: Seen, blocks: readonly Block[]): boolean {
  return different.size + uncounted > 1 || absent || blocks.some((block) => !block.names.includes(name));
}

function attribute(
  root: Node,
  name: string,
  key: 'unit' | 'description',
): Partial<Record<'unit' | 'description', string>> {
  const blocks = child(root, 'blocks');
  const owners = [root, ...(blocks?.kind === 'list' ? blocks.items : [])];
  for (const owner of owners) {
    const node = at(owner, ['parameters', name, key]);
    if (node?.kind === 'scalar') return { [key]: node.text };
  }
  return {};
}
