import { z } from 'zod';
import type { Call } from './call.ts';
import type { Git } from './git.ts';
import type { PullRequest, Pulls } from './pulls.ts';

/** What people do to the repository beside the forge, and what they find there. */
export interface RepositoryActs {
  /** A commit on a branch (`main` unless said); `null` deletes. */
  seed(files: Readonly<Record<string, string | null>>, branch?: string): Promise<string>;
  /** All files of a branch, as text. */
  tree(branch: string): Promise<Readonly<Record<string, string>>>;
}

/** The same for its pull requests. */
export interface PullActs {
  pulls(): Promise<readonly PullRequest[]>;
  comments(number: number): Promise<readonly { readonly login: string; readonly body: string }[]>;
  /** A person merges, also a draft. */
  merge(number: number, method?: 'merge' | 'squash'): Promise<void>;
  /** A person edits or closes. */
  edit(
    number: number,
    changes: { readonly body?: string; readonly state?: 'open' | 'closed' },
  ): Promise<void>;
}

export function repositoryActs(git: Git): RepositoryActs {
  return {
    async seed(files, branch = 'main') {
      const tip = await git.tip(branch);
      const main = tip ?? (await git.tip('main'));
      if (main === undefined) throw new Error('an empty repository');
      const changes = new Map(
        Object.entries(files).map(([path, content]) => [
          path,
          content === null ? { sha: null } : { content },
        ]),
      );
      const commit = await git.commit([main], changes, 'Seed');
      if (tip === undefined) await git.ask('POST', '/git/refs', { ref: `refs/heads/${branch}`, sha: commit });
      else await git.move(branch, commit);
      return commit;
    },
    async tree(branch) {
      const tip = await git.tip(branch);
      const files = tip === undefined ? [] : [...(await git.files(tip))];
      return Object.fromEntries(
        await Promise.all(
          files.map(async ([path, sha]) => [path, (await git.read(sha)).toString()] as const),
        ),
      );
    },
  };
}

export function pullActs(
  git: Git,
  pulls: Pulls,
  oneByOne: <T>(action: () => Promise<T>) => Promise<T>,
): PullActs {
  return {
    pulls: () => pulls.all(),
    async comments(number) {
      const found: { login: string; body: string }[] = [];
      for (let page = 1; ; page += 1) {
        const list = commentList.parse(
          await git.ask('GET', `/issues/${number}/comments?per_page=100&page=${page}`),
        );
        found.push(...list.map(({ user, body }) => ({ login: user.login, body })));
        if (list.length < 100) return found;
      }
    },
    async merge(number, method = 'merge') {
      const pull = (await pulls.all()).find((one) => one.number === number);
      if (pull?.draft === true) await pulls.setDraft(pull.node_id, false);
      const call = { ...emptyCall, body: { merge_method: method } };
      const reply = await oneByOne(() => pulls.merge(call, number));
      if (reply.status !== 200) throw new Error(`not merged: ${JSON.stringify(reply.body)}`);
    },
    async edit(number, changes) {
      await git.ask('PATCH', `/pulls/${number}`, changes);
    },
  };
}

const commentList = z.array(z.object({ body: z.string(), user: z.object({ login: z.string() }) }));

const emptyCall: Call = {
  ...{ method: 'PUT', path: '', rawPath: '', query: new URLSearchParams(), headers: {}, body: {} },
  caller: { kind: 'nobody' },
};
