import type { CommitStatus } from '../forge.ts';
import { anything, statusesAnswer } from './answers.ts';
import type { Github } from './connection.ts';

/** Characters [MEM] (GH 2.3). */
const descriptionLimit = 140;

/** GitHub keeps 1,000 statuses of a commit and context (GH 2.3): a watch that has nothing new writes none. */
export async function setStatus(github: Github, commit: string, status: CommitStatus): Promise<void> {
  const { context, state, url } = status;
  const description = cutLine(status.description, descriptionLimit);
  const { statuses } = await github.ask({
    doing: `read the statuses of ${commit}`,
    route: 'GET /repos/{owner}/{repo}/commits/{commit}/status',
    parameters: { commit, per_page: 100 },
    answer: statusesAnswer,
  });
  const same = statuses.some(
    (one) =>
      one.context === context &&
      one.state === state &&
      one.description === description &&
      (one.target_url ?? undefined) === url,
  );
  if (same) return;
  await github.ask({
    doing: `set the status ${context} of ${commit}`,
    route: 'POST /repos/{owner}/{repo}/statuses/{commit}',
    parameters: { commit, context, state, description, ...(url !== undefined && { target_url: url }) },
    answer: anything,
  });
}

/** @param limit Unicode code points. */
export function cutLine(text: string, limit: number): string {
  const letters = Array.from(text);
  return letters.length <= limit ? text : `${letters.slice(0, limit - 1).join('')}…`;
}
