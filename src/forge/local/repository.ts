import { randomUUID } from 'node:crypto';
import { mkdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { RemoteError } from '../../errors.ts';
import type { Staging } from '../../files/staging.ts';
import type { CommitOutcome, CommitRequest } from '../forge.ts';
import { type Git, openGit } from './git.ts';

/** Commits of the local forge belong to nobody's configuration: no hooks, no signing, no user's identity. */
const plain = {
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_AUTHOR_NAME: 'Muster',
  GIT_AUTHOR_EMAIL: 'muster@localhost',
  GIT_COMMITTER_NAME: 'Muster',
  GIT_COMMITTER_EMAIL: 'muster@localhost',
};

/** The bare repository that holds the branches of reviews, and `main` with what was merged. */
export interface Repository {
  readonly git: Git;
  readonly folder: string;
  /** The commit of a branch, or of a full commit id that is here. */
  tip(name: string): Promise<string | undefined>;
  readFile(commit: string, path: string): Promise<Uint8Array | undefined>;
  /** In the order of their bytes. */
  listFiles(commit: string, folder: string): Promise<readonly string[]>;
  /** Paths that differ; all of `to`'s without `from`. */
  changedFiles(from: string | undefined, to: string): Promise<readonly string[]>;
  /** @param base the commit that a new branch starts from, fetched if need be; none for a branch without a past. */
  commit(request: CommitRequest, base: string | undefined): Promise<CommitOutcome>;
  /** One commit on `main` with `paths` as they are at `tip`. */
  merge(tip: string, paths: readonly string[], base: string | undefined, message: string): Promise<void>;
}

const isRepository = (folder: string) =>
  statSync(join(folder, 'HEAD'), { throwIfNoEntry: false }) !== undefined;

/** Made aside and moved into place: two that begin at once, or one that is killed, leave no half of one. */
async function makeRepository(folder: string): Promise<void> {
  const fresh = `${folder}.${randomUUID()}`;
  mkdirSync(fresh, { recursive: true });
  try {
    const git = openGit(fresh, { ...plain, GIT_DIR: fresh });
    await git.run(['init', '--quiet', '--bare', '--initial-branch=main']);
    // Commits fetched from the user's repository hang on no reference until a branch is made from them.
    await git.run(['config', 'gc.auto', '0']);
    renameSync(fresh, folder);
  } catch (error) {
    if (!isRepository(folder)) throw error; // else somebody was faster
  } finally {
    rmSync(fresh, { recursive: true, force: true });
  }
}

export async function openRepository(folder: string, staging: Staging): Promise<Repository> {
  if (!isRepository(folder)) await makeRepository(folder);
  const git = openGit(folder, { ...plain, GIT_DIR: folder });
  const tip = (name: string) => resolveCommit(git, isCommitId(name) ? name : `refs/heads/${name}`);

  async function commit(request: CommitRequest, base: string | undefined): Promise<CommitOutcome> {
    const head = await tip(request.branch);
    const parent = head ?? base;
    const tree = await writeTree(git, staging, parent, await hashFiles(git, staging, request.files));
    if (parent !== undefined && tree === (await git.run(['rev-parse', `${parent}^{tree}`]))) {
      return { outcome: 'unchanged', commit: parent };
    }
    if (head !== request.expectedHead) return { outcome: 'moved', head };
    const made = await commitTree(git, tree, parent === undefined ? [] : [parent], request.message);
    return (await moveBranch(git, request.branch, head, made))
      ? { outcome: 'committed', commit: made }
      : { outcome: 'moved', head: await tip(request.branch) };
  }

  async function merge(
    branchTip: string,
    paths: readonly string[],
    base: string | undefined,
    message: string,
  ): Promise<void> {
    const entries = await treeEntries(git, branchTip, paths);
    for (;;) {
      const main = await tip('main');
      const onto = main ?? base;
      const tree = await writeTree(git, staging, onto, entries);
      const made = await commitTree(git, tree, onto === undefined ? [branchTip] : [onto, branchTip], message);
      if (await moveBranch(git, 'main', main, made)) return;
    }
  }

  return {
    git,
    folder,
    tip,
    commit,
    merge,
    readFile: (at, path) => readBlob(git, `${at}:${path}`),
    listFiles: (at, below) => listTree(git, at, below),
    async changedFiles(from, to) {
      if (from === undefined) return listTree(git, to, '');
      return splitNames(await git.run(['diff-tree', '-r', '-z', '--name-only', '--no-renames', from, to]));
    },
  };
}

const isCommitId = (name: string) => /^[0-9a-f]{40}([0-9a-f]{24})?$/.test(name);

export async function resolveCommit(git: Git, name: string): Promise<string | undefined> {
  const answer = await git.ask(['rev-parse', '--verify', '--quiet', '--end-of-options', `${name}^{commit}`]);
  return answer.code === 0 ? answer.stdout.toString().trim() : undefined;
}

export async function readBlob(git: Git, name: string): Promise<Uint8Array | undefined> {
  const answer = await git.ask(['cat-file', 'blob', name]);
  return answer.code === 0 ? answer.stdout : undefined;
}

/** @param folder without a `/` at the end; empty for everything. */
export async function listTree(git: Git, commit: string, folder: string): Promise<readonly string[]> {
  const names = await git.run(['ls-tree', '-r', '-z', '--name-only', '--full-tree', commit]);
  const within = folder === '' ? '' : `${folder}/`;
  return splitNames(names).filter((path) => path.startsWith(within));
}

/** Git sorts paths by bytes, but trees below one another; the whole list is sorted once more. */
const splitNames = (names: string) =>
  names
    .split('\0')
    .filter((name) => name !== '')
    .sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));

