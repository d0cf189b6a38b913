import { existsSync, readdirSync, statSync } from 'node:fs';
import { basename, join, relative, resolve } from 'node:path';
import { ConfigurationError } from '../errors.ts';
import { type ExpandedGrid, loadGrid } from '../grid/load.ts';
import { nearest } from '../plan/nearest.ts';
import { calledAs } from './called-as.ts';
import { findRoot } from './root.ts';

/** The grid file a person named: a path, or the name of a grid of `grids/`. */
export function gridPath(root: string, from: string, given: string): string {
  const found = fileNamed(root, from, given);
  if (found !== undefined) return relative(root, found);
  const isFolder = existsSync(resolve(from, given));
  throw new ConfigurationError({
    file: given,
    message: isFolder ? 'that is a folder, and one grid is asked for' : 'there is no such grid file',
    fix: whichGrid(root, given),
  });
}

const fileNamed = (root: string, from: string, given: string): string | undefined =>
  [
    resolve(from, given),
    ...['yaml', 'yml', 'json'].map((ext) => join(root, 'grids', `${given}.${ext}`)),
  ].find(isFile);

/** What a person may have meant. */
function whichGrid(root: string, given: string): string {
  const known = gridFiles(root).map((path) => path.slice('grids/'.length));
  if (known.length === 0) return `Make one: ${calledAs} new --help`;
  const near = nearest(
    nameOf(given),
    known.map((path) => nameOf(path)),
  );
  const meant = near === undefined ? '' : `Did you mean \`${near}\`? `;
  return `${meant}Grids here: ${known.join(', ')}`;
}

const nameOf = (path: string) => basename(path).replace(/\.(ya?ml|json)$/, '');
const isFile = (path: string) => statSync(path, { throwIfNoEntry: false })?.isFile() === true;

/** Names as they are given, and in the place of a folder the grid files in it. */
export function gridsIn(directory: string | undefined, given: readonly string[]): readonly string[] {
  const from = resolve(directory ?? '.');
  const root = findRoot(from);
  return given.flatMap((one) => {
    const folder = resolve(from, one);
    if (fileNamed(root, from, one) !== undefined) return [one];
    if (statSync(folder, { throwIfNoEntry: false })?.isDirectory() !== true) return [one];
    const paths = gridNames(folder).map((name) => join(one, name));
    if (paths.length > 0) return paths;
    throw new ConfigurationError({ file: one, message: 'there is no grid file in this folder' });
  });
}

/** Every grid file of the repository, sorted. */
export function gridFiles(root: string): readonly string[] {
  const folder = join(root, 'grids');
  if (!existsSync(folder)) return [];
  return gridNames(folder).map((name) => `grids/${name}`);
}

const gridNames = (folder: string) =>
  readdirSync(folder)
    .filter((name) => /\.(ya?ml|json)$/.test(name))
    .sort();

export function openGrid(
  directory: string | undefined,
  given: string,
  set: Readonly<Record<string, string>> = {},
): { readonly root: string; readonly loaded: ExpandedGrid } {
  const from = resolve(directory ?? '.');
  const root = findRoot(from);
  return { root, loaded: loadGrid(gridPath(root, from, given), { root, set }) };
}
