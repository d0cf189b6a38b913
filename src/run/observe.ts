import type { ChildFailure, JobHandle } from '../engine/engine.ts';
import { sliceOf } from '../plan/slices.ts';
import { fragmentSchema } from '../results/fragment.ts';
import { arrayKey, failuresKey, sliceFragmentsPrefix } from '../store/keys.ts';
import { absent, ifVersion } from '../store/store.ts';
import { observed } from './array-state.ts';
import type { RunDeps } from './deps.ts';
import { type Document, readDocument, requireDocument, swapDocument } from './documents.ts';
import { meterTerms } from './price.ts';
import {
  type ArrayRecord,
  arraySchema,
  type ChildFailureRecord,
  childFailureSchema,
  type RoundRecord,
} from './records.ts';

/** One array of one round with its record. */
export interface ArrayAt {
  readonly round: RoundRecord;
  readonly array: RoundRecord['arrays'][number];
  readonly key: string;
  readonly document: Document<ArrayRecord>;
}

/** The records of all arrays, in order. */
export async function readArrays(
  deps: RunDeps,
  runId: string,
  rounds: readonly RoundRecord[],
): Promise<readonly ArrayAt[]> {
  const arrays: ArrayAt[] = [];
  for (const round of rounds) {
    for (const array of round.arrays) {
      const key = arrayKey(runId, round.round, array.array);
      arrays.push({ round, array, key, document: await requireDocument(deps.store, key, arraySchema) });
    }
  }
  return arrays;
}

/**
 * One look at all arrays that may still move. Failures are recorded before the array is called ended, so that
 * nothing is lost when Batch forgets (AB 2.3). An array whose record another watcher changed is left to the next look.
 */
export async function observeArrays(
  deps: RunDeps,
  runId: string,
  arrays: readonly ArrayAt[],
): Promise<readonly ArrayAt[]> {
  const handles = arrays.flatMap(({ document: { value } }) =>
    value.state === 'submitted' ? [value.submission.handle] : [],
  );
  if (handles.length === 0) return arrays;
  const observations = await deps.engine.observe(handles);
  const looked: ArrayAt[] = [];
  for (const at of arrays) {
    const { value, version } = at.document;
    const observation =
      value.state === 'submitted' ? observations.get(value.submission.handle.jobId) : undefined;
    if (value.state !== 'submitted' || observation === undefined) {
      looked.push(at);
      continue;
    }
    if (observation.state !== 'gone' && observation.counts.failed > 0) {
      await recordFailures(deps, runId, at, value.submission.handle, observation.counts.failed);
    }
    const terms = meterTerms(deps.planEngine, at.round, at.array);
    const next = observed(value, observation, terms, deps.engine.limits.remembersDays, deps.clock.now());
    if (JSON.stringify({ ...next, countsAt: '' }) === JSON.stringify({ ...value, countsAt: '' })) {
      looked.push(at);
      continue;
    }
    const swapped = await swapDocument(deps.store, at.key, version, next);
    const document = swapped ?? (await requireDocument(deps.store, at.key, arraySchema));
    looked.push({ ...at, document });
  }
  return looked;
}

/** Fragments of failed slices that one step reads at most, for the examples people see. */
const fragmentsPerStep = 50;

async function recordFailures(
  deps: RunDeps,
  runId: string,
  at: ArrayAt,
  handle: JobHandle,
  failed: number,
): Promise<void> {
  const key = failuresKey(runId, at.round.round, at.array.array);
  const recorded = await readFailures(deps, key);
  if (recorded.lines.length >= failed) return;
  const known = new Set(recorded.lines.map((line) => line.child));
  const fresh = await deps.engine.failures(handle, known);
  if (fresh.length === 0) return;
  const lines: ChildFailureRecord[] = [];
  for (const [position, failure] of fresh.entries()) {
    const examples =
      position < fragmentsPerStep
        ? await failedCombinations(deps, runId, at, failure)
        : { failed: null, examples: [] };
    lines.push({ ...failure, attempts: [...failure.attempts], ...examples });
  }
  const text = [...recorded.lines, ...lines].map((line) => `${JSON.stringify(line)}\n`).join('');
  const condition = recorded.version === undefined ? absent : ifVersion(recorded.version);
  if ((await deps.store.put(key, text, condition)).outcome === 'conflict') {
    return recordFailures(deps, runId, at, handle, failed); // another watcher recorded some: see which
  }
  for (const line of lines) tellFailure(deps, runId, at, line);
}

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

export async function readFailures(
  deps: Pick<RunDeps, 'store'>,
  key: string,
): Promise<{ readonly lines: readonly ChildFailureRecord[]; readonly version: string | undefined }> {
  const object = await deps.store.get(key);
  if (object === undefined) return { lines: [], version: undefined };
  const text = new TextDecoder().decode(object.bytes);
  const lines = text.split('\n').filter((line) => line !== '');
  return { lines: lines.map((line) => childFailureSchema.parse(JSON.parse(line))), version: object.version };
}

/** Recorded failures by the array's key; nothing is read for arrays without any. */
export async function failuresOf(
  deps: Pick<RunDeps, 'store'>,
  runId: string,
  arrays: readonly ArrayAt[],
): Promise<ReadonlyMap<string, readonly ChildFailureRecord[]>> {
  const failures = new Map<string, readonly ChildFailureRecord[]>();
  for (const { key, round, array, document } of arrays) {
    const { value } = document;
    if (!('counts' in value) || value.counts === null || value.counts.failed === 0) continue;
    failures.set(key, (await readFailures(deps, failuresKey(runId, round.round, array.array))).lines);
  }
  return failures;
}

/**
 * What the fragments of a failed slice say: the newest word on each combination counts. One without a word (the slice
 * was cancelled, or its host died) has failed with the slice, as the merge will say.
 */
async function failedCombinations(
  deps: RunDeps,
  runId: string,
  at: ArrayAt,
  failure: ChildFailure,
): Promise<Pick<ChildFailureRecord, 'failed' | 'examples'>> {
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
  const succeeded = newest.size - examples.length;
  return { failed: end - start - succeeded, examples: examples.slice(0, 5) };
}

/** Combinations of an array that its failed children hold, as the fragments tell; a slice without a word counts whole. */
export function failedIn(
  round: RoundRecord,
  array: ArrayAt['array'],
  lines: readonly ChildFailureRecord[],
): number {
  return lines.reduce((sum, line) => {
    if (line.failed !== null) return sum + line.failed;
    const slice = sliceOf(round.groups, array.firstSlice + line.child);
    return sum + (slice.end - slice.start);
  }, 0);
}
