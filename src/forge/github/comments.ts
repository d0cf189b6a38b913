import { z } from 'zod';
import { composeComment, isComment } from '../body.ts';
import { anything, commentsAnswer } from './answers.ts';
import type { Github } from './connection.ts';

type Comment = z.output<typeof commentsAnswer>[number];

/**
 * One comment per marker. Two jobs may both find none and both write: whoever writes looks again, and all but the
 * oldest go.
 */
export async function upsertComment(
  github: Github,
  review: number,
  marker: string,
  text: string,
): Promise<void> {
  const body = composeComment(marker, text);
  let ours = await findOurs(github, review, marker);
  if (ours.length === 0) {
    await github.ask({
      doing: `comment on #${review}`,
      route: 'POST /repos/{owner}/{repo}/issues/{review}/comments',
      parameters: { review, body },
      answer: anything,
    });
    ours = await findOurs(github, review, marker);
  }
  const [oldest, ...others] = ours;
  for (const { id } of others) await deleteComment(github, review, id);
  if (oldest === undefined || oldest.body.replaceAll('\r\n', '\n') === body) return;
  await github.ask({
    doing: `edit a comment on #${review}`,
    route: 'PATCH /repos/{owner}/{repo}/issues/comments/{id}',
    parameters: { id: oldest.id, body },
    answer: anything,
  });
}

/** Oldest first. Whoever copies our marker into a comment of their own keeps it: theirs is none of a bot. */
async function findOurs(github: Github, review: number, marker: string): Promise<readonly Comment[]> {
  const marked: Comment[] = [];
  const comments = github.pages({
    doing: `list the comments of #${review}`,
    route: 'GET /repos/{owner}/{repo}/issues/{review}/comments',
    parameters: { review },
    answer: commentsAnswer,
  });
  for await (const page of comments) marked.push(...page.filter(({ body }) => isComment(marker, body)));
  const byPeople = marked.some(({ user }) => user?.type !== 'Bot');
  const login = byPeople ? await findLogin(github) : undefined;
  return marked
    .filter(({ user }) => user?.type === 'Bot' || (user !== null && user.login === login))
    .sort((one, other) => one.id - other.id);
}

/** Who a personal token belongs to; the token of a job or an app is nobody's, and is refused. */
async function findLogin(github: Github): Promise<string | undefined> {
  const answer = await github.tryAsk(
    { doing: 'find whose token it is', route: 'GET /user', answer: z.object({ login: z.string() }) },
    [401, 403, 404],
  );
  return answer.status === 'ok' ? answer.data.login : undefined;
}

async function deleteComment(github: Github, review: number, id: number): Promise<void> {
  await github.tryAsk(
    {
      doing: `delete a double comment on #${review}`,
      route: 'DELETE /repos/{owner}/{repo}/issues/comments/{id}',
      parameters: { id },
      answer: anything,
    },
    [404], // Whoever wrote at the same time deleted it first.
  );
}
