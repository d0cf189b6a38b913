import { z } from 'zod';
import type { Upstream, UpstreamReply } from './upstream.ts';

/** The repository behind the model, read and written with all rights. */
export interface Git {
  readonly base: string;
  /** Any request about the repository, with all rights; `undefined` when it is refused. */
  ask(method: string, path: string, body?: unknown): Promise<unknown>;
  tip(branch: string): Promise<string | undefined>;
  /** Blobs by path. */
  files(commit: string): Promise<ReadonlyMap<string, string>>;
  /** Of two commits. */
  mergeBase(one: string, other: string): Promise<string>;
  /** A commit with these changes over `parents[0]`; `null` deletes. */
  commit(
    parents: readonly string[],
    changes: ReadonlyMap<string, { readonly sha: string | null } | { readonly content: string }>,
    message: string,
  ): Promise<string>;
  move(branch: string, commit: string): Promise<void>;
  read(blob: string): Promise<Buffer>;
}

const ref = z.object({ object: z.object({ sha: z.string() }) });
const commitSchema = z.object({ sha: z.string(), tree: z.object({ sha: z.string() }) });
const tree = z.object({ tree: z.array(z.object({ path: z.string(), type: z.string(), sha: z.string() })) });
const compared = z.object({ merge_base_commit: z.object({ sha: z.string() }) });
const blob = z.object({ content: z.string() });
const made = z.object({ sha: z.string() });

export function openGit(upstream: Upstream, repository: string): Git {
  const base = `/repos/${repository}`;
  const ask = async (method: string, path: string, body?: unknown): Promise<unknown> => {
    const reply: UpstreamReply = await upstream.send(method, base + path, upstream.admin, body);
    return reply.status < 300 ? JSON.parse(reply.bytes.toString() || 'null') : undefined;
  };
  const treeOf = async (commit: string) =>
    commitSchema.parse(await ask('GET', `/git/commits/${commit}`)).tree.sha;
  // What a commit holds and comes from never changes, and is asked for with every page of a long list.
  const forks = new Map<string, Promise<string>>();
  const forkOf = async (range: string) =>
    compared.parse(await ask('GET', `/compare/${range}`)).merge_base_commit.sha;
  const seen = new Map<string, Promise<ReadonlyMap<string, string>>>();
  const filesOf = async (commit: string) => {
    const all = tree.parse(await ask('GET', `/git/trees/${await treeOf(commit)}?recursive=1`)).tree;
    return new Map(all.filter(({ type }) => type === 'blob').map(({ path, sha }) => [path, sha]));
  };
  return {
    base,
    ask,
    async tip(branch) {
      const found = ref.safeParse(await ask('GET', `/git/ref/heads/${encodeURI(branch)}`));
      return found.success ? found.data.object.sha : undefined;
    },
    files(commit) {
      const files = seen.get(commit) ?? filesOf(commit);
      seen.set(commit, files);
      return files;
    },
    mergeBase(one, other) {
      const range = `${one}...${other}`;
      const fork = forks.get(range) ?? forkOf(range);
      forks.set(range, fork);
      return fork;
    },
    async commit(parents, changes, message) {
      const [first] = parents;
      const entries = Array.from(changes, ([path, change]) => ({
        path,
        mode: '100644',
        type: 'blob',
        ...change,
      }));
      const base_tree = first && (await treeOf(first));
      const { sha } = made.parse(await ask('POST', '/git/trees', { base_tree, tree: entries }));
      return made.parse(await ask('POST', '/git/commits', { message, tree: sha, parents })).sha;
    },
    async move(branch, commit) {
      await ask('PATCH', `/git/refs/heads/${branch}`, { sha: commit, force: true });
    },
    async read(sha) {
      return Buffer.from(blob.parse(await ask('GET', `/git/blobs/${sha}`)).content, 'base64');
    },
  };
}

/** Paths that differ between two lists of files, with what they are after. */
export function differences(
  before: ReadonlyMap<string, string>,
  after: ReadonlyMap<string, string>,
): ReadonlyMap<string, string | undefined> {
  const paths = [...new Set([...before.keys(), ...after.keys()])].sort();
  return new Map(
    paths.filter((path) => before.get(path) !== after.get(path)).map((path) => [path, after.get(path)]),
  );
}
