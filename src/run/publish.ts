import { holdHeapGrowth } from '../results/heap-growth.ts';
import { storeMerged } from '../results/write-merged.ts';
import { activeKey, publishedKey, stateKey } from '../store/keys.ts';
import { isSettled } from './array-state.ts';
import type { RunDeps } from './deps.ts';
import { changeDocument, keepDocument, readDocument } from './documents.ts';
import { recordHistory } from './history.ts';
import { type ArrayAt, readArrays } from './observe.ts';
import { refuseForeign } from './own-engine.ts';
import { commitResults, factsOf, showPublished } from './present.ts';
import { mergePublication, type Publication, readPublication, withFolder } from './publication.ts';
import { markerSchema, publishedSchema, type StateRecord, stateSchema } from './records.ts';
import { advance, type RunEvent } from './run-state.ts';
import { book } from './spend.ts';
import { ensureStarted, type Started, unmark, updateState } from './start.ts';

export type PublishOutcome =
  | { readonly outcome: 'published'; readonly sha256: string; readonly verdict: string; readonly url: string }
  /** Slices still work, or may. */
  | { readonly outcome: 'unfinished'; readonly arrays: number }
  /** A rerun came between: its round will publish. */
  | { readonly outcome: 'superseded'; readonly why: string };

/**
 * Merges, verifies, writes the merged set, commits the results, and makes the review ready. Everything is named after
 * its content or swapped, so a repeat after a death at any line comes to the same end, and a rerun that came between
 * makes this publication stop at its next swap.
 */
export async function publish(deps: RunDeps, runId: string): Promise<PublishOutcome> {
  const started = await ensureStarted(deps, runId);
  refuseForeign(deps, started.run);
  const arrays = await readArrays(deps, runId, started.rounds);
  const open = arrays.filter((at) => !isSettled(at.document.value)).length;
  if (open > 0) return { outcome: 'unfinished', arrays: open };
  return withFolder(deps, (folder) => publishSettled(deps, started, arrays, folder));
}

async function publishSettled(
  deps: RunDeps,
  started: Started,
  arrays: readonly ArrayAt[],
  folder: string,
): Promise<PublishOutcome> {
  const { run } = started;
  const { round } = started.state.value.phase;
  using _held = holdHeapGrowth(); // uploads and figures go through as much as the merge
  const merged = await mergePublication(deps, started, arrays, folder);
  const { sha256 } = merged.set;
  await storeMerged(deps.store, run.run, merged.set);

  const merging = await move(deps, run.run, { event: 'merged', round, sha256 });
  if (merging.outcome === 'refused') return { outcome: 'superseded', why: merging.why };
  deps.log({ kind: 'publishing', run: run.run, fragments: merged.fragments });
  await recordPublished(deps, merged);
  await recordHistory(deps.store, run, merged.summary);
  await updateState(deps, run.run, (state) => ({
    done: executed(merged.summary),
    money: { ...state.money, exactUsd: merged.summary.costUsd },
  }));
  await bookPublished(deps, merged);
  const commit = await commitResults(deps, merged, merging.state);

  const published = await move(deps, run.run, { event: 'published', round, sha256 });
  if (published.outcome === 'refused') return { outcome: 'superseded', why: published.why };
  const shown = await showPublished(deps, merged, published.state, commit);
  await unmark(deps, run.run, round);
  deps.log({ kind: 'published', run: run.run, ...shown });
  return { outcome: 'published', sha256, ...shown };
}

/**
 * The marker goes last: a published run that still has one died before people saw all of it. What they see is made
 * again from the published set; nothing is merged again.
 */
export async function finishPublished(deps: RunDeps, started: Started): Promise<void> {
  const { run, state } = started;
  const { phase } = state.value;
  if (phase.phase !== 'published') return;
  if ((await readDocument(deps.store, activeKey(run.run), markerSchema)) === undefined) return;
  await withFolder(deps, async (folder) => {
    const publication = await readPublication(deps, started, phase.sha256, folder);
    const commit = await commitResults(deps, publication, state.value);
    await showPublished(deps, publication, state.value, commit);
  });
  await unmark(deps, run.run, phase.round);
}

/** States without what other runs had published. */
function executed({ states, reused }: Publication['summary']): StateRecord['done'] {
  const others = [...reused.values()].reduce((sum, more) => sum + more, 0);
  return { ...states, succeeded: states.succeeded - others };
}

/** The exact cost, where there is one, takes the place of the meter's. */
async function bookPublished(deps: RunDeps, { started, summary }: Publication): Promise<void> {
  const { run, state } = started;
  const totalUsd = summary.costUsd ?? state.value.money.meteredUsd;
  await book(deps, run, { totalUsd, usdPerHour: 0, isOver: true });
}

type Moved =
  | { readonly outcome: 'moved'; readonly state: StateRecord }
  | { readonly outcome: 'refused'; readonly why: string };

async function move(deps: RunDeps, runId: string, event: RunEvent): Promise<Moved> {
  let refusal: string | undefined;
  const { value } = await changeDocument(deps.store, stateKey(runId), stateSchema, (state) => {
    const next = advance(state, event, deps.clock.now());
    refusal = next.outcome === 'refused' ? next.why : undefined;
    return next.outcome === 'moved' ? next.state : undefined;
  });
  return refusal === undefined ? { outcome: 'moved', state: value } : { outcome: 'refused', why: refusal };
}

/** Where reuse looks. The newest publication of a run wins; an equal one is left as it is. */
async function recordPublished(deps: RunDeps, publication: Publication): Promise<void> {
  const { started, summary, set, unreadable, endedAt } = publication;
  const { run } = started;
  const key = publishedKey(run.run);
  const record = {
    run: run.run,
    grid: run.grid.name,
    sha256: set.sha256,
    publishedAt: deps.clock.now().toISOString(),
    endedAt,
    unreadable: [...unreadable],
    combinations: summary.combinations,
    succeeded: summary.states.succeeded,
    ...(summary.bill && { bill: summary.bill }),
    facts: factsOf(run, summary),
  };
  await keepDocument(deps.store, key, publishedSchema, (present) =>
    present?.sha256 === set.sha256 ? undefined : record,
  );
}
