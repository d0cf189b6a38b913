import type { CommitRequest, Review, ReviewUpdate } from '../forge/forge.ts';
import type { RunDeps } from './deps.ts';
import type { RoundRecord, RunRecord } from './records.ts';
import { type Started, updateState } from './start.ts';

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
 * The run's review with this text. Opened when there is none, or when the last one was merged and another round came
 * since; one that a person closed is left closed. A review needs a commit of its own: the record of what was asked.
 */
export async function ensureReview(
  deps: RunDeps,
  { run, rounds }: Pick<Started, 'run' | 'rounds'>,
  update: ReviewUpdate,
): Promise<Review> {
  const branch = reviewBranch(run.run);
  const found = await deps.forge.findReview(branch);
  if (found === undefined || found.state === 'merged') {
    const before = await deps.forge.head(branch);
    const commit = await commitToBranch(deps, run, `Launch ${run.run}`, askedFiles(run, rounds.at(-1)));
    // Nothing was asked since the merge: what was merged stands.
    if (found !== undefined && commit === before) return found;
    const opened = await deps.forge.openReview({ branch, ...update, stage: 'draft' });
    await remember(deps, run, opened);
    return opened;
  }
  await deps.forge.updateReview(found.number, update);
  await remember(deps, run, found);
  return found;
}

function askedFiles(run: RunRecord, round: RoundRecord | undefined): CommitRequest['files'] {
  const file = (name: string, value: unknown) => ({
    path: `${resultsFolder(run)}/${name}`,
    bytes: `${JSON.stringify(value, null, 2)}\n`,
  });
  const asked = [file('run.json', run)];
  if (round !== undefined && round.round > 0) {
    asked.push(file(`round-${String(round.round).padStart(3, '0')}.json`, round));
  }
  return asked;
}

async function remember(deps: RunDeps, run: RunRecord, { number, branch, url }: Review): Promise<void> {
  await updateState(deps, run.run, () => ({ review: { number, branch, url } }));
}
