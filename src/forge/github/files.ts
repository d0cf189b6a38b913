import { blobAnswer, contentAnswer, type TreeEntry, treeAnswer } from './answers.ts';
import type { Github } from './connection.ts';
import { isCommit, type Tips } from './tips.ts';

/** A file's bytes. By way of JSON: Octokit would read raw answers as text, which changes bytes that are none. */
export async function readFile(
  github: Github,
  path: string,
  at: string | undefined,
): Promise<Uint8Array | undefined> {
  const answer = await github.tryAsk(
    {
      doing: `read ${path}`,
      route: 'GET /repos/{owner}/{repo}/contents/{path}',
      parameters: { path, ...(at !== undefined && { ref: at }) },
      answer: contentAnswer,
    },
    [404],
  );
  if (answer.status !== 'ok' || Array.isArray(answer.data)) return undefined;
  const { type, sha, encoding, content } = answer.data;
  if (type !== 'file') return undefined;
  // Above 1 MB the content is left out (GH 6.1).
  if (encoding === 'base64' && content !== undefined) return Buffer.from(content, 'base64');
  const blob = await github.ask({
    doing: `read ${path}`,
    route: 'GET /repos/{owner}/{repo}/git/blobs/{sha}',
    parameters: { sha },
    answer: blobAnswer,
  });
  return Buffer.from(blob.content, 'base64');
}

/** Only the folder's own tree is read: that of a whole repository would be cut at 100,000 entries (GH 6.1). */
export async function listFiles(
  github: Github,
  tips: Tips,
  folder: string,
  at: string | undefined,
): Promise<readonly string[]> {
  const commit = at !== undefined && isCommit(at) ? at : await tips.head(at);
  if (commit === undefined) return [];
  let tree: string | undefined = await tips.treeOf(commit);
  for (const name of folder.split('/').filter((part) => part !== '')) {
    if (tree === undefined) return [];
    const { entries } = await readTree(github, tree, false);
    tree = entries.find((entry) => entry.path === name && entry.type === 'tree')?.sha;
  }
  if (tree === undefined) return [];
  const files = await filesBelow(github, tree);
  const prefix = folder.replace(/\/?$/, '/').replace(/^\/$/, '');
  return sortPaths(files.map(({ path }) => prefix + path));
}

/** All files below a tree; where GitHub cuts the list, folder by folder. */
export async function filesBelow(github: Github, tree: string): Promise<readonly TreeEntry[]> {
  const whole = await readTree(github, tree, true);
  if (!whole.truncated) return whole.entries.filter(({ type }) => type !== 'tree');
  const here = await readTree(github, tree, false);
  const files: TreeEntry[] = [];
  for (const entry of here.entries) {
    if (entry.type !== 'tree') files.push(entry);
    else {
      const below = await filesBelow(github, entry.sha);
      for (const file of below) files.push({ ...file, path: `${entry.path}/${file.path}` });
    }
  }
  return files;
}

async function readTree(
  github: Github,
  sha: string,
  recursive: boolean,
): Promise<{ readonly entries: readonly TreeEntry[]; readonly truncated: boolean }> {
  const { tree, truncated } = await github.ask({
    doing: `list the tree ${sha}`,
    route: 'GET /repos/{owner}/{repo}/git/trees/{sha}',
    parameters: { sha, ...(recursive && { recursive: '1' }) },
    answer: treeAnswer,
  });
  return { entries: tree, truncated };
}

/** In the order of their UTF-8 bytes, each once. */
export const sortPaths = (paths: Iterable<string>): readonly string[] =>
  [...new Set(paths)].sort((one, other) => Buffer.compare(Buffer.from(one), Buffer.from(other)));
