import { RemoteError } from '../errors.ts';
import type { ActionPlace } from './place.ts';
import type { Action } from './run-action.ts';

/** Keeps the one comment of a pull request up to date; a token that may not write (forks) is no failure. */
export async function commentPlans(
  { place }: ActionPlace,
  { job, voice }: Pick<Action<unknown>, 'job' | 'voice'>,
  markdown: string,
): Promise<string | undefined> {
  if (job.pull === undefined) return undefined;
  try {
    await place.deps.forge.upsertComment(job.pull.number, 'plan', markdown);
  } catch (error) {
    if (!(error instanceof RemoteError && error.denied)) throw error;
    if (!job.pull.fromFork) throw error;
    const message =
      'The plan is in the summary of this run: jobs for pull requests of forks may not comment.';
    voice.annotate({ level: 'notice', message });
    return undefined;
  }
  return `${job.serverUrl}/${job.repository}/pull/${job.pull.number}`;
}
