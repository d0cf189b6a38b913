import { existsSync, readdirSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { ConfigurationError } from '../errors.ts';
import { type ExpandedGrid, loadGrid } from '../grid/load.ts';
import { calledAs } from './called-as.ts';
import { findRoot } from './root.ts';

/** The grid file a person named: a path, or the name of a grid of `grids/`. */
export function gridPath(root: string, from: string, given: string): string {
  const candidates = [
    resolve(from, given),
    ...['yaml', 'yml', 'json'].map((ext) => join(root, 'grids', `${given}.${ext}`)),
  ];
  const found = candidates.find((path) => existsSync(path));
  if (found === undefined) {
    const known = gridFiles(root).map((path) => path.slice('grids/'.length));
    throw new ConfigurationError({
      file: given,
      message: 'there is no such grid file',
      fix: known.length === 0 ? `Make one: ${calledAs} new --help` : `Grids here: ${known.join(', ')}`,
    });
  }
  return relative(root, found);
}

/** Every grid file of the repository, sorted. */
export function gridFiles(root: string): readonly string[] {
  const folder = join(root, 'grids');
  if (!existsSync(folder)) return [];
  const names = readdirSync(folder).filter((name) => /\.(ya?ml|json)$/.test(name));
  return names.sort().map((name) => `grids/${name}`);
}

export function openGrid(
  directory: string | undefined,
  given: string,
  set: Readonly<Record<string, string>> = {},
): { readonly root: string; readonly loaded: ExpandedGrid } {
  const from = resolve(directory ?? '.');
  const root = findRoot(from);
  return { root, loaded: loadGrid(gridPath(root, from, given), { root, set }) };
}
