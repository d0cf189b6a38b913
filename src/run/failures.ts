import type { ChildFailure, JobHandle } from '../engine/engine.ts';
import { allInParallel, inParallel } from '../in-parallel.ts';
import { sliceOf } from '../plan/slices.ts';
import { fragmentSchema } from '../results/fragment.ts';
import { failuresKey, failuresPrefix, sliceFragmentsPrefix } from '../store/keys.ts';
import type { RunDeps } from './deps.ts';
import { readDocument } from './documents.ts';
import { asking, EngineTrouble } from './errand.ts';
import { type Lines, putLines, readLines } from './lines.ts';
import type { ArrayAt } from './observe.ts';
import { type ChildFailureRecord, childFailureSchema, type RoundRecord } from './records.ts';
import { storeWidth } from './settings.ts';

/** What the engine said of failed children, kept in the store before it forgets (AB 2.3). */
export type Recorded = Lines<ChildFailureRecord>;

/** An array whose job counts failed children. */
export interface Failing {
  readonly at: ArrayAt;
  readonly handle: JobHandle;
  /** Children, as the engine's summary counts them. */
  readonly failed: number;
}

/** Fragments of failed slices that one step reads at most, for the examples people see. */
const fragmentsPerStep = 50;

/**
 * Records what is new of failed children, and answers with all that is recorded, by the array's key. The engine is
 * asked only where its summary counts more than is recorded. `untold` takes the arrays it could not tell about.
 */
export async function recordFailures(
  deps: RunDeps,
  runId: string,
  failing: readonly Failing[],
  untold: Map<string, EngineTrouble>,
): Promise<ReadonlyMap<string, readonly ChildFailureRecord[]>> {
  const budget = { fragments: fragmentsPerStep };
  const known = new Map<string, readonly ChildFailureRecord[]>();
  const present = await allInParallel(failing, storeWidth, ({ at }) => readFailures(deps, keyOf(runId, at)));
  // One after the other: each may ask the engine a hundred times (AB 2.5), within calls that AWS counts (AB 3).
  for (const [position, one] of failing.entries()) {
    const recorded = present[position] ?? { lines: [], version: undefined };
    const lines = recordOf(deps, runId, one, recorded, budget).catch((error: unknown) => {
      if (!(error instanceof EngineTrouble)) throw error;
      untold.set(one.at.key, error);
      return recorded.lines;
    });
    known.set(one.at.key, await lines);
  }
  return known;
}

async function recordOf(
  deps: RunDeps,
  runId: string,
  one: Failing,
  recorded: Recorded,
  budget: { fragments: number },
): Promise<readonly ChildFailureRecord[]> {
  const { at, handle, failed } = one;
  if (recorded.lines.length >= failed) return recorded.lines;
  const told = new Set(recorded.lines.map((line) => line.child));
  const fresh = await asking(deps.engine.failures(handle, told));
  if (fresh.length === 0) return recorded.lines;
  const read = fresh.slice(0, budget.fragments);
  budget.fragments -= read.length;
  const combinations = await allInParallel(read, storeWidth, (failure) =>
    failedCombinations(deps, runId, at, failure),
  );
  const lines = fresh.map((failure, position): ChildFailureRecord => {
    const examples = combinations[position] ?? { failed: null, examples: [] };
    return { ...failure, attempts: [...failure.attempts], ...examples };
  });
  const all = [...recorded.lines, ...lines];
  const key = keyOf(runId, at);
  const put = await putLines(deps.store, key, { lines: all, version: recorded.version });
  if (put.outcome === 'conflict') {
    // Another watcher recorded some: see which.
    return recordOf(deps, runId, one, await readFailures(deps, key), budget);
  }
  for (const line of lines) tellFailure(deps, runId, at, line);
  return all;
}

const keyOf = (runId: string, { round, array }: ArrayAt) => failuresKey(runId, round.round, array.array);

function tellFailure(deps: RunDeps, runId: string, at: ArrayAt, line: ChildFailureRecord): void {
  for (const { label, failure } of line.examples) {
    deps.log({
      kind: 'combination-failed',
      run: runId,
      label,
      class: failure.class,
      message: failure.message,
    });
  }
  if (line.examples.length > 0) return;
  const slice = at.array.firstSlice + line.child;
  deps.log({ kind: 'slice-failed', run: runId, round: at.round.round, slice, reason: line.reason });
}

