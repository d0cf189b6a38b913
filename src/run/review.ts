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

/** The run's review, and what became of the text. */
export interface Shown extends Review {
  readonly text: 'opened' | 'merged' | Awaited<ReturnType<RunDeps['forge']['updateReview']>>;
}

/**
 * The run's review with this text. Opened when there is none, or when the last one was merged and something came since;
 * one that a person closed is left closed. A review needs a commit of its own: the record of what was asked.
 */
export async function ensureReview(
  deps: RunDeps,
  { run, rounds }: Pick<Started, 'run' | 'rounds'>,
  update: ReviewUpdate,
): Promise<Shown> {
  const branch = reviewBranch(run.run);
  const found = await deps.forge.findReview(branch);
  if (found === undefined || found.state === 'merged') {
    await commitToBranch(deps, run, `Launch ${run.run}`, askedFiles(run, rounds));
    // Nothing came since the merge: what was merged stands.
    if (found !== undefined && (await isMerged(deps, run))) return { ...found, text: 'merged' };
    const opened = await deps.forge.openReview({ branch, ...update, stage: 'draft' });
    await remember(deps, run, opened);
    return { ...opened, text: 'opened' };
  }
  const text = await deps.forge.updateReview(found.number, update);
  await remember(deps, run, found);
  return { ...found, text };
}

/** Whether the default branch holds all that the run's branch has. Commits do not tell: a merge may have squashed them. */
async function isMerged({ forge }: RunDeps, run: RunRecord): Promise<boolean> {
  const branch = reviewBranch(run.run);
  for (const path of await forge.listFiles(resultsFolder(run), branch)) {
    const [ours, merged] = [await forge.readFile(path, branch), await forge.readFile(path)];
    if (ours === undefined || merged === undefined || Buffer.compare(ours, merged) !== 0) return false;
  }
  return true;
}

/** What was asked: the run, and every further round. */
export function askedFiles(run: RunRecord, rounds: readonly RoundRecord[]): CommitRequest['files'] {
  const file = (name: string, value: unknown) => ({
    path: `${resultsFolder(run)}/${name}`,
    bytes: `${JSON.stringify(value, null, 2)}\n`,
  });
  const further = rounds.filter(({ round }) => round > 0);
  return [
    file('run.json', run),
    ...further.map((round) => file(`round-${String(round.round).padStart(3, '0')}.json`, round)),
  ];
}

async function remember(deps: RunDeps, run: RunRecord, { number, branch, url }: Review): Promise<void> {
  await updateState(deps, run.run, () => ({ review: { number, branch, url } }));
}
