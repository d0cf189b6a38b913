import { ConfigurationError } from '../errors.ts';
import { gridFiles, gridPath } from '../place/grid-files.ts';
import type { Decisions } from '../run/decisions.ts';
import { type GridFile, readGrid } from '../run/grid-file.ts';

export const readGrids = (root: string): readonly GridFile[] =>
  gridFiles(root).map((path) => readGrid(root, path));

/** The grids that these changes touch, by themselves or by a data file. Pure. */
export function touched(grids: readonly GridFile[], changed: readonly string[]): readonly GridFile[] {
  const paths = new Set(changed);
  return grids.filter(({ path, loaded }) => {
    const data = loaded instanceof ConfigurationError ? [] : loaded.data.map((file) => file.path);
    return [path, ...data].some((one) => paths.has(one));
  });
}

/** Grids that nobody has decided about as they stand. @param decisions undefined: the repository is new. */
export const undecided = (
  grids: readonly GridFile[],
  decisions: Decisions | undefined,
): readonly GridFile[] => grids.filter(({ path, digest }) => decisions?.[path]?.digest !== digest);

/** Of those, what a launch by event would start: in a new repository everything becomes the baseline. */
export function toLaunch(grids: readonly GridFile[], decisions: Decisions | undefined): readonly GridFile[] {
  if (decisions === undefined) return [];
  return undecided(grids, decisions).filter(
    ({ loaded }) => !(loaded instanceof ConfigurationError) && loaded.grid.launch.on === 'commit',
  );
}

/** Throws `ConfigurationError` for a name that no grid has. */
export const namedGrids = (root: string, names: readonly string[]): readonly GridFile[] =>
  [...new Set(names.map((name) => gridPath(root, root, name)))].map((path) => readGrid(root, path));
