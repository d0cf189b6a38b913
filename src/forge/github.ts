import { encodePath } from './encode-path.ts';
import type { Forge } from './forge.ts';
import { changedFiles } from './github/changed-files.ts';
import { upsertComment } from './github/comments.ts';
import { commitFiles } from './github/commit.ts';
import { type Github, type GithubOptions, openGithub } from './github/connection.ts';
import { listFiles, readFile } from './github/files.ts';
import { asReview, findPull, openReview, readPull, updateReview } from './github/reviews.ts';
import { setStage } from './github/stage.ts';
import { setStatus } from './github/statuses.ts';
import { openTips } from './github/tips.ts';

/** Reviews as pull requests of a repository on GitHub. The first request is made when the first method is called. */
export async function openGithubForge(options: GithubOptions): Promise<Forge> {
  return githubForge(await openGithub(options));
}

/** The same over a connection that others use, too (src/forge/github/workflows.ts). */
export function githubForge(github: Github): Forge {
  const tips = openTips(github);
  return {
    name: 'github',
    repository: github.repository,
    readFile: (path, at) => readFile(github, path, at),
    listFiles: (folder, at) => listFiles(github, tips, folder, at),
    changedFiles: (review) => changedFiles(github, tips, review),
    head: (branch) => tips.head(branch),
    upsertComment: (review, marker, body) => upsertComment(github, review, marker, body),
    async findReview(branch) {
      const pull = await findPull(github, branch, 'all');
      return pull && asReview(pull);
    },
    openReview: (review) => openReview(github, tips, review),
    updateReview: (number, update) => updateReview(github, number, update),
    setStage: async (number, stage) => setStage(github, await readPull(github, number), stage),
    commitFiles: (commit) => commitFiles(github, tips, commit),
    // Relative, so that it works in private repositories; by commit, so that it outlives the branch (GH 6.6).
    fileUrl: (path, commit) => `../blob/${commit}/${encodePath(path)}?raw=true`,
    // Whole: a mail about the pull request has it, too.
    workflowUrl: (file) =>
      `${github.serverUrl}/${github.repository}/actions/workflows/${encodeURIComponent(file)}`,
    setStatus: (commit, status) => setStatus(github, commit, status),
  };
}
