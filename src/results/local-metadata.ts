import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { resolve } from 'node:path';
import { type EnsembleContext, openEnsembleMetadata } from './ensemble-metadata.ts';
import { localPath } from './local-path.ts';
import type { Outcome } from './outcome.ts';
import type { FetchSelection } from './plan-fetch.ts';
import { mergedFiles } from './write-merged.ts';

/**
 * Writes `<target>/ensemble_metadata.json` over the selected combinations, anew at every fetch. `output_file` is an
 * absolute path, since readers open exactly that text from wherever they run; a file that was not fetched keeps its
 * link into the store. Returns the path of the file.
 */
export async function writeLocalMetadata(
  outcomes: AsyncIterable<Outcome> | Iterable<Outcome>,
  target: string,
  { where }: FetchSelection,
  context: Omit<EnsembleContext, 'locate'> & { readonly url: (key: string) => string },
): Promise<string> {
  mkdirSync(target, { recursive: true });
  const path = resolve(target, mergedFiles.metadata);
  const partial = `${path}.muster-partial`;
  rmSync(partial, { force: true });
  const metadata = openEnsembleMetadata(partial, {
    ...context,
    locate: ({ path, key }, { combination }) => {
      const place = localPath(target, combination.label, path);
      return place.kind === 'path' && existsSync(place.path) ? place.path : context.url(key);
    },
  });
  for await (const outcome of outcomes) {
    if (where?.(outcome.combination) !== false) metadata.add(outcome);
  }
  metadata.close();
  renameSync(partial, path);
  return path;
}
