import type { ComputeResource } from '@aws-sdk/client-batch';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { PreflightReport, Tally } from '../../src/preflight/report.ts';
import { AwsPlace } from './aws-place.ts';
import { toyPlace } from './place.ts';

type Printed = PreflightReport & { readonly tally: Tally };
// What our own command prints.
const parsed = (text: string) => JSON.parse(text) as Printed;

/** An environment that holds no slice. */
const tooSmall: ComputeResource = {
  ...{
    type: 'EC2',
    maxvCpus: 0,
    subnets: ['subnet-0'],
    instanceTypes: ['c7a'],
    instanceRole: 'ecsInstanceRole',
  },
};

describe('an account that lets nobody look', () => {
  let aws: AwsPlace;
  beforeAll(async () => {
    aws = await AwsPlace.open();
  });
  afterAll(() => aws[Symbol.asyncDispose]());

  test('refused calls leave their checks undone and the others done, and that is no error', async () => {
    const { code, stdout } = await aws.place.muster('preflight', 'toy', '--json');
    const { checks, tally } = parsed(stdout);
    expect(code).toBe(0);
    expect(tally.errors).toBe(0);
    const undone = checks.filter(({ notDone }) => notDone.length > 0).map(({ group }) => group);
    const groups = ['identity', 'network', 'queue', 'fit', 'image', 'quotas'];
    expect([...new Set(undone)]).toEqual(expect.arrayContaining(groups));
    expect(checks.find(({ check }) => check === 'queues')).toMatchObject({ findings: [], notDone: [] });
  });

  test('what it is about is told: the grid, or nothing without one', async () => {
    expect(parsed(await aws.place.good('preflight', 'toy', '--json')).grids).toEqual(['grids/toy.yaml']);
    expect(parsed(await aws.place.good('preflight', '--json')).grids).toEqual([]);
  });

  test('nothing is written, and no object is tried without --probe', async () => {
    const before = aws.keys;
    await aws.place.good('preflight', 'toy');
    expect(aws.keys).toEqual(before);
    const calls = parsed(await aws.place.good('preflight', 'toy', '--json')).calls;
    expect(calls['S3:PutObject']).toBeUndefined();
    const probed = parsed(await aws.place.good('preflight', 'toy', '--probe', '--json')).calls;
    expect(probed['S3:PutObject']).toBeGreaterThan(0);
    expect(aws.keys).toEqual(before);
  });

  test('the number of calls is printed', async () => {
    expect(await aws.place.good('preflight', 'toy')).toMatch(/ not done · \d+ API calls\n$/);
  });

  test('--only shows one group', async () => {
    const { checks } = parsed(await aws.place.good('preflight', 'toy', '--only', 'definition', '--json'));
    expect(new Set(checks.map(({ group }) => group))).toEqual(new Set(['definition']));
  });

  test('a group that does not exist is refused with those that do', async () => {
    const { code, stderr } = await aws.place.muster('preflight', '--only', 'weather');
    expect([code, stderr]).toEqual([2, expect.stringContaining('network')]);
  });

  test.each(['machine', 'repository'])('the group %s is of doctor, and refused', async (group) => {
    expect((await aws.place.muster('preflight', '--only', group)).code).toBe(2);
  });

  test('--markdown is for a summary, and is not JSON at the same time', async () => {
    expect(await aws.place.good('preflight', 'toy', '--markdown')).toMatch(
      /^\*\*Not known: \d+ of \d+ checks/,
    );
    expect((await aws.place.muster('preflight', '--markdown', '--json')).code).toBe(2);
  });

  test('a grid that does not exist costs no call', async () => {
    const before = aws.batch.requests.size;
    expect((await aws.place.muster('preflight', 'nothing')).code).toBe(2);
    expect(aws.batch.requests.size).toBe(before);
  });
});

test('an error ends the command with 2 and shows what mends it', async () => {
  await using aws = await AwsPlace.open();
  aws.batch.setQueue('spot', { state: 'DISABLED' });
  const { code, stdout } = await aws.place.muster('preflight', '--only', 'queue');
  expect(code).toBe(2);
  expect(stdout).toMatch(/error queue-disabled: .*spot/);
  expect(stdout).toContain('aws batch update-job-queue --region us-east-1');
});

test('an error that --only hides ends the command with 2 all the same, and is counted', async () => {
  await using aws = await AwsPlace.open();
  aws.batch.setQueue('spot', { state: 'DISABLED' });
  const { code, stdout } = await aws.place.muster('preflight', '--only', 'definition');
  expect(code).toBe(2);
  expect(stdout).toMatch(/^Not shown: 1 error/m);
  const told = await aws.place.muster('preflight', '--only', 'definition', '--json');
  expect(parsed(told.stdout).tally.errors).toBe(1);
});

test('without credentials there is one message, and nothing is asked', async () => {
  await using aws = await AwsPlace.open({ credentials: false });
  const { code, stdout, stderr } = await aws.place.muster('preflight');
  expect([code, stdout]).toEqual([2, '']);
  expect(stderr.split('\n').filter((line) => line.includes('credentials')).length).toBe(1);
  expect(aws.batch.requests.size).toBe(0);
});

test('where slices run on this machine there is no account to look at', async () => {
  using place = toyPlace();
  const { code, stderr } = await place.muster('preflight');
  expect([code, stderr]).toEqual([2, expect.stringContaining('muster doctor')]);
});

describe('a launch on AWS Batch', () => {
  test('is refused where slices would not run, before anything is written', async () => {
    await using aws = await AwsPlace.open();
    aws.batch.setEnvironment('spot', { computeResources: tooSmall });
    const { code, stderr } = await aws.place.muster('launch', 'toy');
    expect(code).toBe(2);
    expect(stderr).toMatch(/^error [a-z-]+: .*spot/m);
    expect(stderr).toContain('Nothing was submitted');
    expect(aws.keys.filter((key) => key.startsWith('runs/'))).toEqual([]);
    expect(aws.batch.jobIds).toEqual([]);
  });

  test('goes on without looking with --no-preflight', async () => {
    await using aws = await AwsPlace.open();
    aws.batch.setEnvironment('spot', { computeResources: tooSmall });
    aws.batch.hold('spot', '');
    const { code } = await aws.place.muster('launch', 'toy', '--no-preflight');
    expect(code).toBe(0);
    expect(aws.batch.requests.get('DescribeLogGroups')).toBeUndefined();
    expect(aws.batch.jobIds.length).toBeGreaterThan(0);
  });

  test('says in one line what could not be looked at, and leaves no trace of its probe', async () => {
    await using aws = await AwsPlace.open();
    aws.batch.hold('spot', '');
    const { code, stderr } = await aws.place.muster('launch', 'toy');
    expect(code).toBe(0);
    const lines = stderr.split('\n').filter((line) => line.startsWith('preflight: '));
    expect(lines).toEqual([expect.stringContaining('not done without ec2:Describe')]);
    expect(aws.keys.filter((key) => key.includes('preflight'))).toEqual([]);
  });

  test('of a run that is under way does not ask whether it could begin', async () => {
    await using aws = await AwsPlace.open();
    aws.batch.hold('spot', '');
    await aws.place.good('launch', 'toy');
    aws.batch.setEnvironment('spot', { computeResources: tooSmall });
    const { code, stderr } = await aws.place.muster('launch', 'toy');
    expect([code, stderr]).toEqual([0, expect.not.stringContaining('preflight')]);
  });
});
