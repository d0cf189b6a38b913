import { allInParallel } from '../../in-parallel.ts';
import type { CommitRequest } from '../forge.ts';
import { shaAnswer } from './answers.ts';
import type { Github } from './connection.ts';

type File = CommitRequest['files'][number];
type Entry = {
  readonly path: string;
  readonly mode: '100644';
  readonly type: 'blob';
} & ({ readonly content: string } | { readonly sha: string });

/** [MEM] A request of a few MB and some hundred entries is taken (GH 6.1); larger ones are chained. */
const portion = { entries: 300, bytes: 3_000_000 } as const;
/** Blobs are sent side by side; GitHub asks for few requests at once (GH 2.2). */
const blobsAtOnce = 4;

/** A tree with these files over those of `base`. Text goes with the tree itself: each blob costs a request of its own. */
export async function uploadTree(
  github: Github,
  base: string | undefined,
  files: readonly File[],
): Promise<string> {
  const entries = await allInParallel(files, blobsAtOnce, (file) => entryOf(github, file));
  let tree = base;
  for (const part of portions(entries)) {
    const { sha } = await github.ask({
      doing: `upload ${files.length} files`,
      route: 'POST /repos/{owner}/{repo}/git/trees',
      // Without `base_tree` all other files would be gone.
      parameters: { tree: part, ...(tree !== undefined && { base_tree: tree }) },
      answer: shaAnswer,
    });
    tree = sha;
  }
  if (tree === undefined) throw new Error('a commit without files on an empty repository');
  return tree;
}

async function entryOf(github: Github, { path, bytes }: File): Promise<Entry> {
  const place = { path, mode: '100644', type: 'blob' } as const;
  const text = typeof bytes === 'string' ? bytes : asText(bytes);
  // [MEM] A zero inside JSON is not something every server takes.
  if (text?.isWellFormed() === true && !text.includes('\0')) return { ...place, content: text };
  const { sha } = await github.ask({
    doing: `upload ${path}`,
    route: 'POST /repos/{owner}/{repo}/git/blobs',
    parameters: { content: Buffer.from(bytes).toString('base64'), encoding: 'base64' },
    answer: shaAnswer,
  });
  return { ...place, sha };
}

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** `undefined` for bytes that are no UTF-8. */
function asText(bytes: Uint8Array): string | undefined {
  try {
    return decoder.decode(bytes);
  } catch {
    return undefined;
  }
}

/** In requests of a size that GitHub takes. */
export function* portions(
  entries: readonly Entry[],
  limit: { readonly entries: number; readonly bytes: number } = portion,
): Generator<readonly Entry[], void, undefined> {
  let part: Entry[] = [];
  let bytes = 0;
  for (const entry of entries) {
    const size = 'content' in entry ? Buffer.byteLength(entry.content) : 0;
    if (part.length > 0 && (part.length >= limit.entries || bytes + size > limit.bytes)) {
      yield part;
      part = [];
      bytes = 0;
    }
    part.push(entry);
    bytes += size;
  }
  if (part.length > 0) yield part;
}
