import { RemoteError } from '../../errors.ts';
import type { CommitOutcome, CommitRequest } from '../forge.ts';
import { refAnswer, shaAnswer } from './answers.ts';
import type { Github } from './connection.ts';
import type { Tips } from './tips.ts';
import { uploadTree } from './upload-tree.ts';

/** How often a branch may move or appear while we look at it, before that is no coincidence. */
const looks = 4;

/**
 * One commit by the Git Data API (GH 6.1). Without an author, so that GitHub signs it as the bot's (GH 4.6 [MEM]).
 * The branch is moved by compare-and-swap: a fast-forward of what was expected, and of nothing else.
 */
export async function commitFiles(
  github: Github,
  tips: Tips,
  request: CommitRequest,
): Promise<CommitOutcome> {
  const { branch, expectedHead, files } = request;
  for (let look = 0; look < looks; look += 1) {
    const head = await tips.head(branch);
    if (head === undefined && expectedHead !== undefined) return { outcome: 'moved', head };
    const parent = head ?? (await tips.head());
    const base = parent === undefined ? undefined : await tips.treeOf(parent);
    const tree = await uploadTree(github, base, files);
    if (head !== undefined && tree === base) return { outcome: 'unchanged', commit: head };
    if (head !== expectedHead) return { outcome: 'moved', head };
    const commit = await makeCommit(github, request.message, tree, parent);
    const swapped = await swap(github, branch, head, commit);
    if (swapped === 'ok') return { outcome: 'committed', commit };
    const now = await tips.head(branch);
    // The swap was done, and its answer got lost.
    if (now === commit) return { outcome: 'committed', commit };
    if (now === head) throw protectedBranch(github, branch, swapped);
  }
  return { outcome: 'moved', head: await tips.head(branch) };
}

async function makeCommit(
  github: Github,
  message: string,
  tree: string,
  parent: string | undefined,
): Promise<string> {
  const { sha } = await github.ask({
    doing: 'make a commit',
    route: 'POST /repos/{owner}/{repo}/git/commits',
    parameters: { message, tree, parents: parent === undefined ? [] : [parent] },
    answer: shaAnswer,
  });
  return sha;
}

/** GitHub answers 422 to a lost race and to a rule alike: who is told it looks at the branch again, not at the text. */
async function swap(
  github: Github,
  branch: string,
  head: string | undefined,
  commit: string,
): Promise<'ok' | { readonly message: string; readonly error: Error }> {
  const doing = `push to ${branch}`;
  const answer = await (head === undefined
    ? github.tryAsk(
        {
          doing,
          route: 'POST /repos/{owner}/{repo}/git/refs',
          parameters: { ref: `refs/heads/${branch}`, sha: commit },
          answer: refAnswer,
        },
        [422],
      )
    : github.tryAsk(
        {
          doing,
          route: 'PATCH /repos/{owner}/{repo}/git/refs/{ref}',
          parameters: { ref: `heads/${branch}`, sha: commit, force: false },
          answer: refAnswer,
        },
        [422],
      ));
  return answer.status === 'ok' ? 'ok' : { message: answer.refusal.message, error: answer.error };
}

function protectedBranch(
  github: Github,
  branch: string,
  { message, error }: { readonly message: string; readonly error: Error },
): RemoteError {
  return new RemoteError(
    { service: 'GitHub', operation: `push to ${branch}`, denied: true },
    `GitHub: cannot push to ${branch} in ${github.repository}: a ruleset or a branch protection refuses it (what \`git push\` shows as GH013). Exempt \`muster/**\` from it, or add this token's app to its bypass list. GitHub says: ${message}`,
    { cause: error },
  );
}
