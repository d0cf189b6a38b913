import { createHash } from 'node:crypto';
import { closeSync, fstatSync, openSync, readdirSync, readFileSync, realpathSync, statSync } from 'node:fs';
import { isAbsolute, join, relative, sep } from 'node:path';
import type { DataFile } from './grid.ts';
import type { Problems } from './problems.ts';
import type { Node } from './tree.ts';

/** A table of a million rows fits; a data set does not belong into a repository. */
const maxDataBytes = 256 * 2 ** 20;

/** Finds and reads the files a grid names, keeping the digest of each. */
export interface DataFiles {
  /** The text, or `undefined` after reporting a problem at the node. */
  read(
    written: string,
    use: DataFile['use'],
    node: Node,
  ): { readonly path: string; readonly text: string } | undefined;
  /** Everything below a folder of the repository, for programs; its path with a final `/`. */
  readFolder(written: string, node: Node): string | undefined;
  readonly files: readonly DataFile[];
}

/** More than this belongs into a bucket. */
const maxFolderFiles = 1_000;

/** `gridFolder` relative to the root: files are looked for there first, then in the repository's root. */
export function openDataFiles(root: string, gridFolder: string, problems: Problems): DataFiles {
  const found = new Map<string, DataFile>();
  return {
    get files() {
      return [...found.values()].toSorted((a, b) => (a.path < b.path ? -1 : 1));
    },
    read(written, use, node) {
      const place = locateFile(root, gridFolder, written);
      if (place.outcome !== 'found') {
        problems.add(node, place.message, place.fix);
        return undefined;
      }
      const read = readBounded(place.absolute);
      if (typeof read === 'string') {
        problems.add(node, `\`${written}\` ${read}`);
        return undefined;
      }
      const sha256 = createHash('sha256').update(read).digest('hex');
      found.set(`${use} ${place.path}`, { path: place.path, sha256, use });
      return {
        path: place.path,
        text: use === 'program' ? '' : read.toString('utf8').replace(/^\uFEFF/, ''),
      };
    },
    readFolder(written, node) {
      const place = locateFile(root, gridFolder, written);
      if (place.outcome !== 'found') {
        problems.add(node, place.message, place.fix);
        return undefined;
      }
      const names = filesBelow(place.absolute);
      if (typeof names === 'string') {
        problems.add(node, `\`${written}\` ${names}`);
        return undefined;
      }
      for (const name of names) {
        const read = readBounded(join(place.absolute, name));
        if (typeof read === 'string') {
          problems.add(node, `\`${written}${name}\` ${read}`);
          continue;
        }
        const path = `${place.path}/${name}`;
        const sha256 = createHash('sha256').update(read).digest('hex');
        found.set(`program ${path}`, { path, sha256, use: 'program' });
      }
      return `${place.path}/`;
    },
  };
}

/** Relative paths of the plain files below a folder, or why not. Links are left out: they may lead outside. */
function filesBelow(folder: string): readonly string[] | string {
  if (!statSync(folder).isDirectory()) return 'is a file: write it without the final /';
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  if (files.length === 0) return 'holds no files';
  if (files.length > maxFolderFiles) return `holds more than ${maxFolderFiles} files: put them into a bucket`;
  return files
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).split(sep).join('/'))
    .sort();
}

type Located =
  | { readonly outcome: 'found'; readonly absolute: string; readonly path: string }
  | { readonly outcome: 'refused'; readonly message: string; readonly fix: string };

function locateFile(root: string, gridFolder: string, written: string): Located {
  const fix = 'Name a file of the repository, relative to the grid file or to the root.';
  if (isAbsolute(written) || written.includes('\\') || written.includes('\0')) {
    return { outcome: 'refused', message: `\`${written}\` is not a relative path`, fix };
  }
  const candidates = [join(root, gridFolder, written), join(root, written)];
  for (const absolute of candidates) {
    const real = realPath(absolute);
    if (real === undefined) continue;
    const path = relative(realpathSync(root), real);
    // Also through a symbolic link: a pull request must not read the runner's files.
    if (path === '..' || path.startsWith(`..${sep}`) || isAbsolute(path)) {
      return { outcome: 'refused', message: `\`${written}\` lies outside the repository`, fix };
    }
    return { outcome: 'found', absolute: real, path: path.split(sep).join('/') };
  }
  const looked = [...new Set([join(gridFolder, written), written])].join(' and ');
  return { outcome: 'refused', message: `the file \`${written}\` is missing: looked for ${looked}`, fix };
}

function realPath(absolute: string): string | undefined {
  try {
    return realpathSync(absolute);
  } catch {
    // Absent, a dangling link, or a folder that may not be read: the caller says that nothing was found.
    return undefined;
  }
}

/** The bytes, or why not. */
function readBounded(absolute: string): Buffer | string {
  const file = openSync(absolute, 'r');
  try {
    const stat = fstatSync(file);
    if (!stat.isFile()) return stat.isDirectory() ? 'is a folder: name its files' : 'is not a file';
    if (stat.size > maxDataBytes) return `is larger than ${maxDataBytes / 2 ** 20} MiB`;
    return readFileSync(file);
  } finally {
    closeSync(file);
  }
}
