import { createHash, type Hash } from 'node:crypto';
import {
  closeSync,
  existsSync,
  lstatSync,
  openSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  readSync,
} from 'node:fs';
import { basename, join } from 'node:path';
import dockerignore from '@balena/dockerignore';
import { ConfigurationError } from '../errors.ts';

/** A file or link of `docker/<name>` that a build may see. */
export type FolderEntry =
  /** A link goes into an image as it is: what it names counts, not what it leads to. */
  | { readonly kind: 'link'; readonly path: string; readonly target: string }
  | { readonly kind: 'file'; readonly path: string; readonly executable: boolean };

/** What the builder reads itself. Links may lead out of the folder, and what they lead to may change unseen. */
export const ignoreFiles = ['Dockerfile.dockerignore', '.dockerignore'] as const;
const builderFiles = ['Dockerfile', ...ignoreFiles] as const;

/** Python writes the first beside a module when it is imported; the worker is brought in the second. */
const neverIn = new Set(['__pycache__', '.muster']);

/** Bytes and files: what is larger is data, and identity is asked for whenever a grid is planned. */
export const largestFolder = { bytes: 2 ** 30, files: 10_000 } as const;

/**
 * What of a folder enters its image's build, in the order of the paths: all but what its `.dockerignore` leaves out, and
 * always the Dockerfile. Both the identity and the copy that is built are made of this list.
 */
export function folderEntries(folder: string): readonly FolderEntry[] {
  for (const name of builderFiles) {
    if (lstatSync(join(folder, name), { throwIfNoEntry: false })?.isSymbolicLink() === true) {
      throw linkInstead(folder, name);
    }
  }
  const ignored = ignoredBy(folder);
  const sum = { bytes: 0, files: 0 };
  const entries: FolderEntry[] = [];
  for (const path of pathsIn(folder, '')) {
    if (path !== 'Dockerfile' && ignored(path)) continue;
    const file = join(folder, path);
    const stat = lstatSync(file);
    if (stat.isSymbolicLink()) entries.push({ kind: 'link', path, target: readlinkSync(file) });
    else if (stat.isFile()) entries.push({ kind: 'file', path, executable: (stat.mode & 0o111) !== 0 });
    else continue;
    sum.bytes += stat.isFile() ? stat.size : 0;
    sum.files += 1;
    if (sum.bytes > largestFolder.bytes || sum.files > largestFolder.files) throw tooLarge(folder, path);
  }
  return entries;
}

function ignoredBy(folder: string): (path: string) => boolean {
  // As BuildKit chooses: the one that is named after the Dockerfile alone, where there is one.
  const name = ignoreFiles.find((one) => existsSync(join(folder, one)));
  if (name === undefined) return () => false;
  // The library takes no heed of case unless it is told; Docker does.
  const rules = dockerignore.default({ ignorecase: false }).add(readFileSync(join(folder, name), 'utf8'));
  return (path) => {
    try {
      return rules.ignores(path);
    } catch (cause) {
      const message = 'one of its patterns cannot be read';
      const fix = 'Close every `[`: https://docs.docker.com/build/concepts/context/#dockerignore-files';
      throw new ConfigurationError({ file: `docker/${basename(folder)}/${name}`, message, fix }, { cause });
    }
  };
}

function* pathsIn(folder: string, path: string): Generator<string> {
  const entries = readdirSync(join(folder, path), { withFileTypes: true });
  entries.sort((a, b) => (a.name < b.name ? -1 : 1));
  for (const entry of entries) {
    if (neverIn.has(entry.name)) continue;
    const below = path === '' ? entry.name : `${path}/${entry.name}`;
    if (entry.isDirectory()) yield* pathsIn(folder, below);
    else yield below;
  }
}

/** SHA-256 of a file, read in pieces. */
export function hashFile(file: string): string {
  const hash = createHash('sha256');
  const descriptor = openSync(file, 'r');
  try {
    addPieces(hash, descriptor);
  } finally {
    closeSync(descriptor);
  }
  return hash.digest('hex');
}

function addPieces(hash: Hash, descriptor: number): void {
  const piece = Buffer.allocUnsafe(2 ** 18);
  for (;;) {
    const read = readSync(descriptor, piece);
    if (read === 0) return;
    hash.update(piece.subarray(0, read));
  }
}

const linkInstead = (folder: string, name: string) =>
  new ConfigurationError({
    file: `docker/${basename(folder)}/${name}`,
    message: 'it is a link, and what it leads to may change without the image getting another name',
    fix: 'Put the file itself there.',
  });

const tooLarge = (folder: string, path: string) =>
  new ConfigurationError({
    file: `docker/${basename(folder)}`,
    message: `with ${path} it holds more than ${largestFolder.bytes / 2 ** 30} GiB or ${largestFolder.files.toLocaleString('en')} files, too much to be looked through for every plan`,
    fix: 'Leave out what the image does not need (.dockerignore), fetch the rest in the Dockerfile, or give it to the grid as `inputs`.',
  });
