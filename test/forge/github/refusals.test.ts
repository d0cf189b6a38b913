import { describe, expect, test } from 'vitest';
import type { Forge } from '../../../src/forge/forge.ts';
import { dispatch, protectionOf, workflowState } from '../../../src/forge/github/workflows.ts';
import type { Dispatch } from '../../github/checks-and-workflows.ts';
import { aReview, bench, ofJob } from './under-test.ts';

type Acts = Readonly<Record<string, (forge: Forge, number: number, head: string) => Promise<unknown>>>;

const acts = {
  'commits files': (forge) =>
    forge.commitFiles({
      ...{ branch: 'muster/b', expectedHead: undefined, message: 'Results' },
      files: [{ path: 'results/b', bytes: 'b' }],
    }),
  'opens a review': (forge) => forge.openReview(aReview('muster/b')),
  comments: (forge, number) => forge.upsertComment(number, 'plan', 'a plan'),
  'makes ready': (forge, number) => forge.setStage(number, 'ready'),
  'makes a draft': (forge, number) => forge.setStage(number, 'draft'),
  'sets a status': (forge, _, head) =>
    forge.setStatus(head, { context: 'muster/a', state: 'success', description: 'done' }),
} satisfies Acts;

describe('a missing permission is named', () => {
  test.each([
    ['commits files', 'contents: write', { ...ofJob, contents: 'read' }],
    ['opens a review', 'pull-requests: write', { ...ofJob, 'pull-requests': 'read' }],
    ['comments', 'pull-requests: write', { ...ofJob, 'pull-requests': 'read' }],
    ['sets a status', 'statuses: write', { ...ofJob, statuses: 'read' }],
    ['sets a status', 'statuses: read', { contents: 'write', 'pull-requests': 'write' }],
    ['makes ready', 'pull-requests: write and contents: write', { ...ofJob, contents: 'read' }],
    ['makes a draft', 'pull-requests: write and contents: write', { ...ofJob, contents: 'read' }],
  ] as const)('to one that %s: %s', async (act, permission, permissions) => {
    const { github, forge, open, branch } = await bench();
    const head = await branch('muster/a');
    await branch('muster/b');
    const { number } = await forge.openReview(aReview('muster/a'));
    if (act === 'makes a draft') await forge.setStage(number, 'ready');
    if (act === 'commits files') await github.git.ask('DELETE', '/git/refs/heads/muster/b');
    const poor = await open({ token: await github.token(permissions) });
    await expect(acts[act](poor, number, head)).rejects.toMatchObject({
      denied: true,
      message: expect.stringMatching(new RegExp(`the token lacks .*\`?${permission}`)),
    });
  });

  test('also where GitHub does not say which', async () => {
    const { github, forge } = await bench();
    const body = { message: 'Resource not accessible by integration' };
    github.fault({ on: /^POST \/git\/trees/, reply: { status: 403, body } });
    await expect(acts['commits files'](forge)).rejects.toThrow('the token lacks `contents: write`');
  });
});

test('workflows that may not open pull requests are told where that is switched on', async () => {
  const { github, forge, branch } = await bench({ mayCreatePulls: false });
  await branch('muster/b');
  await expect(acts['opens a review'](forge)).rejects.toThrow(
    `Switch on "Allow GitHub Actions to create and approve pull requests" in Settings > Actions > General (${github.url}/lab/grids/settings/actions)`,
  );
});

test('the token of a pull request from a fork is said to only read', async () => {
  const { github, forge, open, branch } = await bench();
  await branch('muster/a');
  const { number } = await forge.openReview(aReview('muster/a'));
  const token = await github.token({ contents: 'read', 'pull-requests': 'read' });
  const fork = await open({ token, readOnly: true });
  await expect(acts.comments(fork, number)).rejects.toThrow(
    'the token of a pull request from a fork can only read',
  );
});

test('an archived repository is said to be archived', async () => {
  const { forge } = await bench({ archived: true });
  await expect(acts['commits files'](forge)).rejects.toThrow('the repository is archived');
});

