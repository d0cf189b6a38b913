import type { MergeReport } from '../results/merge.ts';
import type { Outcome } from '../results/outcome.ts';
import { readOutcomes } from '../results/read-merged.ts';
import type { RunDeps } from './deps.ts';
import { mergeOutcomes } from './merge-outcomes.ts';
import { readArrays } from './observe.ts';
import { ensureStarted } from './start.ts';

/** The outcomes of a run: as published, or merged from what there is when it still works. */
export interface OpenOutcomes extends Disposable {
  readonly published: boolean;
  outcomes(): AsyncIterable<Outcome>;
  /** Only of a live merge. */
  readonly report?: MergeReport;
}

export async function openOutcomes(deps: RunDeps, run: string): Promise<OpenOutcomes> {
  const started = await ensureStarted(deps, run);
  const { phase } = started.state.value;
  if (phase.phase === 'published') {
    const { sha256 } = phase;
    return {
      published: true,
      outcomes: () => readOutcomes(deps.store, { run, sha256 }),
      [Symbol.dispose]: () => {},
    };
  }
  const merge = await mergeOutcomes(deps, started, await readArrays(deps, run, started.rounds));
  return {
    published: false,
    outcomes: () => merge.outcomes(),
    report: merge.report(),
    [Symbol.dispose]: () => merge[Symbol.dispose](),
  };
}
