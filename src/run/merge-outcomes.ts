import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import * as ranges from '../plan/ranges.ts';
import { sliceOf } from '../plan/slices.ts';
import type { Fragment } from '../results/fragment.ts';
import { holdHeapGrowth } from '../results/heap-growth.ts';
import type { EngineFailure, Merge } from '../results/merge.ts';
import { mergeRun, type Reused } from '../results/merge-run.ts';
import type { Outcome } from '../results/outcome.ts';
import type { RunDeps } from './deps.ts';
import { storedFailures, wasStopped } from './failures.ts';
import type { ArrayAt } from './observe.ts';
import { secondPrice } from './price.ts';
import { withPricesOf } from './pricing.ts';
import type { ChildFailureRecord } from './records.ts';
import { readReused } from './reused.ts';
import type { Started } from './start.ts';

/** The verdict on every combination of a run as the store stands now; works on live runs too. */
export async function mergeOutcomes(
  deps: RunDeps,
  { run, rounds }: Started,
  arrays: readonly ArrayAt[],
  onFragment?: (fragment: Fragment) => void,
): Promise<Merge> {
  // Two merges at once must not share their files.
  const spillDirectory = mkdtempSync(join(deps.scratch, 'merge-'));
  const growth = holdHeapGrowth();
  const clean = () => {
    growth[Symbol.dispose]();
    rmSync(spillDirectory, { recursive: true, force: true });
  };
  const recorded = new Map(arrays.map((at) => [`${at.round.round}/${at.array.array}`, submissionOf(at)]));
  const merge = await mergeRun({
    store: deps.store,
    run: run.run,
    count: run.combinations,
    rounds: rounds.length,
    recorded: (round, array) => recorded.get(`${round}/${array}`),
    price: secondPrice(withPricesOf(deps, run).planEngine, rounds),
    ...(onFragment && { onFragment }),
    engineFailures: engineFailures(deps, run.run, arrays),
    reused: reusedOutcomes(deps, run),
    spillDirectory,
  }).catch((error) => {
    clean();
    throw error;
  });
  const dispose = merge[Symbol.dispose].bind(merge);
  return {
    ...merge,
    outcomes: () => planned(run, merge.outcomes()),
    [Symbol.dispose]() {
      dispose();
      clean();
    },
  };
}

/** A trial is about what was selected: the rest of the grid is not missing from it. */
async function* planned(
  { selected }: Started['run'],
  outcomes: AsyncIterable<Outcome>,
): AsyncGenerator<Outcome> {
  for await (const outcome of outcomes) {
    if (selected === null || ranges.contains(selected, outcome.combination.index)) yield outcome;
  }
}

function submissionOf({ document: { value } }: ArrayAt) {
  const submission = 'submission' in value ? value.submission : null;
  return submission === null
    ? undefined
    : { job: submission.handle.jobId, definition: submission.definition };
}

/** What the engine said of slices that failed by themselves: what somebody stopped is missing. */
async function* engineFailures(
  deps: RunDeps,
  runId: string,
  arrays: readonly ArrayAt[],
): AsyncGenerator<EngineFailure> {
  // Of arrays that are unknown or cancelled nothing ran: missing, not failed.
  const ran = arrays.filter(({ document: { value } }) => !['unknown', 'cancelled'].includes(value.state));
  for await (const { at, lines } of storedFailures(deps, runId, ran)) {
    for (const line of lines) if (!wasStopped(line)) yield engineFailure(at, line);
  }
}

function engineFailure({ round, array }: ArrayAt, line: ChildFailureRecord): EngineFailure {
  const last = line.attempts.at(-1);
  return {
    round: round.round,
    indexes: ranges.iterate(sliceOf(round.groups, array.firstSlice + line.child).indexes),
    attempts: line.attempts.length,
    failure: {
      class: line.class,
      message: line.reason,
      exitCode: last?.exitCode ?? null,
      signal: null,
      tail: '',
      again: false,
    },
  };
}

async function* reusedOutcomes(deps: RunDeps, run: Started['run']): AsyncGenerator<Reused> {
  if (run.reused !== null) yield* readReused(deps, run.run, run.reused.sha256);
}