test('a private repository that the token does not see may be there', async () => {
  const { open } = await bench({ private: true });
  const elsewhere = await open({ repository: 'lab/secret' });
  await expect(elsewhere.head()).rejects.toThrow(
    /cannot read the repository in lab\/secret: it is not there, or the token may not see it/,
  );
});

test('a token that is no longer valid is said to be so', async () => {
  const { open } = await bench();
  const late = await open({ token: 'ghs_ended' });
  await expect(late.head()).rejects.toThrow('the token is not valid, or no longer');
});

test('no token is asked for before GitHub is, and once', async () => {
  const { open, waits } = await bench();
  const forge = await open({
    token: () => {
      throw new Error('which token?');
    },
  });
  await expect(forge.head()).rejects.toThrow('which token?');
  expect(waits).toEqual([]);
});

test('an empty repository has no tip', async () => {
  const { github, forge } = await bench();
  github.fault({
    on: /^GET \/git\/ref/,
    reply: { status: 409, body: { message: 'Git Repository is empty.' } },
  });
  expect(await forge.head()).toBeUndefined();
});

describe('a workflow', () => {
  const permissions = { ...ofJob, actions: 'write' } as const;
  const file = { '.github/workflows/watch.yml': 'on: schedule\n' };

  test.each([
    ['active', {}, file],
    ['disabled_inactivity', { 'watch.yml': 'disabled_inactivity' }, file],
    ['missing', {}, {}],
  ] as const)('is known to be %s', async (state, workflowStates, files) => {
    const { github, connect } = await bench({ workflowStates });
    await github.seed({ 'README.md': '', ...files });
    const connection = await connect({ token: await github.token(permissions) });
    expect(await workflowState(connection, 'watch.yml')).toBe(state);
  });

  test('is started on the default branch with its inputs, and tells where', async () => {
    const started: Dispatch[] = [];
    const { github, connect } = await bench({ onDispatch: (one) => void started.push(one) });
    await github.seed(file);
    const connection = await connect({ token: await github.token(permissions) });
    const { url } = await dispatch(connection, 'watch.yml', { run: 'a' });
    expect(started).toEqual([{ workflow: 'watch.yml', ref: 'main', inputs: { run: 'a' } }]);
    expect(url).toBe(`${github.url}/actions/runs/1`);
  });

  test('is not started again where nobody knows whether it was', async () => {
    const started: Dispatch[] = [];
    const { github, connect } = await bench({ onDispatch: (one) => void started.push(one) });
    await github.seed(file);
    const connection = await connect({ token: await github.token(permissions) });
    github.fault({ on: /dispatches$/, times: 1, done: true, reply: { status: 502 } });
    await expect(dispatch(connection, 'watch.yml', {})).rejects.toThrow('start the workflow watch.yml');
    expect(started).toHaveLength(1);
  });

  test('whose state the token may not read is told with the permission', async () => {
    const { connect } = await bench();
    await expect(workflowState(await connect(), 'watch.yml')).rejects.toThrow(
      'the token lacks `actions: read`',
    );
  });
});

describe('an environment', () => {
  const permissions = { actions: 'read' } as const;

  test('tells what stands before it', async () => {
    const rules = {
      reviewers: ['ada', 'bob'],
      preventSelfReview: true,
      waitMinutes: 5,
      restrictsBranches: true,
    };
    const { github, connect } = await bench({ environments: { spend: rules } });
    const connection = await connect({ token: await github.token(permissions) });
    expect(await protectionOf(connection, 'spend')).toEqual({
      ...{ environment: 'there', reviewers: 2, noSelfReview: true },
      ...{ waitMinutes: 5, restrictsBranches: true },
    });
  });

  test('without rules has nobody who must say yes', async () => {
    const { github, connect } = await bench({ environments: { spend: {} } });
    const connection = await connect({ token: await github.token(permissions) });
    expect(await protectionOf(connection, 'spend')).toEqual({
      ...{ environment: 'there', reviewers: 0, noSelfReview: false },
      ...{ waitMinutes: 0, restrictsBranches: false },
    });
  });

  test('may be missing', async () => {
    const { github, connect } = await bench();
    const connection = await connect({ token: await github.token(permissions) });
    expect(await protectionOf(connection, 'spend')).toEqual({ environment: 'missing' });
  });
});
