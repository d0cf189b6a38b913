import { mergedPrefix } from '../store/keys.ts';
import type { Store } from '../store/store.ts';
import { type ManifestLine, manifestLineSchema } from './manifest.ts';
import type { ReusedOutcome } from './merge.ts';
import type { Outcome } from './outcome.ts';
import { outcomeSchema } from './outcome-line.ts';
import { readStoreLines } from './store-lines.ts';
import { type WorkLine, workLineSchema } from './work-index.ts';
import { mergedFiles } from './write-merged.ts';

/** A published merged set, as `published/<run id>.json` names it. */
export interface MergedPlace {
  readonly run: string;
  readonly sha256: string;
}

const key = ({ run, sha256 }: MergedPlace, name: string) => `${mergedPrefix(run, sha256)}${name}`;

export function readManifest(store: Store, place: MergedPlace): AsyncIterable<ManifestLine> {
  return readStoreLines(store, key(place, mergedFiles.manifest), manifestLineSchema);
}

export function readOutcomes(store: Store, place: MergedPlace): AsyncIterable<Outcome> {
  return readStoreLines(store, key(place, mergedFiles.outcomes), outcomeSchema);
}

/** The work that a plan may take over from this run. */
export function readWorkIndex(store: Store, place: MergedPlace): AsyncIterable<WorkLine> {
  return readStoreLines(store, key(place, mergedFiles.workIndex), workLineSchema);
}

/**
 * The outcomes that another run takes over, by their index in this one, in this run's order. Ends early once all are
 * found; what did not succeed here is never among them.
 */
export async function* readReusable(
  store: Store,
  place: MergedPlace,
  indexes: ReadonlySet<number>,
): AsyncGenerator<{ readonly from: number; readonly outcome: ReusedOutcome }, void, undefined> {
  let left = indexes.size;
  if (left === 0) return;
  for await (const outcome of readOutcomes(store, place)) {
    if (!indexes.has(outcome.combination.index)) continue;
    const reusable = takenOver(outcome);
    if (reusable !== undefined) yield { from: outcome.combination.index, outcome: reusable };
    left -= 1;
    if (left === 0) return;
  }
}

/** What another run takes over from an outcome; `undefined` unless it succeeded. */
export function takenOver({ state, source, ...outcome }: Outcome): ReusedOutcome | undefined {
  if (state !== 'succeeded' || source === undefined) return undefined;
  const { combination, failure, attempts, wastedSeconds, cost, ...rest } = outcome;
  return { source, ...rest };
}
