import { createServer } from 'node:http';
import { expect, onTestFinished, test } from 'vitest';
import { type GithubFacts, gatherGithub } from '../../src/doctor/github.ts';
import { judgeGithub } from '../../src/doctor/judge-github.ts';
import { type RoleTrust, subjectsIn } from '../../src/doctor/oidc-trust.ts';

const known = <Value>(value: Value) => ({ known: true, value }) as const;
const subjects = ['repo:lab/grids:', 'repo:lab@7/grids@42:'];

const right: GithubFacts = {
  repository: { owner: 'lab', name: 'grids' },
  needs: { files: ['watch.yml'], variables: ['AWS_ROLE'], environments: ['spend'] },
  owners: { file: 'CODEOWNERS', text: '* @lab/operators' },
  mayCreatePrs: known(true),
  variables: known(new Map([['AWS_ROLE', 'arn:aws:iam::123456789012:role/launch']])),
  environments: known([{ name: 'Spend', reviewers: true }]),
  workflows: known([{ path: '.github/workflows/watch.yml', state: 'active' }]),
  subject: known({ isDefault: true, beginnings: subjects, claims: [] }),
};
const trust = (...patterns: readonly string[]): RoleTrust => ({
  variable: 'AWS_ROLE',
  arn: 'arn:aws:iam::123456789012:role/launch',
  subjects: known(patterns),
});
const trusted = [trust('repo:lab/grids:environment:spend')];

const codes = (facts: Partial<GithubFacts>, trusts: readonly RoleTrust[] = trusted) =>
  judgeGithub({ ...right, ...facts }, trusts).flatMap(({ findings }) => findings.map(({ code }) => code));

test('a repository that is set up has no finding', () => {
  expect(codes({})).toEqual([]);
});

test.each<[string, Partial<GithubFacts>]>([
  ['actions-no-prs', { mayCreatePrs: known(false) }],
  ['variable-missing', { variables: known(new Map()) }],
  ['github-environment-missing', { environments: known([]) }],
  ['github-environment-open', { environments: known([{ name: 'spend', reviewers: false }]) }],
  ['watch-missing', { workflows: known([]) }],
  [
    'watch-inactive',
    { workflows: known([{ path: '.github/workflows/watch.yml', state: 'disabled_inactivity' }]) },
  ],
  ['no-codeowners', { owners: { file: 'CODEOWNERS', text: '/grids/ @lab/operators' } }],
  ['oidc-subject-custom', { subject: known({ isDefault: false, beginnings: subjects, claims: ['repo'] }) }],
])('one fault gives one finding: %s', (code, facts) => {
  expect(codes(facts)).toEqual([code]);
});

test('without CODEOWNERS both the grids and muster.yaml are open', () => {
  const { owners: _, ...without } = right;
  const found = judgeGithub(without, trusted).flatMap(({ findings }) => findings.map(({ about }) => about));
  expect(found).toEqual(['grids/**', 'muster.yaml']);
});

test.each([
  ['repo:lab/grids:*', []],
  ['repo:lab/grids:ref:refs/heads/main', []],
  ['repo:lab@7/grids@42:environment:spend', []],
  ['repo:lab/*', []],
  ['repo:other/grids:*', ['oidc-trust']],
  ['repo:lab/grids-old:*', ['oidc-trust']],
  ['repo:lab@8/*', ['oidc-trust']],
  ['repo:lab/grids', ['oidc-trust']],
])('a role that trusts %s gives %j', (pattern, expected) => {
  expect(codes({}, [trust(pattern)])).toEqual(expected);
});

test('a role that trusts nobody of GitHub refuses its jobs', () => {
  expect(codes({}, [trust()])).toEqual(['oidc-trust']);
});

test('a call that is refused leaves its check undone and the others alone', () => {
  const refused = { known: false, action: 'GET /repos/lab/grids/environments', why: 'no' } as const;
  const checks = judgeGithub({ ...right, environments: refused, mayCreatePrs: known(false) }, trusted);
  const undone = checks.filter(({ notDone }) => notDone.length > 0).map(({ check }) => check);
  expect(undone).toEqual(['environments']);
  expect(checks.flatMap(({ findings }) => findings.map(({ code }) => code))).toEqual(['actions-no-prs']);
});

test('without a token nothing is asked, which is said', () => {
  expect(judgeGithub('no token is set', [])).toMatchObject([{ findings: [], nothing: 'no token is set' }]);
});