/** Lines of `git update-index --index-info`. */
async function hashFiles(
  git: Git,
  staging: Staging,
  files: CommitRequest['files'],
): Promise<readonly string[]> {
  using cleanup = new DisposableStack();
  const staged: string[] = [];
  for (const file of files) staged.push(cleanup.use(await staging.write(file.bytes)).path);
  const input = staged.map((path) => `${path}\n`).join('');
  const hashes = await git.run(['hash-object', '-w', '--no-filters', '--stdin-paths'], { input });
  const list = hashes.split('\n');
  return files.map((file, index) => `100644 ${list[index]}\t${file.path}\0`);
}

async function treeEntries(git: Git, commit: string, paths: readonly string[]): Promise<readonly string[]> {
  const wanted = new Set(paths);
  const all = await git.run(['ls-tree', '-r', '-z', '--full-tree', commit]);
  return all
    .split('\0')
    .filter((line) => wanted.has(line.slice(line.indexOf('\t') + 1)))
    .map((line) => `${line}\0`);
}

async function writeTree(
  git: Git,
  staging: Staging,
  parent: string | undefined,
  entries: readonly string[],
): Promise<string> {
  using index = staging.path();
  const environment = { GIT_INDEX_FILE: index.path };
  await git.run(parent === undefined ? ['read-tree', '--empty'] : ['read-tree', parent], { environment });
  await git.run(['update-index', '-z', '--index-info'], { environment, input: entries.join('') });
  // Awaited here: the index goes with this block.
  return await git.run(['write-tree'], { environment });
}

function commitTree(git: Git, tree: string, parents: readonly string[], message: string): Promise<string> {
  const ancestry = parents.flatMap((parent) => ['-p', parent]);
  return git.run(['commit-tree', ...ancestry, '-F', '-', tree], { input: message });
}

/** Compare-and-swap by `git update-ref`; false when the branch is not where it was. */
async function moveBranch(git: Git, branch: string, from: string | undefined, to: string): Promise<boolean> {
  const none = '0'.repeat(to.length);
  const name = `refs/heads/${branch}`;
  const answer = await git.ask(['update-ref', name, to, from ?? none]);
  if (answer.code === 0) return true;
  if ((await resolveCommit(git, name)) !== from) return false;
  const message = `the branch ${branch} could not be moved: ${answer.stderr.trim()}`;
  throw new RemoteError({ service: 'git', operation: 'update-ref' }, message);
}
