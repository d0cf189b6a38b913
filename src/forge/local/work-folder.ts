import { readdirSync, readFileSync, realpathSync, statSync } from 'node:fs';
import { join, relative, resolve, sep } from 'node:path';
import { isMissing } from '../../files/faults.ts';
import { openGit } from './git.ts';
import { listTree, type Repository, readBlob, resolveCommit } from './repository.ts';

/**
 * The user's folder, which stands for the default branch: the commit checked out, if it is in a git repository with
 * commits that hold it; else the files as they are. Never written to.
 */
export interface WorkFolder {
  head(): Promise<string | undefined>;
  readFile(path: string, commit?: string): Promise<Uint8Array | undefined>;
  listFiles(folder: string, commit?: string): Promise<readonly string[]>;
  /** Whether a commit that is not in the bare repository is known here. */
  has(commit: string): Promise<boolean>;
  /** Brings the commit checked out into the bare repository. */
  fetchInto(repository: Repository, commit: string): Promise<void>;
  /** Where the folder is inside its repository: empty or ending with `/`. */
  readonly prefix: string;
}

export async function openWorkFolder(root: string): Promise<WorkFolder> {
  const git = openGit(root);
  const found = await git.ask(['rev-parse', '--show-toplevel', '--show-prefix']);
  const [top = root, prefix = ''] = found.code === 0 ? found.stdout.toString().split('\n') : [];
  const held = found.code === 0 && (await git.ask(['cat-file', '-e', `HEAD:${prefix}`])).code === 0;
  if (!held && (found.code !== 0 || prefix !== '')) return plainFolder(root);

  const files = plainFolder(root);
  const atTop = openGit(top);
  const head = () => resolveCommit(atTop, 'HEAD');
  return {
    prefix,
    head,
    async readFile(path, commit) {
      const at = commit ?? (await head());
      return at === undefined ? files.readFile(path) : readBlob(atTop, `${at}:${prefix}${path}`);
    },
    async listFiles(folder, commit) {
      const at = commit ?? (await head());
      if (at === undefined) return files.listFiles(folder);
      const paths = await listTree(atTop, at, `${prefix}${folder}`.replace(/\/$/, ''));
      return paths.map((path) => path.slice(prefix.length));
    },
    has: async (commit) => (await resolveCommit(atTop, commit)) !== undefined,
    async fetchInto(repository, commit) {
      if ((await repository.tip(commit)) !== undefined) return;
      await repository.git.run([
        'fetch',
        '--quiet',
        '--no-tags',
        '--no-write-fetch-head',
        resolve(top),
        'HEAD',
      ]);
    },
  };
}

function plainFolder(root: string): WorkFolder {
  return {
    prefix: '',
    head: () => Promise.resolve(undefined),
    has: () => Promise.resolve(false),
    fetchInto: () => Promise.resolve(),
    readFile: async (path) => readWithin(root, path),
    listFiles: async (folder) => listWithin(root, folder),
  };
}

/** Links that lead out of the folder are not followed. */
function readWithin(root: string, path: string): Uint8Array | undefined {
  try {
    const real = realpathSync(join(root, path));
    const inside = relative(realpathSync(root), real);
    if (inside === '..' || inside.startsWith(`..${sep}`) || !statSync(real).isFile()) return undefined;
    return readFileSync(real);
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

function listWithin(root: string, folder: string): readonly string[] {
  try {
    return readdirSync(join(root, folder), { withFileTypes: true, recursive: true })
      .filter((entry) => entry.isFile())
      .map((entry) => relative(root, join(entry.parentPath, entry.name)).split(sep).join('/'))
      .filter((path) => !path.startsWith('.git/'))
      .sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
  } catch (error) {
    if (isMissing(error)) return [];
    throw error;
  }
}
