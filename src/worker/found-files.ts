import { type Dirent, lstatSync, readdirSync, realpathSync, statSync } from 'node:fs';
import { join, matchesGlob, posix, sep } from 'node:path';
import type { FoundFile } from '../results/check-output.ts';

/** What a work directory holds. */
export interface Inventory {
  readonly folder: string;
  /** Regular files, and links to regular files inside; ordered by path. */
  readonly files: readonly FoundFile[];
  /** Links that lead out of the directory: never followed. */
  readonly outside: readonly string[];
  /** Of the disk. */
  readonly bytes: number;
}

/** Files whose name is not UTF-8, or that vanish while we look, are left out: nothing could be stored under such a name. */
export function takeInventory(folder: string): Inventory {
  // A program can remove its work directory, or put a link in its place that leads anywhere.
  if (lstatSync(folder, { throwIfNoEntry: false })?.isDirectory() !== true) {
    return { folder, files: [], outside: [], bytes: 0 };
  }
  const root = realpathSync(folder);
  const files: FoundFile[] = [];
  const outside: string[] = [];
  let bytes = 0;
  walk(root, '', (entry, path) => {
    const file = join(root, path);
    if (entry.isSymbolicLink()) {
      const target = linkTarget(root, file);
      if (target === 'outside') outside.push(path);
      else if (target !== undefined) files.push({ path, ...target });
    } else if (entry.isFile()) {
      const stat = lstatSync(file, { throwIfNoEntry: false });
      if (stat === undefined) return;
      bytes += diskBytes(stat);
      files.push({ path, file, size: stat.size, changed: stat.mtimeMs });
    }
  });
  files.sort((a, b) => (a.path < b.path ? -1 : 1));
  return { folder: root, files, outside, bytes };
}

/** Files that a path, a folder with a final `/`, or a glob names. Hidden files only match when named. */
export function filesMatching(inventory: Inventory, pattern: string): readonly FoundFile[] {
  const wanted = matcher(pattern);
  const found = inventory.files.filter((file) => wanted(file.path));
  if (found.length > 0 || isGlob(pattern)) return found;
  // Not in the listing, but maybe behind a link to a folder inside.
  const target = linkTarget(inventory.folder, join(inventory.folder, posix.normalize(pattern)));
  return target === undefined || target === 'outside' ? [] : [{ path: posix.normalize(pattern), ...target }];
}

export function linksOutMatching(inventory: Inventory, pattern: string): readonly string[] {
  const wanted = matcher(pattern);
  return inventory.outside.filter((path) => wanted(path) || posix.normalize(pattern).startsWith(`${path}/`));
}

function matcher(pattern: string): (path: string) => boolean {
  const normal = posix.normalize(pattern);
  if (normal.endsWith('/')) return (path) => path.startsWith(normal);
  if (!isGlob(pattern)) return (path) => path === normal;
  return (path) => path === normal || matchesGlob(path, normal);
}

const isGlob = (pattern: string) => /[*?[{]/.test(pattern);

function linkTarget(root: string, file: string): Omit<FoundFile, 'path'> | 'outside' | undefined {
  try {
    const target = realpathSync(file);
    if (!target.startsWith(root + sep)) return 'outside';
    const stat = statSync(target);
    return stat.isFile() ? { file: target, size: stat.size, changed: stat.mtimeMs } : undefined;
  } catch {
    // Leads nowhere, or in a circle: not a file.
    return undefined;
  }
}

/** Bytes of the disk below a folder; what vanishes while we look counts nothing. */
export function folderBytes(folder: string): number {
  let bytes = 0;
  walk(folder, '', (entry, path) => {
    if (!entry.isFile()) return;
    const stat = lstatSync(join(folder, path), { throwIfNoEntry: false });
    if (stat !== undefined) bytes += diskBytes(stat);
  });
  return bytes;
}

/** A sparse file takes less than its size, a small one sometimes no block; `blocks` counts 512 bytes (POSIX stat). */
const diskBytes = (stat: { readonly size: number; readonly blocks: number }) =>
  stat.blocks === 0 ? Math.min(stat.size, 4096) : stat.blocks * 512;

function walk(root: string, path: string, visit: (entry: Dirent, path: string) => void): void {
  let entries: readonly Dirent[];
  try {
    entries = readdirSync(join(root, path), { withFileTypes: true });
  } catch {
    return;
  }
  for (const entry of entries) {
    const below = path === '' ? entry.name : `${path}/${entry.name}`;
    if (entry.isDirectory()) walk(root, below, visit);
    else visit(entry, below);
  }
}
