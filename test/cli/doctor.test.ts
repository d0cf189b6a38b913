import { execFileSync } from 'node:child_process';
import { createServer } from 'node:http';
import { expect, onTestFinished, test } from 'vitest';
import type { Check } from '../../src/preflight/finding.ts';
import { AwsPlace } from './aws-place.ts';
import { type Place, toyPlace } from './place.ts';

const quiet = {
  ...{ GITHUB_TOKEN: undefined, GH_TOKEN: undefined, GITHUB_REPOSITORY: undefined, AWS_PROFILE: undefined },
  ...{ MUSTER_STORE: undefined, MUSTER_ENGINE: undefined, MUSTER_STAGE: undefined, MUSTER_REGION: undefined },
};

async function examine(place: Place, ...args: readonly string[]) {
  const { code, stdout, stderr } = await place.muster('doctor', '--json', ...args);
  if (stdout === '') throw new Error(stderr);
  // What our own command prints.
  const { checks } = JSON.parse(stdout) as { readonly checks: readonly Check[] };
  const errors = checks.flatMap(({ findings }) => findings.filter(({ severity }) => severity === 'error'));
  return { code, checks, errors: errors.map((finding) => finding.code) };
}

test('a folder on one machine needs neither AWS nor GitHub', async () => {
  using place = toyPlace(quiet);
  const { code, checks, errors } = await examine(place);
  expect([code, errors]).toEqual([0, []]);
  const idle = checks.filter(({ nothing }) => nothing !== undefined).map(({ check }) => check);
  expect(idle).toEqual(expect.arrayContaining(['credentials', 'muster-yaml', 'github']));
});

test('it leaves nothing behind', async () => {
  using place = toyPlace(quiet);
  const before = place.files('.');
  await place.good('doctor');
  expect(place.files('.')).toEqual(before);
});

test('a wrong muster.yaml is a finding with its line, and the machine is looked at all the same', async () => {
  using place = toyPlace(quiet);
  place.write('muster.yaml', 'engine: local\nwatch: { every: often }\n');
  const { code, checks, errors } = await examine(place);
  expect([code, errors]).toEqual([2, ['muster-yaml']]);
  const [finding] = checks.flatMap(({ findings }) => findings.filter((one) => one.code === 'muster-yaml'));
  expect(finding?.about).toBe('muster.yaml:2');
  expect(checks.find(({ check }) => check === 'scratch')?.nothing).toBeUndefined();
});

test('on AWS it says where credentials and region come from, and lists the store', async () => {
  await using aws = await AwsPlace.open();
  const { code, checks } = await examine(aws.place);
  expect(code).toBe(0);
  const titles = checks.map(({ title }) => title);
  expect(titles).toContain('There are credentials for AWS, from AWS_ACCESS_KEY_ID of the environment');
  expect(titles).toContain('The region is that of the queues: us-east-1, from muster.yaml:3');
  expect(checks.find(({ check }) => check === 'store')).toMatchObject({ findings: [], notDone: [] });
});

test('without credentials that is the one error', async () => {
  await using aws = await AwsPlace.open({ credentials: false });
  const { code, checks, errors } = await examine(aws.place);
  expect([code, errors]).toEqual([2, ['no-credentials']]);
  expect(checks.find(({ check }) => check === 'store')?.nothing).toBe('there are no credentials for AWS');
});

test('a store that refuses is told', async () => {
  await using aws = await AwsPlace.open();
  const { code, errors } = await examine(aws.place, '--store', 's3://nobodys/ensembles');
  expect([code, errors]).toEqual([2, ['store-silent']]);
});

async function besideGithub(remote: string) {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(request.url ?? '');
    response.writeHead(403, { 'content-type': 'application/json' }).end('{}');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The server has no port');
  using place = toyPlace({
    ...{ ...quiet, GH_TOKEN: 't0ken', GITHUB_SERVER_URL: undefined },
    GITHUB_API_URL: `http://127.0.0.1:${address.port}`,
  });
  const git = (...args: readonly string[]) => execFileSync('git', ['-C', place.root, ...args]);
  git('init', '--quiet');
  git('remote', 'add', 'origin', remote);
  return { asked, ...(await examine(place)) };
}

test('with a token the repository of the remote is asked for', async () => {
  const { asked, code, checks } = await besideGithub('git@github.com:lab/grids.git');
  expect(code).toBe(0);
  expect(checks.find(({ check }) => check === 'pull-requests')?.notDone).toHaveLength(1);
  expect(asked.length).toBeGreaterThan(0);
  expect(asked.every((path) => path.startsWith('/repos/lab/grids'))).toBe(true);
});

test('a repository that is not on GitHub is not asked for there', async () => {
  const { asked, checks } = await besideGithub('git@gitlab.com:lab/grids.git');
  expect(asked).toEqual([]);
  expect(checks.find(({ check }) => check === 'github')?.nothing).toContain('gitlab.com');
});
