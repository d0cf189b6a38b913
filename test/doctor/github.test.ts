import { createServer } from 'node:http';
import { expect, onTestFinished, test } from 'vitest';
import { type GithubFacts, gatherGithub } from '../../src/doctor/github.ts';
import { judgeGithub } from '../../src/doctor/judge-github.ts';
import type { RoleTrust } from '../../src/doctor/oidc-trust.ts';
import { repository } from './repository.ts';

const known = <Value>(value: Value) => ({ known: true, value }) as const;
const subjects = ['repo:lab/grids:', 'repo:lab@7/grids@42:'];

const right: GithubFacts = {
  repository: { owner: 'lab', name: 'grids', server: 'https://github.com' },
  needs: {
    files: ['watch.yml'],
    variables: [{ name: 'AWS_ROLE', neededIn: [''], isRole: true }],
    environments: ['spend'],
  },
  owners: { file: 'CODEOWNERS', text: '* @lab/operators' },
  mayCreatePrs: known(true),
  variables: known(new Map([['AWS_ROLE', 'arn:aws:iam::123456789012:role/launch']])),
  environmentVariables: new Map(),
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

/** Of one variable. */
const needs = (name: string, neededIn: readonly string[], isRole = false) => ({
  ...right.needs,
  variables: [{ name, neededIn, isRole }],
});

const codes = (facts: Partial<GithubFacts>, trusts: readonly RoleTrust[] = trusted) =>
  judgeGithub({ ...right, ...facts }, trusts).flatMap(({ findings }) => findings.map(({ code }) => code));

test('a repository that is set up has no finding', () => {
  expect(codes({})).toEqual([]);
});

test.each<[string, Partial<GithubFacts>]>([
  ['actions-no-prs', { mayCreatePrs: known(false) }],
  ['variable-missing', { variables: known(new Map()), needs: needs('AWS_ROLE', [''], false) }],
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

const refused = {
  known: false,
  action: 'GET /repos/lab/grids/environments/spend/variables',
  why: 'no',
} as const;
const missing = ['variable-missing'];
const has = known(new Map([['BUCKET', 'mine']]));

test.each<[readonly string[], GithubFacts['environmentVariables'], readonly string[]]>([
  [[''], new Map([['spend', has]]), missing],
  [['spend'], new Map([['spend', has]]), []],
  [['spend'], new Map([['spend', known(new Map())]]), missing],
  [['spend'], new Map(), missing],
  [['spend', 'poll'], new Map([['spend', has]]), missing],
  [['*'], new Map([['spend', has]]), []],
  [['*'], new Map([['spend', known(new Map())]]), missing],
  [[], new Map(), []],
])(
  'a variable needed in %j, where environments have %o, gives %j',
  (neededIn, environmentVariables, expected) => {
    const found = codes({ needs: needs('BUCKET', neededIn), environmentVariables }, []);
    expect(found).toEqual(expected);
  },
);

test('a variable of an environment that nobody may look into is not called missing', () => {
  const environmentVariables = new Map([['spend', refused]]);
  const checks = judgeGithub({ ...right, needs: needs('BUCKET', ['spend']), environmentVariables }, []);
  expect(checks.find(({ check }) => check === 'variables')).toMatchObject({
    findings: [],
    notDone: [{ action: refused.action }],
  });
});

test('without credentials for AWS it says so, and not that no role is named', () => {
  const row = judgeGithub(right, 'nobody can ask').find(({ check }) => check === 'oidc-trust');
  expect(row?.nothing).toBe('nobody can ask');
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

/** GitHub as far as its documents tell; `answers` by the path below the repository, and by its page where there are several. */
async function fakeGithub(
  answers: Readonly<Record<string, object | number>>,
  { root = '/nowhere', headers = {} }: { readonly root?: string; readonly headers?: object } = {},
): Promise<Fake> {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '', 'http://localhost');
    asked.push(`${request.headers.authorization} ${pathname}`);
    const path = pathname.replace(/^\/repos\/lab\/grids\/?/, '');
    const found = answers[`${path} ${searchParams.get('page')}`] ?? answers[path] ?? 404;
    const [status, body] = typeof found === 'number' ? [found, { message: 'refused' }] : [200, found];
    response.writeHead(status, { ...headers, 'content-type': 'application/json' }).end(JSON.stringify(body));
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
    gather: () =>
      gatherGithub(root, { token: 't0ken', api, server: 'https://github.com', owner: 'lab', name: 'grids' }),
  };
}

interface Fake {
  /** `token <token> <path>` of each request. */
  readonly asked: readonly string[];
  readonly gather: () => Promise<GithubFacts>;
}

const answers = {
  '': { id: 42, full_name: 'lab/grids', owner: { id: 7 } },
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

test('a limit of requests is no lack of rights', async () => {
  const reset = String(Math.ceil(Date.now() / 1000) + 3600);
  const headers = { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': reset };
  const { gather } = await fakeGithub({ ...answers, 'actions/workflows': 403 }, { headers });
  const { workflows } = await gather();
  expect(workflows).toMatchObject({ known: false, why: expect.stringContaining('rate limit') });
  expect(workflows).not.toMatchObject({ why: expect.stringContaining('administrator') });
});

test('subjects are spelled as GitHub spells the repository, not as the remote does', async () => {
  const whole = { id: 42, full_name: 'Lab/Grids', owner: { id: 7 } };
  const { subject } = await (await fakeGithub({ ...answers, '': whole })).gather();
  expect(subject).toMatchObject({ value: { beginnings: ['repo:Lab/Grids:', 'repo:Lab@7/Grids@42:'] } });
});

const page = (from: number, to: number, total: number) => ({
  total_count: total,
  variables: Array.from({ length: to - from }, (_, at) => ({ name: `V${from + at}`, value: 'x' })),
});

test('lists are read to their end, however few entries a page has', async () => {
  const pages = { 'actions/variables 1': page(0, 30, 45), 'actions/variables 2': page(30, 45, 45) };
  const none = { 'actions/organization-variables': page(0, 0, 0) };
  const { variables } = await (await fakeGithub({ ...answers, ...pages, ...none })).gather();
  expect(variables).toMatchObject({ known: true, value: { size: 45 } });
});

test('a list that ends before its number says does not go on for ever', async () => {
  const pages = { 'actions/variables 1': page(0, 30, 45), 'actions/variables 2': page(0, 0, 45) };
  const none = { 'actions/organization-variables': page(0, 0, 0) };
  const { variables } = await (await fakeGithub({ ...answers, ...pages, ...none })).gather();
  expect(variables).toMatchObject({ known: true, value: { size: 30 } });
});

test('an environment that a workflow names is asked for its own variables, and one that does not exist is not', async () => {
  const text = `jobs: { a: { environment: Spend, steps: [{ with: { x: "\${{ vars.X }}" } }] }, b: { environment: gone } }`;
  const root = repository({ '.github/workflows/a.yml': text });
  const own = { total_count: 1, variables: [{ name: 'x', value: 'own' }] };
  const { gather, asked } = await fakeGithub({ ...answers, 'environments/Spend/variables': own }, { root });
  const { environmentVariables } = await gather();
  expect(environmentVariables).toEqual(new Map([['Spend', known(new Map([['X', 'own']]))]]));
  expect(asked.filter((line) => line.includes('gone'))).toEqual([]);
});
