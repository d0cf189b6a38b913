import { z } from 'zod';
import { answer, type Call, page, type Reply, refuse } from './call.ts';
import { differences, type Git } from './git.ts';

/**
 * Pull requests as GitHub has them, over those of the emulator, which are frozen when made (GH 8.3): the head follows
 * its branch, files are compared, there is one open per branch, drafts may not exist, and a merge takes what is new.
 */
export interface Pulls {
  create(call: Call): Promise<Reply | undefined>;
  merge(call: Call, number: number): Promise<Reply>;
  files(call: Call, number: number): Promise<Reply>;
  /** What the emulator answered about pull requests, as GitHub would. */
  decorate(body: unknown): Promise<unknown>;
  /** The change to a stage that only GraphQL has. */
  setDraft(nodeId: string, draft: boolean): Promise<'done' | 'missing' | 'unsupported'>;
  all(): Promise<readonly PullRequest[]>;
}

const pullSchema = z.looseObject({
  number: z.number(),
  node_id: z.string(),
  title: z.string(),
  body: z.string().nullable(),
  state: z.enum(['open', 'closed']),
  draft: z.boolean(),
  merged_at: z.string().nullable(),
  labels: z.array(z.looseObject({ name: z.string() })),
  head: z.looseObject({ ref: z.string(), sha: z.string(), label: z.string() }),
  base: z.looseObject({ ref: z.string() }),
});
export type PullRequest = z.output<typeof pullSchema>;

export const bodyLimit = 65_536;
/** Unicode code points (GH 2.3). */
export const isTooLong = (text: unknown): boolean =>
  typeof text === 'string' && Array.from(text).length > bodyLimit;

interface Rules {
  /** "Allow GitHub Actions to create and approve pull requests". */
  mayCreate: boolean;
  drafts: boolean;
}

export function openPulls(git: Git, owner: string, rules: Rules): Pulls {
  const merged = new Map<number, { readonly at: string; readonly head: string; readonly fork: string }>();
  const listed = async (state: string) =>
    z.array(pullSchema).parse(await git.ask('GET', `/pulls?state=${state}&per_page=100`));

  const withHead = async (raw: PullRequest): Promise<PullRequest> => {
    const done = merged.get(raw.number);
    const sha = done?.head ?? (await git.tip(raw.head.ref)) ?? raw.head.sha;
    const pull = { ...raw, head: { ...raw.head, sha } };
    return done === undefined ? pull : { ...pull, merged: true, merged_at: done.at, draft: false };
  };
  const find = async (number: number) => {
    const read = pullSchema.safeParse(await git.ask('GET', `/pulls/${number}`));
    return read.success ? withHead(read.data) : undefined;
  };
  const forkOf = async (base: string, head: string) => git.mergeBase((await git.tip(base)) ?? base, head);
  const changes = async (pull: PullRequest) => {
    const fork = merged.get(pull.number)?.fork ?? (await forkOf(pull.base.ref, pull.head.sha));
    return differences(await git.files(fork), await git.files(pull.head.sha));
  };

  return {
    async create({ body, caller }) {
      const branch = String(body.head).replace(`${owner}:`, '');
      const invalid = (error: object | string) => refuse(422, 'Validation Failed', [error]);
      if (caller.kind === 'app' && !rules.mayCreate) {
        return refuse(403, 'GitHub Actions is not permitted to create or approve pull requests.');
      }
      if (isTooLong(body.body)) return invalid('body is too long (maximum is 65536 characters)');
      const head = await git.tip(branch);
      if (head === undefined) return invalid({ resource: 'PullRequest', field: 'head', code: 'invalid' });
      const base = String(body.base);
      if ((await forkOf(base, head)) === head) {
        return invalid({ message: `No commits between ${base} and ${branch}` });
      }
      const open = await listed('open');
      if (open.some((pull) => pull.head.ref === branch && pull.base.ref === base)) {
        return invalid({ message: `A pull request already exists for ${owner}:${branch}.` });
      }
      if (body.draft === true && !rules.drafts) {
        return refuse(422, 'Draft pull requests are not supported in this repository.');
      }
      return undefined;
    },
    async merge(call, number) {
      const pull = await find(number);
      if (pull === undefined) return refuse(404, 'Not Found');
      if (pull.draft) return refuse(405, 'Pull Request is still a draft');
      if (pull.state === 'closed') return refuse(405, 'Pull Request is not mergeable');
      const base = await git.tip(pull.base.ref);
      if (base === undefined) return refuse(404, 'Not Found');
      const fork = await git.mergeBase(base, pull.head.sha);
      const found = await changes(pull);
      const entries = new Map(Array.from(found, ([path, sha]) => [path, { sha: sha ?? null }] as const));
      const squash = call.body.merge_method === 'squash';
      const parents = squash ? [base] : [base, pull.head.sha];
      const sha = await git.commit(parents, entries, `${pull.title} (#${number})`);
      await git.move(pull.base.ref, sha);
      await git.ask('PATCH', `/pulls/${number}`, { state: 'closed' });
      merged.set(number, { at: new Date().toISOString(), head: pull.head.sha, fork });
      return answer({ sha, merged: true, message: 'Pull Request successfully merged' });
    },
    async files(call, number) {
      const pull = await find(number);
      if (pull === undefined) return refuse(404, 'Not Found');
      const files = Array.from(await changes(pull), ([filename, sha]) => ({
        ...{ filename, sha: sha ?? null, status: sha === undefined ? 'removed' : 'modified' },
      }));
      return page(call, files.slice(0, 3000));
    },
    async decorate(body) {
      if (Array.isArray(body)) return Promise.all(body.map((one) => withHead(pullSchema.parse(one))));
      const read = pullSchema.safeParse(body);
      return read.success ? withHead(read.data) : body;
    },
    async setDraft(nodeId, draft) {
      if (draft && !rules.drafts) return 'unsupported';
      const pull = (await listed('all')).find((one) => one.node_id === nodeId);
      if (pull === undefined) return 'missing';
      await git.ask('PATCH', `/pulls/${pull.number}`, { draft });
      return 'done';
    },
    all: async () => Promise.all((await listed('all')).map(withHead)),
  };
}
