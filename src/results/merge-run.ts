import { inParallel } from '../in-parallel.ts';
import { fragmentsPrefix } from '../store/keys.ts';
import type { Entry, Store } from '../store/store.ts';
import { localCombinations } from './combination-blocks.ts';
import { type EngineFailure, type Merge, type MergeInput, openMerge, type ReusedOutcome } from './merge.ts';

export interface MergeRunInput extends Omit<MergeInput, 'combinations'> {
  readonly store: Store;
  /** Rounds 0 to `rounds - 1` are looked at. */
  readonly rounds: number;
  readonly engineFailures: AsyncIterable<EngineFailure> | Iterable<EngineFailure>;
  readonly reused: AsyncIterable<Reused> | Iterable<Reused>;
}

export interface Reused {
  readonly index: number;
  readonly outcome: ReusedOutcome;
}

/** Requests in flight. */
const width = 32;

/** Merges what a run's store holds. Every fragment and every block of combinations is read exactly once. */
export async function mergeRun(input: MergeRunInput): Promise<Merge> {
  const { store, run, rounds, count, spillDirectory } = input;
  const combinations = await localCombinations(store, run, count, spillDirectory);
  const merge = await openMerge({ ...input, combinations });
  try {
    for await (const { index, outcome } of input.reused) merge.addReused(index, outcome);
    for await (const failure of input.engineFailures) merge.addEngineFailure(failure);
    await mergeFragments(store, run, rounds, merge);
    return merge;
  } catch (error) {
    merge[Symbol.dispose]();
    throw error;
  }
}

/** Feeds the fragments of all rounds to the merge: one `get` a fragment, one `list` a round. */
export async function mergeFragments(store: Store, run: string, rounds: number, merge: Merge): Promise<void> {
  const get = async ({ key }: Entry) => ({ key, object: await store.get(key) });
  for await (const { key, object } of inParallel(fragmentEntries(store, run, rounds), width, get)) {
    if (object === undefined) merge.addUnreadable(key, 'was listed, but is gone');
    else merge.add(key, object.bytes);
  }
}

async function* fragmentEntries(store: Store, run: string, rounds: number): AsyncGenerator<Entry> {
  for (let round = 0; round < rounds; round += 1) yield* store.list(fragmentsPrefix(run, round));
}
