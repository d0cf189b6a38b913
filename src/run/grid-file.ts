import { ConfigurationError } from '../errors.ts';
import type { LoadedGrid } from '../grid/grid.ts';
import { loadGrid } from '../grid/load.ts';
import { gridDigest } from './decisions.ts';

/** A grid file of the checkout, read or not. */
export interface GridFile {
  readonly path: string;
  /** Of the file and its data. */
  readonly digest: string;
  readonly loaded: LoadedGrid | ConfigurationError;
}

/** Who plans and who submits must come to the same digest, so both read by this. */
export function readGrid(root: string, path: string): GridFile {
  try {
    const loaded = loadGrid(path, { root });
    return { path, digest: gridDigest(root, path, loaded.data), loaded };
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    return { path, digest: gridDigest(root, path, []), loaded: error };
  }
}
