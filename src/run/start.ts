import { createHash } from 'node:crypto';
import { noCounts } from '../engine/engine.ts';
import { allInParallel } from '../in-parallel.ts';
import { activeKey, roundDraftKey, roundKey, runKey, stateKey } from '../store/keys.ts';
import type { RunDeps } from './deps.ts';
import {
  changeDocument,
  createDocument,
  type Document,
  keepDocument,
  readDocument,
  requireDocument,
} from './documents.ts';
import {
  markerSchema,
  type RoundRecord,
  type RunRecord,
  roundSchema,
  runSchema,
  type StateRecord,
  stateSchema,
} from './records.ts';
import { advance, touch } from './run-state.ts';
import { storeWidth } from './settings.ts';
import { intendRound } from './submit.ts';

/**
 * From a written `run.json` to rounds that can be submitted. Every step is create-only or a swap, in an order that
 * lets any process go on where another died: state, marker, round, intents.
 */

export function firstState(run: RunRecord): StateRecord {
  return {
    schema: 1,
    run: run.run,
    version: 1,
    phase: { phase: 'launching', round: 0 },
    draft: null,
    stopped: null,
    counts: noCounts,
    done: { succeeded: 0, failed: 0 },
    money: { meteredUsd: 0, meteredAt: null, exactUsd: null },
    lastWatch: null,
    review: null,
    updatedAt: run.createdAt,
  };
}

export interface Started {
  readonly run: RunRecord;
  readonly state: Document<StateRecord>;
  /** All rounds the state has approved, in order. */
  readonly rounds: readonly RoundRecord[];
}

/** Completes whatever a dead process left undone between `run.json` and the intents of the current round. */
export async function ensureStarted(deps: RunDeps, runId: string): Promise<Started> {
  const run = (await requireDocument(deps.store, runKey(runId), runSchema)).value;
  const state = await ensureState(deps, run);
  const { phase, draft } = state.value;
  if (phase.phase !== 'published') await mark(deps, run, phase.round);
  const numbers = Array.from({ length: phase.round + 1 }, (_, number) => number);
  const rounds = await allInParallel(numbers, storeWidth, (number) =>
    ensureRound(deps, run, number, number === phase.round ? draft : null),
  );
  const current = rounds.at(-1);
  // A run goes on from launching only once all of a round's arrays are submitted; cancelling may come before that.
  const mayLack = phase.phase === 'launching' || phase.phase === 'cancelling';
  if (current !== undefined && mayLack) await intendRound(deps, run, current);
  return { run, state, rounds };
}

async function ensureState(deps: RunDeps, run: RunRecord): Promise<Document<StateRecord>> {
  const key = stateKey(run.run);
  const present = await readDocument(deps.store, key, stateSchema);
  if (present !== undefined) return present;
  await createDocument(deps.store, key, firstState(run));
  return requireDocument(deps.store, key, stateSchema);
}

/** The watcher's work list: written for a round before its first intent, never lowered. */
export async function mark(deps: RunDeps, run: RunRecord, round: number): Promise<void> {
  const key = activeKey(run.run);
  const marker = { run: run.run, grid: run.grid.name, round, since: deps.clock.now().toISOString() };
  await keepDocument(deps.store, key, markerSchema, (present) =>
    present !== undefined && present.round >= round ? undefined : marker,
  );
}

/** Seconds after which a marker of a round that never came is forgotten: its rerun died before the state named it. */
const staleMarkerSeconds = 3600;

/**
 * Takes a published run off the work list. A rerun writes its marker before it moves the state, so a marker of a
 * later round stays; one that is left over is taken off after an hour.
 */
export async function unmark(deps: RunDeps, runId: string, publishedRound: number): Promise<void> {
  const present = await readDocument(deps.store, activeKey(runId), markerSchema);
  if (present === undefined) return;
  const age = (deps.clock.now().getTime() - Date.parse(present.value.since)) / 1000;
  if (present.value.round > publishedRound && age < staleMarkerSeconds) return;
  await deps.store.delete(activeKey(runId), present.version);
}

async function ensureRound(
  deps: RunDeps,
  run: RunRecord,
  number: number,
  draft: string | null,
): Promise<RoundRecord> {
  const key = roundKey(run.run, number);
  const present = await readDocument(deps.store, key, roundSchema);
  if (present !== undefined) return present.value;
  const plan =
    draft === null
      ? run.firstRound
      : (await requireDocument(deps.store, roundDraftKey(run.run, number, draft), roundSchema)).value;
  if (plan.round !== number) throw new Error(`${run.run}: round ${number} is approved but its plan is lost`);
  await createDocument(deps.store, key, plan);
  return plan;
}

export type Opened =
  | { readonly outcome: 'opened'; readonly state: Document<StateRecord> }
  | { readonly outcome: 'refused'; readonly why: string };

/**
 * Approves a further round: its plan is written as a draft, then the state names it. Two that want the same number
 * are ordered by the state's swap, and a draft that lost is never executed.
 */
export async function openRound(deps: RunDeps, run: RunRecord, round: RoundRecord): Promise<Opened> {
  const digest = createHash('sha256').update(JSON.stringify(round)).digest('hex');
  const event = { event: 'round', round: round.round, draft: digest, rest: round.reason === 'rest' } as const;
  const before = await requireDocument(deps.store, stateKey(run.run), stateSchema);
  const chance = advance(before.value, event, deps.clock.now());
  if (chance.outcome === 'refused') return chance; // no marker for a round that cannot come
  await createDocument(deps.store, roundDraftKey(run.run, round.round, digest), round);
  await mark(deps, run, round.round);
  let why: string | undefined;
  const state = await changeDocument(deps.store, stateKey(run.run), stateSchema, (value) => {
    const next = advance(value, event, deps.clock.now());
    why = next.outcome === 'refused' ? next.why : undefined;
    return next.outcome === 'moved' ? next.state : undefined;
  });
  if (why !== undefined) return { outcome: 'refused', why };
  await ensureStarted(deps, run.run);
  return { outcome: 'opened', state };
}

/** Changes parts of the state that are not the phase; unchanged parts cost no write. */
export async function updateState(
  deps: RunDeps,
  runId: string,
  update: (state: StateRecord) => Partial<StateRecord>,
): Promise<Document<StateRecord>> {
  return changeDocument(deps.store, stateKey(runId), stateSchema, (state) => {
    const next = { ...state, ...update(state) };
    return JSON.stringify(next) === JSON.stringify(state) ? undefined : touch(next, deps.clock.now());
  });
}