export function readFailures({ store }: Pick<RunDeps, 'store'>, key: string): Promise<Recorded> {
  return readLines(store, key, childFailureSchema);
}

/** Recorded failures by the array's key; nothing is read for arrays that count none, nor for those that are known. */
export async function failuresOf(
  deps: Pick<RunDeps, 'store'>,
  runId: string,
  arrays: readonly ArrayAt[],
  known: ReadonlyMap<string, readonly ChildFailureRecord[]> = new Map(),
): Promise<ReadonlyMap<string, readonly ChildFailureRecord[]>> {
  const unread = arrays.filter((at) => countsFailures(at) && !known.has(at.key));
  const read = await allInParallel(unread, storeWidth, async (at) => {
    return [at.key, (await readFailures(deps, keyOf(runId, at))).lines] as const;
  });
  return new Map([...known, ...read]);
}

const countsFailures = ({ document: { value } }: ArrayAt) =>
  'counts' in value && value.counts !== null && value.counts.failed > 0;

/**
 * Everything that is recorded, also of arrays that do not count it: whoever recorded may have died before it recorded
 * the counts. Array by array, for a stopped run may have a million lines.
 */
export async function* storedFailures(
  deps: Pick<RunDeps, 'store'>,
  runId: string,
  arrays: readonly ArrayAt[],
): AsyncGenerator<{ readonly at: ArrayAt; readonly lines: readonly ChildFailureRecord[] }> {
  const stored = new Set<string>();
  for (const round of new Set(arrays.map(({ round }) => round.round))) {
    for await (const { key } of deps.store.list(failuresPrefix(runId, round))) stored.add(key);
  }
  const recorded = arrays.filter((at) => stored.has(keyOf(runId, at)));
  yield* inParallel(recorded, 4, async (at) => {
    const { lines } = await readFailures(deps, keyOf(runId, at));
    return { at, lines };
  });
}

/**
 * What the fragments of a failed slice say: the newest word on each combination counts. One without a word has failed
 * with the slice, as the merge will say; where somebody stopped the slice, it is missing.
 */
async function failedCombinations(
  deps: RunDeps,
  runId: string,
  at: ArrayAt,
  failure: ChildFailure,
): Promise<Pick<ChildFailureRecord, 'failed' | 'unfinished' | 'examples'>> {
  const slice = at.array.firstSlice + failure.child;
  const newest = new Map<number, ChildFailureRecord['examples'][number] | undefined>();
  for await (const entry of deps.store.list(sliceFragmentsPrefix(runId, at.round.round, slice))) {
    const fragment = await readDocument(deps.store, entry.key, fragmentSchema).catch(() => undefined); // the merge names it
    for (const { index, id, label, failure } of fragment?.value.combinations ?? []) {
      const attempt = fragment?.value.attempt ?? 1;
      newest.set(index, failure === null ? undefined : { index, id, label, attempt, failure });
    }
  }
  const examples = [...newest.values()].filter((example) => example !== undefined);
  const { start, end } = sliceOf(at.round.groups, slice);
  const silent = end - start - newest.size;
  const shown = { examples: examples.slice(0, 5) };
  if (wasStopped(failure)) return { failed: examples.length, unfinished: silent, ...shown };
  return { failed: examples.length + silent, ...shown };
}

/** Somebody stopped the slice, before or while it ran: what it did not finish has not failed by itself. */
export const wasStopped = (failure: Pick<ChildFailure, 'class'>): boolean => failure.class === 'cancelled';

export interface FailedIn {
  readonly failed: number;
  /** Of slices that were stopped, without a word. */
  readonly unfinished: number;
}

/** Combinations of an array that its failed children hold, as the fragments tell; a slice without a word counts whole. */
export function failedIn(
  round: RoundRecord,
  array: ArrayAt['array'],
  lines: readonly ChildFailureRecord[],
): FailedIn {
  let failed = 0;
  let unfinished = 0;
  for (const line of lines) {
    unfinished += line.unfinished ?? 0;
    if (line.failed !== null) {
      failed += line.failed;
      continue;
    }
    const { start, end } = sliceOf(round.groups, array.firstSlice + line.child);
    if (wasStopped(line)) unfinished += end - start;
    else failed += end - start;
  }
  return { failed, unfinished };
}
