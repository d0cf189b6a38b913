import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { S3Fault } from '../aws/s3/faults.ts';
import { AwsPlace, musterYaml } from './aws-place.ts';

describe('trouble with AWS', () => {
  let aws: AwsPlace;
  beforeAll(async () => {
    aws = await AwsPlace.open();
  });
  afterEach(() => {
    aws.place.write('muster.yaml', musterYaml);
    aws.batch.setQueue('spot', { state: 'ENABLED', status: 'VALID' });
    aws.batch.faults = undefined;
    aws.s3.faults = () => undefined;
  });
  afterAll(() => aws[Symbol.asyncDispose]());

  /** What `muster run` says before it has written or submitted anything. */
  async function refusal(...options: readonly string[]): Promise<readonly [number | null, string]> {
    const { code, stdout, stderr } = await aws.place.muster('run', 'toy', ...options);
    expect(stdout).toBe('');
    expect(stderr).not.toContain('    at ');
    expect(aws.keys).toEqual([]);
    expect(aws.batch.jobIds).toEqual([]);
    expect(aws.place.files('.muster/store')).toEqual([]);
    return [code, stderr];
  }

  const queueTrouble: [string, Parameters<AwsPlace['batch']['setQueue']>[1], RegExp][] = [
    ['disabled', { state: 'DISABLED' }, /job queue spot is disabled[\s\S]*aws batch update-job-queue/],
    ['invalid', { status: 'INVALID', statusReason: 'no such role' }, /is INVALID \("no such role"\)/],
  ];
  it.each(queueTrouble)('a queue that is %s is told with what enables it', async (_what, detail, words) => {
    aws.batch.setQueue('spot', detail);
    const [code, text] = await refusal();
    expect(text).toMatch(words);
    expect(code).toBe(2);
  });

  it.each([
    ['a queue that is not there', ['job-queue/spot', 'job-queue/spt'], 'there is no job queue', 2],
    ['a bucket that is not there', ['s3://lab', 's3://bal'], 'there is no such bucket', 3],
    ['an image that nobody pushed', ['{ toy:', '{ yot:'], 'image `toy` has no reference', 2],
    [
      'no queue at all',
      [/queues:[\s\S]*images/, 'images'],
      'muster.yaml:2:9: the engine `aws-batch` needs',
      2,
    ],
    ['a folder as the store', ['s3://lab/ensembles', '/tmp/x'], 'muster.yaml:1:8: the engine', 2],
  ] as const)('%s is told', async (_what, [from, to], words, expected) => {
    aws.place.write('muster.yaml', musterYaml.replace(from, to));
    const [code, text] = await refusal();
    expect(text).toContain(words);
    expect(code).toBe(expected);
  });

  it('a plan says that its image was not pushed', async () => {
    aws.place.write('muster.yaml', musterYaml.replace('{ toy:', '{ yot:'));
    const text = await aws.place.good('plan', 'toy');
    expect(text).toMatch(/^grids\/toy\.yaml: This cannot be launched yet: image `toy` has no reference/);
    aws.place.write('muster.yaml', musterYaml);
    expect(await aws.place.good('plan', 'toy')).not.toContain('cannot be launched');
  });

  it.each([
    ['--containers', '`--containers` is about this machine'],
    ['--parallel=2', '`--parallel` is about this machine'],
  ])('%s has no place there', async (option, words) => {
    const [code, text] = await refusal(option);
    expect(text).toContain(words);
    expect(code).toBe(2);
  });

  it('a right that is missing is named', async () => {
    aws.batch.faults = ({ operation }) => (operation === 'DescribeJobQueues' ? 'denied' : undefined);
    const [code, text] = await refusal();
    expect(text).toContain('The role needs batch:DescribeJobQueues');
    expect(code).toBe(3);
  });

  const storeTrouble: [string, S3Fault, string][] = [
    ['a right', { kind: 'refused', status: 403, code: 'AccessDenied' }, 's3:GetObject'],
    [
      'credentials that have not expired',
      { kind: 'refused', status: 400, code: 'ExpiredToken' },
      'the credentials have expired',
    ],
    [
      'a clock that is right',
      {
        kind: 'refused',
        status: 403,
        code: 'RequestTimeTooSkewed',
        headers: { date: 'Fri, 01 Jan 2021 00:00:00 GMT' },
      },
      'the clock of this machine is',
    ],
  ];
  it.each(storeTrouble)('the store wants %s: told with what mends it', async (_what, fault, words) => {
    aws.s3.faults = () => fault;
    const [code, text] = await refusal();
    expect(text).toContain(words);
    expect(code).toBe(3);
  });

  it('more than 10,000 slices are two arrays', async () => {
    aws.place.write('grids/many.yaml', many);
    expect(await aws.place.good('plan', 'many')).toContain('10,001 slices in 2 arrays');
  });

  it('a submission that is refused leaves a run that goes on once it is mended', async () => {
    aws.batch.faults = ({ operation }) => (operation === 'SubmitJob' ? 'denied' : undefined);
    const launched = await aws.place.muster('launch', 'toy');
    expect(launched.stderr).toContain('The role needs batch:SubmitJob');
    expect(launched.stdout).toContain('Slices were refused');
    expect(launched.code).toBe(3);
    expect((await aws.place.muster('watch')).code).toBe(3);
    expect(await aws.place.good('explain', 'toy')).toContain('The role needs batch:SubmitJob');
    aws.batch.faults = undefined;
    expect(await aws.place.good('watch', '--follow', '--every', '1s')).toContain('12 of 12 succeeded');
  });
});

it('a bucket of another region is told with its region', async () => {
  await using aws = await AwsPlace.open({ bucketRegion: 'eu-west-1' });
  const { code, stderr } = await aws.place.muster('run', 'toy');
  expect(stderr).toContain('eu-west-1');
  expect(code).toBe(3);
});

describe('without credentials', () => {
  let aws: AwsPlace;
  beforeAll(async () => {
    aws = await AwsPlace.open({ credentials: false });
  });
  afterAll(() => aws[Symbol.asyncDispose]());

  it.each(['run', 'launch'])('%s says where they come from', async (command) => {
    const { code, stderr } = await aws.place.muster(command, 'toy');
    expect(stderr).toContain('AWS credentials: there are none');
    expect(code).toBe(2);
  });

  it('a plan is made all the same, and says what is unknown', async () => {
    const text = await aws.place.good('plan', 'toy');
    expect(text).toContain('reuse unknown: AWS credentials');
    expect(text).toContain('3 slices in 1 array');
  });
});

it('without a region nothing is asked of the store', async () => {
  await using aws = await AwsPlace.open();
  aws.place.write('muster.yaml', 'store: s3://lab/ensembles\n');
  const { code, stderr } = await aws.place.muster('ls');
  expect(stderr).toContain('no region is set');
  expect(code).toBe(2);
});

const many = `name: many
program: { image: toy, command: [toy, "{x}", left], outputs: [{ path: answer.json, format: json }] }
parameters: { x: { range: { start: 0, stop: 10001 } } }
label: "x{x}"
resources: { vcpus: 1, memory: 64 MiB }
timeout: 30 s
`;
