import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { limits } from './faults.ts';
import { type GithubUnderTest, startGithub } from './start-github.ts';

/** What the model adds to the emulator (GH 8.3), asked as any client would. */
let github: GithubUnderTest;
let token: string;
beforeAll(async () => {
  github = await startGithub({
    private: true,
    protectedBranches: /^closed$/,
    environments: { spend: { reviewers: ['ada'] } },
  });
  token = await github.token({
    ...{ contents: 'write', 'pull-requests': 'write', statuses: 'write', actions: 'write' },
  });
});
afterAll(() => github.close());

interface Answered {
  readonly status: number;
  readonly headers: Headers;
  // Read as the test knows them.
  readonly body: never;
}

async function ask(method: string, path: string, body?: unknown, as = token): Promise<Answered> {
  const url = path.startsWith('/graphql') ? github.url + path : `${github.url}/repos/lab/grids${path}`;
  const response = await fetch(url, {
    method,
    headers: as === '' ? {} : { authorization: `Bearer ${as}` },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  return { status: response.status, headers: response.headers, body: JSON.parse(text || 'null') as never };
}

const open = async (branch: string, more: object = {}) => {
  await github.seed({ [`${branch}.txt`]: branch }, branch);
  return ask('POST', '/pulls', { title: branch, head: branch, base: 'main', ...more });
};
const pull = async (branch: string): Promise<{ readonly number: number; readonly node_id: string }> =>
  (await open(branch)).body;

describe('tokens', () => {
  test('that nobody made are refused', async () => {
    expect((await ask('GET', '', undefined, 'ghs_unknown')).status).toBe(401);
  });

  test('are needed to see that a private repository is there', async () => {
    expect((await ask('GET', '', undefined, '')).status).toBe(404);
  });

  test('of apps may do what they were made for, and are told what else is needed', async () => {
    const reader = await github.token({ contents: 'read' });
    expect((await ask('GET', '/git/ref/heads/main', undefined, reader)).status).toBe(200);
    const refused = await ask('POST', '/git/blobs', { content: 'a' }, reader);
    expect(refused.status).toBe(403);
    expect(refused.headers.get('x-accepted-github-permissions')).toBe('contents=write');
  });

  test('of apps are nobody’s', async () => {
    const response = await fetch(`${github.url}/user`, { headers: { authorization: `Bearer ${token}` } });
    expect(response.status).toBe(403);
  });

  test('of people may do everything, in their name', async () => {
    const { number } = await pull('of-ada');
    const comments = `/issues/${number}/comments`;
    await ask('POST', comments, { body: 'hello' }, github.personal('ada'));
    expect((await ask('GET', comments)).body).toMatchObject([{ user: { login: 'ada', type: 'User' } }]);
  });
});

describe('a pull request', () => {
  test('follows its branch', async () => {
    const { number } = await pull('follows');
    const tip = await github.seed({ more: 'more' }, 'follows');
    expect((await ask('GET', `/pulls/${number}`)).body).toMatchObject({ head: { sha: tip } });
    const list = await ask('GET', '/pulls?head=lab:follows');
    expect(list.body).toMatchObject([{ head: { sha: tip } }]);
  });

  test.each([
    ['a second one of a branch', 'twice', { head: 'twice' }, 'A pull request already exists for lab:twice.'],
    ['of no branch', 'some', { head: 'none' }, 'invalid'],
    ['of nothing new', 'nothing', { head: 'main-too' }, 'No commits between main and main-too'],
    ['with a text that is too long', 'long', { body: 'x'.repeat(65_537) }, 'body is too long'],
  ])('is refused: %s', async (_, branch, more, message) => {
    await open('twice');
    await github.git.ask('POST', '/git/refs', {
      ref: 'refs/heads/main-too',
      sha: await github.git.tip('main'),
    });
    const { status, body } = await open(branch, more);
    expect(status).toBe(422);
    expect(JSON.stringify(body)).toContain(message);
  });

  test('takes a text of 65,536 characters', async () => {
    expect((await open('full', { body: '🙂'.repeat(65_536) })).status).toBe(201);
  });

  test('names the files that it changes since it left the default branch', async () => {
    const { number } = await pull('files');
    await github.seed({ 'later.txt': 'on main' });
    expect((await ask('GET', `/pulls/${number}/files`)).body).toMatchObject([{ filename: 'files.txt' }]);
  });

  test('becomes ready and a draft again by GraphQL only', async () => {
    const { number, node_id: id } = await pull('stage');
    const isDraft = async () => (await github.pulls()).find((one) => one.number === number)?.draft;
    await ask('PATCH', `/pulls/${number}`, { draft: true });
    expect(await isDraft()).toBe(false);
    await ask('POST', '/graphql', { query: 'mutation { convertPullRequestToDraft(', variables: { id } });
    expect(await isDraft()).toBe(true);
    await ask('POST', '/graphql', { query: 'mutation { markPullRequestReadyForReview(', variables: { id } });
    expect(await isDraft()).toBe(false);
  });

  test('that is merged brings its files to what the default branch has become', async () => {
    const { number } = await pull('merged');
    await github.seed({ 'meanwhile.txt': 'on main' });
    await github.merge(number);
    expect(await github.tree('main')).toMatchObject({ 'merged.txt': 'merged', 'meanwhile.txt': 'on main' });
    expect((await ask('GET', `/pulls/${number}`)).body).toMatchObject({ state: 'closed', merged: true });
  });

  test('that is squashed leaves its commits out of the default branch', async () => {
    const { number } = await pull('squashed');
    const tip = await github.git.tip('squashed');
    await github.merge(number, 'squash');
    expect(await github.tree('main')).toMatchObject({ 'squashed.txt': 'squashed' });
    expect(await github.git.mergeBase((await github.git.tip('main')) ?? '', tip ?? '')).not.toBe(tip);
  });

  test('that is a draft is not merged by a job', async () => {
    const made: { readonly number: number } = (await open('draft', { draft: true })).body;
    expect((await ask('PUT', `/pulls/${made.number}/merge`, {})).status).toBe(405);
  });
});

describe('branches', () => {
  test('of a ruleset are not moved', async () => {
    const sha = await github.git.tip('main');
    const { status, body } = await ask('POST', '/git/refs', { ref: 'refs/heads/closed', sha });
    expect(status).toBe(422);
    expect(JSON.stringify(body)).toContain('Repository rule violations found');
  });
});

describe('statuses', () => {
  test('of a commit show the last of each context', async () => {
    const commit = await github.git.tip('main');
    for (const [context, state] of [
      ...[['a', 'pending'] as const, ['b', 'failure'] as const, ['a', 'success'] as const],
    ]) {
      expect((await ask('POST', `/statuses/${commit}`, { context, state })).status).toBe(201);
    }
    const { body } = await ask('GET', `/commits/${commit}/status`);
    expect(body).toMatchObject({
      statuses: [
        { context: 'a', state: 'success' },
        { context: 'b', state: 'failure' },
      ],
    });
  });

  test('are refused of no commit, of no state, and with more than 140 characters', async () => {
    const commit = await github.git.tip('main');
    const long = { state: 'success', description: 'x'.repeat(141) };
    expect((await ask('POST', `/statuses/${'0'.repeat(40)}`, { state: 'success' })).status).toBe(422);
    expect((await ask('POST', `/statuses/${commit}`, { state: 'done' })).status).toBe(422);
    expect((await ask('POST', `/statuses/${commit}`, long)).status).toBe(422);
  });
});

describe('workflows and environments', () => {
  test('are those whose files are on the default branch', async () => {
    expect((await ask('GET', '/actions/workflows/plan.yml')).status).toBe(404);
    await github.seed({ '.github/workflows/plan.yml': 'on: push' });
    expect((await ask('GET', '/actions/workflows/plan.yml')).body).toMatchObject({ state: 'active' });
  });

  test('are started on a branch that is there, with at most 25 inputs', async () => {
    await github.seed({ '.github/workflows/go.yml': 'on: workflow_dispatch' });
    const start = async (body: object) =>
      (await ask('POST', '/actions/workflows/go.yml/dispatches', body)).status;
    const inputs = Object.fromEntries(Array.from({ length: 26 }, (_, index) => [`i${index}`, '']));
    expect(await start({ ref: 'main' })).toBe(204);
    expect(await start({ ref: 'none' })).toBe(422);
    expect(await start({ ref: 'main', inputs })).toBe(422);
  });

  test('tell their rules', async () => {
    expect((await ask('GET', '/environments/none')).status).toBe(404);
    expect((await ask('GET', '/environments/spend')).body).toMatchObject({
      protection_rules: [{ type: 'required_reviewers', reviewers: [{ reviewer: { login: 'ada' } }] }],
    });
  });
});

describe('trouble', () => {
  test('happens as often as it should, after what should pass, done or not', async () => {
    const post = async () => (await ask('POST', '/labels', { name: 'one', color: 'ff0000' })).status;
    github.fault({ on: /^POST \/labels/, times: 1, reply: limits.secondary(3) });
    expect(await post()).toBe(403);
    github.fault({ on: /^POST \/labels/, times: 1, done: true, reply: { status: 502 } });
    expect(await post()).toBe(502);
    expect(await post()).toBe(422);
  });
});
