import type { JobHandle, Observation } from '../engine/engine.ts';
import { allInParallel } from '../in-parallel.ts';
import { arrayKey } from '../store/keys.ts';
import { observed } from './array-state.ts';
import type { RunDeps } from './deps.ts';
import { type Document, requireDocument, swapDocument } from './documents.ts';
import type { EngineTrouble } from './errand.ts';
import { type Failing, recordFailures } from './failures.ts';
import { meterTerms } from './price.ts';
import {
  type ArrayIn,
  type ArrayRecord,
  arraySchema,
  type ChildFailureRecord,
  type RoundRecord,
} from './records.ts';
import { storeWidth } from './settings.ts';

/** One array of one round with its record. */
export interface ArrayAt {
  readonly round: RoundRecord;
  readonly array: RoundRecord['arrays'][number];
  readonly key: string;
  readonly document: Document<ArrayRecord>;
}

/** The records of all arrays, in order. */
export function readArrays(
  deps: RunDeps,
  runId: string,
  rounds: readonly RoundRecord[],
): Promise<readonly ArrayAt[]> {
  const all = rounds.flatMap((round) => round.arrays.map((array) => ({ round, array })));
  return allInParallel(all, storeWidth, async ({ round, array }) => {
    const key = arrayKey(runId, round.round, array.array);
    return { round, array, key, document: await requireDocument(deps.store, key, arraySchema) };
  });
}

/** Jobs that may still move. */
export function openHandles(arrays: readonly ArrayAt[]): readonly JobHandle[] {
  return arrays.flatMap(({ document: { value } }) =>
    value.state === 'submitted' ? [value.submission.handle] : [],
  );
}

export interface Looked {
  readonly arrays: readonly ArrayAt[];
  /** Recorded failures by the array's key, of arrays whose job counts some. */
  readonly failures: ReadonlyMap<string, readonly ChildFailureRecord[]>;
  /** What the engine could not tell, in words for people. */
  readonly later: readonly string[];
}

/**
 * What observations mean for arrays that may still move. Failures are recorded before the array is called ended, so
 * that nothing is lost when Batch forgets (AB 2.3). An array whose record another watcher changed is left to the next
 * look; one whose failures the engine could not tell goes on being metered, but does not end yet.
 */
export async function recordObservations(
  deps: RunDeps,
  runId: string,
  arrays: readonly ArrayAt[],
  observations: ReadonlyMap<string, Observation>,
): Promise<Looked> {
  const seen = arrays.map((at) => ({ at, observation: observationOf(at, observations) }));
  const untold = new Map<string, EngineTrouble>();
  const failures = await recordFailures(
    deps,
    runId,
    seen.flatMap((one) => failingOf(one)),
    untold,
  );
  const looked = await allInParallel(seen, storeWidth, ({ at, observation }) => {
    if (observation === undefined) return at;
    const held = untold.has(at.key) && observation.state === 'ended';
    const believed = held ? { ...observation, state: 'active' as const } : observation;
    return swapObserved(deps, at, believed, failures.get(at.key)?.length ?? 0);
  });
  const later = [...untold.values()].map((trouble) => `why slices failed: ${trouble.message}`);
  return { arrays: looked, failures, later };
}

interface Seen {
  readonly at: ArrayAt;
  readonly observation: Observation | undefined;
}

function observationOf({ document: { value } }: ArrayAt, observations: ReadonlyMap<string, Observation>) {
  return value.state === 'submitted' ? observations.get(value.submission.handle.jobId) : undefined;
}

function failingOf({ at, observation }: Seen): readonly Failing[] {
  const { value } = at.document;
  if (value.state !== 'submitted' || observation === undefined || observation.state === 'gone') return [];
  const { failed } = observation.counts;
  return failed === 0 ? [] : [{ at, handle: value.submission.handle, failed }];
}

async function swapObserved(
  deps: RunDeps,
  at: ArrayAt,
  observation: Observation,
  recordedFailures: number,
): Promise<ArrayAt> {
  const { value, version } = at.document;
  if (value.state !== 'submitted') return at;
  const terms = meterTerms(deps.planEngine, at.round, at.array);
  const { remembersDays } = deps.engine.limits;
  const next = observed(value, observation, recordedFailures, terms, remembersDays, deps.clock.now());
  if (isOldNews(value, next, terms.usdPerSliceHour)) return at;
  const swapped = await swapDocument(deps.store, at.key, version, next);
  return { ...at, document: swapped ?? (await requireDocument(deps.store, at.key, arraySchema)) };
}

/** Seconds by which counts that stand still are dated anew. */
const againSeconds = 60;

/**
 * Nothing to write down. That all is as it was is news where slices wait: what starts is charged from the last look
 * that saw it wait, and hours in the queue are not work.
 */
function isOldNews(old: ArrayIn<'submitted'>, next: ArrayRecord, usdPerSliceHour: number): boolean {
  if (JSON.stringify({ ...next, countsAt: '' }) !== JSON.stringify({ ...old, countsAt: '' })) return false;
  if (usdPerSliceHour === 0 || !('countsAt' in next) || old.countsAt === null) return true;
  return Date.parse(next.countsAt ?? '') - Date.parse(old.countsAt) < againSeconds * 1000;
}
