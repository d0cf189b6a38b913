import { z } from 'zod';
import { bodyVersion, composeBody, decideUpdate } from '../body.ts';
import type { NewReview, Review, ReviewUpdate } from '../forge.ts';
import { anything, type Pull, pullAnswer } from './answers.ts';
import type { Answer, Github } from './connection.ts';
import { addRunningLabel, stageOf } from './stage.ts';
import type { Tips } from './tips.ts';

export function asReview(pull: Pull): Review {
  const state = pull.merged_at !== null ? 'merged' : pull.state;
  const { number, title, html_url: url } = pull;
  return { number, branch: pull.head.ref, state, stage: stageOf(pull), title, body: pull.body ?? '', url };
}

export const readPull = (github: Github, number: number): Promise<Pull> =>
  github.ask({
    doing: `find #${number}`,
    route: 'GET /repos/{owner}/{repo}/pulls/{number}',
    parameters: { number },
    answer: pullAnswer,
  });

/** The newest of a branch. GitHub ignores filters it does not understand (GH 6.4), so its answer is filtered again. */
export async function findPull(
  github: Github,
  branch: string,
  state: 'open' | 'all',
): Promise<Pull | undefined> {
  const pulls = await github.ask({
    doing: `look for pull requests of ${branch}`,
    route: 'GET /repos/{owner}/{repo}/pulls',
    parameters: {
      head: `${github.owner}:${branch}`,
      ...{ state, sort: 'created', direction: 'desc', per_page: 100 },
    },
    answer: z.array(pullAnswer),
  });
  const ours = pulls.filter(
    ({ head }) => head.ref === branch && isSameRepository(head.repo?.full_name, github.repository),
  );
  return ours.sort((one, other) => other.number - one.number)[0];
}

/** GitHub writes names as they were made, and takes them in any case. */
const isSameRepository = (one: string | undefined, other: string) =>
  one?.toLowerCase() === other.toLowerCase();

export async function openReview(github: Github, tips: Tips, wanted: NewReview): Promise<Review> {
  const open = await findPull(github, wanted.branch, 'open');
  if (open !== undefined) return asReview(open);
  const base = await tips.defaultBranch();
  let refused: Error | undefined;
  for (const draft of wanted.stage === 'draft' ? [true, false] : [false]) {
    const made = await create(github, base, wanted, draft);
    if (made.status === 'ok') {
      if (draft || wanted.stage === 'ready') return asReview(made.data);
      await addRunningLabel(github, made.data.number);
      return { ...asReview(made.data), stage: 'draft' };
    }
    // 422 may say that somebody was quicker, that there are no drafts, or that the branch is not fit for a review.
    const quicker = await findPull(github, wanted.branch, 'open');
    if (quicker !== undefined) return asReview(quicker);
    refused = made.error;
  }
  throw refused;
}

const create = (github: Github, base: string, wanted: NewReview, draft: boolean): Promise<Answer<Pull>> =>
  github.tryAsk(
    {
      doing: `open a pull request of ${wanted.branch}`,
      route: 'POST /repos/{owner}/{repo}/pulls',
      parameters: {
        title: wanted.title,
        body: composeBody(wanted.body, wanted.version),
        head: wanted.branch,
        ...{ base, draft },
      },
      answer: pullAnswer,
    },
    [422],
  );

/** How often a newer body is put back that an older one was written over. */
const rewrites = 3;

/**
 * GitHub's edits know no "only if unchanged", so an older writer may write after a newer one looked. Who wrote looks
 * again; what still slips through, the next watch mends.
 */
export async function updateReview(
  github: Github,
  number: number,
  update: ReviewUpdate,
): Promise<'updated' | 'unchanged' | 'stale' | 'closed'> {
  let outcome: 'updated' | undefined;
  for (let write = 0; write < rewrites; write += 1) {
    const decision = decideUpdate(asReview(await readPull(github, number)), update);
    if (decision.outcome !== 'updated') return outcome ?? decision.outcome;
    const { title, body } = decision;
    await github.ask({
      doing: `update #${number}`,
      route: 'PATCH /repos/{owner}/{repo}/pulls/{number}',
      parameters: { number, title, body },
      answer: anything,
    });
    outcome = 'updated';
    const stored = bodyVersion((await readPull(github, number)).body ?? '') ?? -1;
    if (stored >= update.version) break;
  }
  return outcome ?? 'unchanged';
}
