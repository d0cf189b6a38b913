import { commitAnswer, refAnswer, repositoryAnswer } from './answers.ts';
import type { Github } from './connection.ts';

/** Where branches stand. */
export interface Tips {
  /** Without a name that of the default branch. 409 is how an empty repository says that there is none. */
  head(branch?: string): Promise<string | undefined>;
  defaultBranch(): Promise<string>;
  /** The tree of a commit. */
  treeOf(commit: string): Promise<string>;
}

export const isCommit = (at: string) => /^[0-9a-f]{40}$/.test(at);

/** Remembers what cannot change, so that a publish asks for it once. */
export function openTips(github: Github): Tips {
  let name: Promise<string> | undefined;
  const trees = new Map<string, string>();
  const askName = async () => {
    const { default_branch } = await github.ask({
      doing: 'read the repository',
      route: 'GET /repos/{owner}/{repo}',
      answer: repositoryAnswer,
    });
    return default_branch;
  };
  const defaultBranch = () => {
    // A refusal is not remembered: the next call may have more luck.
    name ??= askName().catch((error) => {
      name = undefined;
      throw error;
    });
    return name;
  };
  return {
    defaultBranch,
    async head(branch) {
      const answer = await github.tryAsk(
        {
          doing: `read the branch ${branch ?? 'by default'}`,
          route: 'GET /repos/{owner}/{repo}/git/ref/{ref}',
          parameters: { ref: `heads/${branch ?? (await defaultBranch())}` },
          answer: refAnswer,
        },
        [404, 409],
      );
      return answer.status === 'ok' ? answer.data.object.sha : undefined;
    },
    async treeOf(commit) {
      const known = trees.get(commit);
      if (known !== undefined) return known;
      const { tree } = await github.ask({
        doing: `read the commit ${commit}`,
        route: 'GET /repos/{owner}/{repo}/git/commits/{commit}',
        parameters: { commit },
        answer: commitAnswer,
      });
      trees.set(commit, tree.sha);
      return tree.sha;
    },
  };
}
