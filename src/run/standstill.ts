import type { Diagnosis, JobHandle } from '../engine/engine.ts';
import { RemoteError } from '../errors.ts';
import type { RunDeps } from './deps.ts';
import type { ArrayAt } from './observe.ts';
import type { StandstillRecord, StateRecord } from './records.ts';
import { describeRefusal, refusals } from './refusals.ts';

/**
 * Slices of a run that wait in one queue while none runs. The engine is asked why after a while, and once for all
 * arrays of the queue: they wait for the same thing.
 */
interface Standstill extends StandstillRecord {
  /** The first one that waits: what holds it up holds up the others. */
  readonly handle: JobHandle;
}

/** AB 12, 3: before that, nothing tells a wait from any start. */
const askAfterSeconds = 180;
const askAgainSeconds = 180;

/** Per queue, since when nothing of it runs. Pure. */
export function standstills(
  before: readonly StandstillRecord[],
  arrays: readonly ArrayAt[],
  now: Date,
): readonly Standstill[] {
  const still: Standstill[] = [];
  for (const [queue, waiting] of Map.groupBy(arrays.flatMap(waitingOf), (one) => one.queue)) {
    const ended = waiting.reduce((sum, one) => sum + one.ended, 0);
    const first = waiting.find(({ open }) => open > 0);
    if (first === undefined || waiting.some(({ running }) => running > 0)) continue;
    const known = before.find((one) => one.queue === queue);
    const { handle } = first;
    if (known?.ended === ended) {
      still.push({ ...known, handle });
      continue;
    }
    // Nothing has ended and nobody has seen anything run: it has stood still from the beginning.
    const since = ended === 0 && known === undefined ? newest(waiting) : now.toISOString();
    still.push({ queue, ended, since, askedAt: null, diagnosis: null, handle });
  }
  return still;
}

interface Waiting {
  readonly queue: string;
  readonly handle: JobHandle;
  readonly submittedAt: string;
  /** Slices. */
  readonly open: number;
  readonly running: number;
  readonly ended: number;
}

function waitingOf({ document: { value } }: ArrayAt): readonly Waiting[] {
  if (value.state !== 'submitted') return [];
  const { counts, queue, submission } = value;
  const ended = (counts?.succeeded ?? 0) + (counts?.failed ?? 0);
  const running = counts?.running ?? 0;
  const open = submission.handle.size - ended - running;
  return [{ queue, handle: submission.handle, submittedAt: submission.at, open, running, ended }];
}

const newest = (waiting: readonly Waiting[]) =>
  waiting
    .map(({ submittedAt }) => submittedAt)
    .sort()
    .at(-1) ?? '';

/** Pure. */
export function isDue({ since, askedAt }: StandstillRecord, now: Date): boolean {
  const secondsSince = (iso: string) => (now.getTime() - Date.parse(iso)) / 1000;
  if (secondsSince(since) < askAfterSeconds) return false;
  return askedAt === null || secondsSince(askedAt) >= askAgainSeconds;
}

/** For the state: what stands still, and what the engine says about it where it is time to ask. */
export async function lookAtStandstills(
  deps: RunDeps,
  { still = [] }: StateRecord,
  arrays: readonly ArrayAt[],
): Promise<readonly StandstillRecord[]> {
  if (deps.engine.limits.explainIsFree) return []; // asked whenever somebody wants to know
  const now = deps.clock.now();
  const looked: StandstillRecord[] = [];
  for (const { handle, ...one } of standstills(still, arrays, now)) {
    if (!isDue(one, now)) looked.push(one);
    else
      looked.push({ ...one, askedAt: now.toISOString(), diagnosis: await ask(deps, handle, one.diagnosis) });
  }
  return looked;
}

/** A diagnosis that cannot be had stops no watch: the last one stands. */
async function ask(deps: RunDeps, handle: JobHandle, last: Diagnosis | null): Promise<Diagnosis | null> {
  try {
    return (await deps.engine.explain(handle)) ?? null;
  } catch (error) {
    if (!(error instanceof RemoteError)) throw error;
    deps.log({ kind: 'left-out', why: `why ${handle.jobId} does not start: ${error.message}` });
    return last;
  }
}

/** What holds up a run, as far as it is known without asking anybody who must be paid or waited for. */
export async function knownDiagnoses(
  deps: RunDeps,
  { still = [] }: StateRecord,
  arrays: readonly ArrayAt[],
): Promise<readonly Diagnosis[]> {
  if (deps.engine.limits.explainIsFree) return diagnoseNow(deps, arrays);
  return [
    ...refusals(arrays).map(describeRefusal),
    ...still.flatMap(({ diagnosis }) => (diagnosis === null ? [] : [diagnosis])),
  ];
}

/** The same, asked now. */
export async function diagnoseNow(deps: RunDeps, arrays: readonly ArrayAt[]): Promise<readonly Diagnosis[]> {
  const refused = refusals(arrays).map(describeRefusal);
  if (deps.engine.limits.explainIsFree) return [...refused, ...(await firstOf(deps, arrays))];
  const still = standstills([], arrays, deps.clock.now());
  const found = await Promise.all(still.map(({ handle }) => deps.engine.explain(handle)));
  return [...refused, ...found.filter((one) => one !== undefined)];
}

/** What seems to run may have lost its host: so every array is asked about. */
async function firstOf({ engine }: RunDeps, arrays: readonly ArrayAt[]): Promise<readonly Diagnosis[]> {
  for (const { document } of arrays) {
    if (document.value.state !== 'submitted') continue;
    const diagnosis = await engine.explain(document.value.submission.handle);
    if (diagnosis !== undefined) return [diagnosis];
  }
  return [];
}
