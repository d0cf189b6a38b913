import type { CommitRequest, Review, ReviewUpdate } from '../forge/forge.ts';
import type { RunDeps } from './deps.ts';
import type { RunRecord } from './records.ts';
import { updateState } from './start.ts';

/** The review of a run on the forge. */

export const reviewBranch = (run: string) => `muster/${run}`;
export const resultsFolder = (run: RunRecord) => `results/${run.grid.name}/${run.run}`;

/** One commit on the run's branch, on top of whatever is there. */
export async function commitToBranch(
  deps: RunDeps,
  run: RunRecord,
  message: string,
  files: CommitRequest['files'],
): Promise<string> {
  const branch = reviewBranch(run.run);
  let expectedHead = await deps.forge.head(branch);
  for (;;) {
    const done = await deps.forge.commitFiles({ branch, expectedHead, message, files });
    if (done.outcome !== 'moved') return done.commit;
    expectedHead = done.head;
  }
}

/**
 * The run's review with this text. Opened when there is none, or when the last one was merged and results came since;
 * one that a person closed is left closed.
 */
export async function ensureReview(deps: RunDeps, run: RunRecord, update: ReviewUpdate): Promise<Review> {
  const branch = reviewBranch(run.run);
  const found = await deps.forge.findReview(branch);
  if (found === undefined || found.state === 'merged') {
    const opened = await deps.forge.openReview({ branch, ...update, stage: 'draft' });
    await remember(deps, run, opened);
    return opened;
  }
  await deps.forge.updateReview(found.number, update);
  await remember(deps, run, found);
  return found;
}

async function remember(deps: RunDeps, run: RunRecord, { number, branch, url }: Review): Promise<void> {
  await updateState(deps, run.run, () => ({ review: { number, branch, url } }));
}
