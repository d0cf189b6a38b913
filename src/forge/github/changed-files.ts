import { z } from 'zod';
import { pullAnswer, shaAnswer } from './answers.ts';
import type { Github } from './connection.ts';
import { filesBelow, sortPaths } from './files.ts';
import type { Tips } from './tips.ts';

/** GitHub lists no more of a pull request (GH 6.4). */
const listedAtMost = 3000;

const filesAnswer = z.array(z.object({ filename: z.string(), previous_filename: z.string().optional() }));

/** Also the old name of a file that moved. Where the list of the pull request ends, both trees are compared. */
export async function changedFiles(github: Github, tips: Tips, number: number): Promise<readonly string[]> {
  const paths: string[] = [];
  let files = 0;
  const list = github.pages({
    doing: `list the files of #${number}`,
    route: 'GET /repos/{owner}/{repo}/pulls/{number}/files',
    parameters: { number },
    answer: filesAnswer,
  });
  for await (const page of list) {
    files += page.length;
    for (const { filename, previous_filename: before } of page)
      paths.push(filename, ...(before === undefined ? [] : [before]));
    if (files >= listedAtMost) return compareTrees(github, tips, number);
  }
  return sortPaths(paths);
}

async function compareTrees(github: Github, tips: Tips, number: number): Promise<readonly string[]> {
  const { head, base } = await github.ask({
    doing: `find #${number}`,
    route: 'GET /repos/{owner}/{repo}/pulls/{number}',
    parameters: { number },
    answer: pullAnswer,
  });
  const { merge_base_commit: fork } = await github.ask({
    doing: `compare ${head.ref} with ${base.ref}`,
    route: 'GET /repos/{owner}/{repo}/compare/{range}',
    parameters: { range: `${base.sha}...${head.sha}`, per_page: 1 },
    answer: z.object({ merge_base_commit: shaAnswer }),
  });
  const before = await blobsOf(github, tips, fork.sha);
  const after = await blobsOf(github, tips, head.sha);
  const paths = new Set([...before.keys(), ...after.keys()]);
  return sortPaths([...paths].filter((path) => before.get(path) !== after.get(path)));
}

async function blobsOf(github: Github, tips: Tips, commit: string): Promise<ReadonlyMap<string, string>> {
  const files = await filesBelow(github, await tips.treeOf(commit));
  return new Map(files.map(({ path, sha }) => [path, sha]));
}
