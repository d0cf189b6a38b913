import { posix } from 'node:path';
import type { Combination } from '../grid/combination.ts';
import { type ManifestLine, manifestLines } from './manifest.ts';
import type { Outcome } from './outcome.ts';

export interface FetchSelection {
  /** Glob on the path of an output, as in `--only '*.h5'`; a pattern without `/` matches at any depth. */
  readonly only?: string;
  readonly where?: (combination: Combination) => boolean;
}

export interface FetchPlan {
  readonly files: readonly ManifestLine[];
  /** Of all files together. */
  readonly bytes: number;
  /** Combinations that at least one file is of. */
  readonly combinations: number;
}

/** Which files of a run to download: of a published run's outcomes, or of a live merge's. */
export async function planFetch(
  outcomes: AsyncIterable<Outcome> | Iterable<Outcome>,
  selection: FetchSelection,
): Promise<FetchPlan> {
  const files: ManifestLine[] = [];
  let bytes = 0;
  let combinations = 0;
  for await (const outcome of outcomes) {
    if (selection.where?.(outcome.combination) === false) continue;
    const wanted = manifestLines(outcome).filter(({ path }) => isWanted(path, selection.only));
    for (const line of wanted) bytes += line.size;
    if (wanted.length > 0) combinations += 1;
    files.push(...wanted);
  }
  return { files, bytes, combinations };
}

function isWanted(path: string, only: string | undefined): boolean {
  if (only === undefined) return true;
  return posix.matchesGlob(only.includes('/') ? path : posix.basename(path), only);
}
