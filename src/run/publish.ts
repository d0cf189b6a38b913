import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { Summariser, type Summary } from '../report/summary.ts';
import type { MergeReport } from '../results/merge.ts';
import type { Outcome } from '../results/outcome.ts';
import { type MergedSet, storeMerged, writeMerged } from '../results/write-merged.ts';
import { publishedKey, stateKey } from '../store/keys.ts';
import { isSettled } from './array-state.ts';
import { classOfCombination } from './classes.ts';
import type { RunDeps } from './deps.ts';
import { changeDocument, createDocument, readDocument, swapDocument } from './documents.ts';
import { recordHistory } from './history.ts';
import { mergeOutcomes } from './merge-outcomes.ts';
import { type ArrayAt, readArrays } from './observe.ts';
import { commitResults, factsOf, showPublished } from './present.ts';
import { publishedSchema, type StateRecord, stateSchema } from './records.ts';
import { advance, type RunEvent } from './run-state.ts';
import { ensureStarted, type Started, unmark, updateState } from './start.ts';

export type PublishOutcome =
  | { readonly outcome: 'published'; readonly sha256: string; readonly verdict: string; readonly url: string }
  /** Slices still work, or may. */
  | { readonly outcome: 'unfinished'; readonly arrays: number }
  /** A rerun came between: its round will publish. */
  | { readonly outcome: 'superseded'; readonly why: string };

/** Everything a publication is made of. */
export interface Publication {
  readonly started: Started;
  readonly state: StateRecord;
  readonly summary: Summary;
  readonly report: MergeReport;
  readonly set: MergedSet;
}

/**
 * Merges, verifies, writes the merged set, commits the results, and makes the review ready. Everything is named after
 * its content or swapped, so a repeat after a death at any line comes to the same end, and a rerun that came between
 * makes this publication stop at its next swap.
 */
export async function publish(deps: RunDeps, runId: string): Promise<PublishOutcome> {
  const started = await ensureStarted(deps, runId);
  const arrays = await readArrays(deps, runId, started.rounds);
  const open = arrays.filter((at) => !isSettled(at.document.value)).length;
  if (open > 0) return { outcome: 'unfinished', arrays: open };
  const folder = mkdtempSync(join(deps.scratch, 'publish-'));
  try {
    return await publishSettled(deps, started, arrays, folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function publishSettled(
  deps: RunDeps,
  started: Started,
  arrays: readonly ArrayAt[],
  folder: string,
): Promise<PublishOutcome> {
  const { run } = started;
  const { round } = started.state.value.phase;
  const merged = await writeOutcomes(deps, started, arrays, folder);
  const { sha256 } = merged.set;
  await storeMerged(deps.store, run.run, merged.set);

  const merging = await move(deps, run.run, { event: 'merged', round, sha256 });
  if (merging.outcome === 'refused') return { outcome: 'superseded', why: merging.why };
  deps.log({ kind: 'publishing', run: run.run, fragments: merged.report.fragments.length });
  await recordPublished(deps, started, merged.summary, sha256);
  await recordHistory(deps.store, run, merged.summary);
  await updateState(deps, run.run, (state) => ({
    money: { ...state.money, exactUsd: merged.summary.costUsd },
  }));
  const publication: Publication = { ...merged, started, state: merging.state };
  const commit = await commitResults(deps, publication);

  const published = await move(deps, run.run, { event: 'published', round, sha256 });
  if (published.outcome === 'refused') return { outcome: 'superseded', why: published.why };
  const shown = await showPublished(deps, { ...publication, state: published.state }, commit);
  await unmark(deps, run.run, round);
  deps.log({ kind: 'published', run: run.run, ...shown });
  return { outcome: 'published', sha256, ...shown };
}

async function writeOutcomes(
  deps: RunDeps,
  started: Started,
  arrays: readonly ArrayAt[],
  folder: string,
): Promise<Pick<Publication, 'summary' | 'report' | 'set'>> {
  const { run } = started;
  using merge = await mergeOutcomes(deps, started, arrays);
  const results = Object.keys(run.grid.program.results);
  const classOf = classOfCombination(run);
  const summariser = new Summariser({ run: run.run, axes: run.axes, results, classOf });
  async function* summarised(): AsyncGenerator<Outcome> {
    for await (const outcome of merge.outcomes()) {
      summariser.add(outcome);
      yield outcome;
    }
  }
  const set = await writeMerged({
    outcomes: summarised(),
    report: merge.report(),
    run: {
      id: run.run,
      grid: run.grid.name,
      commit: run.provenance.commit,
      createdAt: run.createdAt,
      outputRules: run.grid.program.outputs,
      results,
    },
    url: (key) => deps.store.url(key),
    directory: folder,
  });
  return { summary: summariser.finish(), report: merge.report(), set };
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
async function recordPublished(
  deps: RunDeps,
  { run }: Started,
  summary: Summary,
  sha256: string,
): Promise<void> {
  const key = publishedKey(run.run);
  const record = {
    run: run.run,
    grid: run.grid.name,
    sha256,
    publishedAt: deps.clock.now().toISOString(),
    combinations: summary.combinations,
    succeeded: summary.states.succeeded,
    reviewed: false,
    facts: factsOf(run, summary),
  };
  for (;;) {
    const present = await readDocument(deps.store, key, publishedSchema);
    if (present === undefined) {
      if (await createDocument(deps.store, key, record)) return;
    } else if (
      present.value.sha256 === sha256 ||
      (await swapDocument(deps.store, key, present.version, record)) !== undefined
    ) {
      return;
    }
  }
}

/** A publisher that died after moving the state: the review is still to be made ready. Nothing is merged again. */
export async function finishPublished(deps: RunDeps, started: Started): Promise<void> {
  const { phase, review } = started.state.value;
  if (phase.phase !== 'published' || review === null) return;
  const present = await deps.forge.findReview(review.branch);
  if (present === undefined || present.state !== 'open' || present.stage === 'ready') return;
  const arrays = await readArrays(deps, started.run.run, started.rounds);
  const folder = mkdtempSync(join(deps.scratch, 'publish-'));
  try {
    const merged = await writeOutcomes(deps, started, arrays, folder);
    const publication: Publication = { ...merged, started, state: started.state.value };
    await showPublished(deps, publication, await commitResults(deps, publication));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