test('subjects are those of statements that trust the issuer of GitHub', () => {
  const statement = (Effect: string, Federated: string, Condition: object) => ({
    ...{ Effect, Principal: { Federated }, Action: 'sts:AssumeRoleWithWebIdentity', Condition },
  });
  const provider = 'arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com';
  const key = 'token.actions.githubusercontent.com:sub';
  const document = {
    Version: '2012-10-17',
    Statement: [
      statement('Allow', provider, { StringLike: { [key]: 'repo:lab/grids:*' } }),
      statement('Allow', provider, { 'ForAnyValue:StringEquals': { [key]: ['repo:a/b:x', 'repo:c/d:y'] } }),
      statement('Deny', provider, { StringEquals: { [key]: 'repo:denied/x:*' } }),
      statement('Allow', 'accounts.google.com', { StringEquals: { [key]: 'repo:google/x:*' } }),
    ],
  };
  const expected = ['repo:lab/grids:*', 'repo:a/b:x', 'repo:c/d:y'];
  expect(subjectsIn(encodeURIComponent(JSON.stringify(document)))).toEqual(expected);
  expect(subjectsIn('no policy')).toEqual([]);
});

/** GitHub as far as its documents tell; `answers` by the path below the repository. */
async function fakeGithub(answers: Readonly<Record<string, object | number>>): Promise<Fake> {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? '', 'http://localhost');
    asked.push(`${request.headers.authorization} ${pathname}`);
    const found = answers[pathname.replace(/^\/repos\/lab\/grids\/?/, '')] ?? 404;
    const [status, body] = typeof found === 'number' ? [found, { message: 'refused' }] : [200, found];
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The server has no port');
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  const api = `http://127.0.0.1:${address.port}`;
  return {
    asked,
    gather: () => gatherGithub('/nowhere', { token: 't0ken', api, owner: 'lab', name: 'grids' }),
  };
}

interface Fake {
  /** `token <token> <path>` of each request. */
  readonly asked: readonly string[];
  readonly gather: () => Promise<GithubFacts>;
}

const answers = {
  '': { id: 42, owner: { id: 7 } },
  'actions/permissions/workflow': {
    ...{ default_workflow_permissions: 'read', can_approve_pull_request_reviews: true },
  },
  'actions/variables': { total_count: 1, variables: [{ name: 'aws_role', value: 'own' }] },
  'actions/organization-variables': {
    ...{
      total_count: 2,
      variables: [
        { name: 'AWS_ROLE', value: 'shared' },
        { name: 'REGION', value: 'x' },
      ],
    },
  },
  environments: {
    total_count: 2,
    environments: [
      { name: 'spend', protection_rules: [{ type: 'required_reviewers' }, { type: 'branch_policy' }] },
      { name: 'poll', protection_rules: [] },
    ],
  },
  'actions/workflows': {
    ...{ total_count: 1, workflows: [{ path: '.github/workflows/watch.yml', state: 'active' }] },
  },
  'actions/oidc/customization/sub': { use_default: true },
};

test('what GitHub answers is read, a variable of the repository before that of the organization', async () => {
  const { asked, gather } = await fakeGithub(answers);
  expect(await gather()).toMatchObject({
    mayCreatePrs: known(true),
    variables: known(
      new Map([
        ['AWS_ROLE', 'own'],
        ['REGION', 'x'],
      ]),
    ),
    environments: known([
      { name: 'spend', reviewers: true },
      { name: 'poll', reviewers: false },
    ]),
    workflows: known([{ path: '.github/workflows/watch.yml', state: 'active' }]),
    subject: known({ isDefault: true, beginnings: subjects, claims: [] }),
  });
  expect(new Set(asked.map((line) => line.split(' ')[1]))).toEqual(new Set(['t0ken']));
});

test('who is no administrator is sent to the settings page, for that check only', async () => {
  const { gather } = await fakeGithub({ ...answers, 'actions/permissions/workflow': 403 });
  const facts = await gather();
  expect(facts.mayCreatePrs).toMatchObject({
    known: false,
    action: 'GET /repos/lab/grids/actions/permissions/workflow',
    why: expect.stringContaining('https://github.com/lab/grids/settings/actions'),
  });
  expect(facts.workflows.known).toBe(true);
});

test('variables of the organization that nobody may see do not hide those of the repository', async () => {
  const { gather } = await fakeGithub({ ...answers, 'actions/organization-variables': 403 });
  expect((await gather()).variables).toEqual(known(new Map([['AWS_ROLE', 'own']])));
});

test('a wrong token is called one, and an answer of another shape is not guessed at', async () => {
  const { gather } = await fakeGithub({
    ...answers,
    environments: 401,
    'actions/workflows': { workflows: 'many' },
  });
  const { environments, workflows } = await gather();
  expect(environments).toMatchObject({ known: false, why: expect.stringContaining('token') });
  expect(workflows).toMatchObject({ known: false, why: expect.stringContaining('documents') });
});
