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
  const seen = new Set<string>();
  for await (const outcome of outcomes) {
    if (selection.where?.(outcome.combination) === false) continue;
    const wanted = manifestLines(outcome).filter(({ path }) => isWanted(path, selection.only));
    if (wanted.length > 0) combinations += 1;
    for (const line of wanted) {
      // The combinations of a slice that ran as one share its outputs: they come once, under the first label.
      if (seen.has(line.key)) continue;
      seen.add(line.key);
      bytes += line.size;
      files.push(line);
    }
  }
  return { files, bytes, combinations };
}

function isWanted(path: string, only: string | undefined): boolean {
  if (only === undefined) return true;
  return posix.matchesGlob(only.includes('/') ? path : posix.basename(path), only);
}
