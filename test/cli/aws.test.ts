import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AwsPlace, toyImage } from './aws-place.ts';

describe('a run on AWS Batch and S3', () => {
  let aws: AwsPlace;
  let run = 'none';
  beforeAll(async () => {
    aws = await AwsPlace.open();
  });
  afterAll(() => aws[Symbol.asyncDispose]());
  const muster = (...args: readonly string[]) => aws.place.muster(...args);

  it('is planned with its price before anything is asked for', async () => {
    const text = await aws.place.good('plan', 'toy');
    expect(text).toContain('c7a');
    expect(aws.batch.jobIds).toEqual([]);
    expect(aws.keys).toEqual([]);
  });

  it('is followed to its end, and ends with 1 where combinations failed', async () => {
    aws.place.write('diary.txt.broken', '3\n');
    const { code, stdout, stderr } = await muster('run', 'toy', '--every', '1s');
    expect({ code, stderr }).toMatchObject({ code: 1 });
    run = /(toy-\w+): 10 of 12 succeeded, 2 failed\n/.exec(stdout)?.[1] ?? 'none';
    expect(run).not.toBe('none');
    expect(aws.batch.jobIds).toHaveLength(1);
  });

  it('ran its program in the pinned image, and says so in its record', async () => {
    const record = JSON.parse(Buffer.from(aws.object(`runs/${run}/run.json`)).toString());
    expect(record.images.toy).toMatchObject({ reference: toyImage, identity: '7'.repeat(64) });
    expect(record.provenance.engine).toBe('aws-batch');
  });

  it('leaves no engine on this machine', () => {
    expect(aws.place.files('.muster/engine')).toEqual([]);
    expect(aws.place.files('.muster/store')).toEqual([]);
  });

  it('is listed, shown and explained from the store', async () => {
    expect(await aws.place.good('ls')).toMatch(new RegExp(`^${run} +published +10 of 12`, 'm'));
    expect(await aws.place.good('status', 'toy')).toContain(run);
    expect(await aws.place.good('explain', 'toy')).toContain('the program exited with 3');
    expect(await aws.place.good('logs', 'toy', 'n3_left')).toContain('no luck with 3');
  });

  it('runs the failed combinations again as another job, and is complete', async () => {
    rmSync(join(aws.place.root, 'diary.txt.broken'));
    const before = aws.place.noted().length;
    await aws.place.good('rerun', run, '--select', 'failed', '--no-wait');
    expect(aws.batch.jobIds).toHaveLength(2);
    expect(await aws.place.good('watch', run, '--follow', '--every', '1s')).toContain('12 of 12 succeeded');
    expect(aws.place.noted().slice(before).sort()).toEqual(['3 left', '3 right']);
    expect(aws.batch.jobIds).toHaveLength(2);
  });

  it('is published once, however often it is asked for', async () => {
    const before = aws.keys;
    expect(await aws.place.good('publish', run)).toContain('12 of 12');
    expect(aws.keys).toEqual(before);
  });

  it('is fetched and verified on a machine that has nothing but the configuration', async () => {
    rmSync(join(aws.place.root, '.muster'), { recursive: true });
    await aws.place.good('fetch', run, '--to', join(aws.place.root, 'fetched'));
    expect(JSON.parse(aws.place.read('fetched/n3_left/answer.json'))).toEqual({ twice: 6 });
    expect(await aws.place.good('verify', run, '--read')).toContain('all as published');
    expect(await aws.place.good('verify', run, '--local', join(aws.place.root, 'fetched'))).toContain(
      'all as published',
    );
  });

  it('does nothing when it is run again', async () => {
    const noted = aws.place.noted().length;
    expect(await aws.place.good('run', 'toy', '--every', '1s')).toContain('12 of 12 succeeded');
    expect(aws.place.noted()).toHaveLength(noted);
    expect(aws.batch.jobIds).toHaveLength(2);
  });

  it('of one slice is a plain job', async () => {
    const stdout = await aws.place.good('run', 'toy', '--set', 'scale=2', '--limit', '2', '--every', '1s');
    expect(stdout).toContain('2 of 2 succeeded');
    const [job] = aws.describe(aws.batch.jobIds.at(-1) ?? '');
    expect(job).toMatchObject({ status: 'SUCCEEDED' });
    expect(job?.arrayProperties).toBeUndefined();
  });
});

it('slices of this machine keep everything in the bucket too', async () => {
  await using aws = await AwsPlace.open();
  expect(await aws.place.good('run', 'toy', '--engine', 'local')).toContain('12 of 12 succeeded');
  expect(aws.keys.filter((key) => key.endsWith('answer.json'))).toHaveLength(12);
  expect(aws.batch.jobIds).toEqual([]);
  expect(aws.place.files('.muster/store')).toEqual([]);
});

describe('the array goes on', () => {
  let aws: AwsPlace;
  beforeAll(async () => {
    aws = await AwsPlace.open();
    aws.place.program('toy', waiting);
  });
  afterAll(() => aws[Symbol.asyncDispose]());

  it('after Ctrl-C, which says how to come back and ends with 130', async () => {
    const { child, ended } = aws.place.start('run', 'toy', '--limit', '2', '--every', '1s');
    await until(() => aws.place.noted().length > 0);
    child.kill('SIGINT');
    const { code, stderr } = await ended;
    expect(code).toBe(130);
    const run = /To come back with: muster watch (toy-\w+) --follow\n/.exec(stderr)?.[1] ?? 'none';
    expect(stderr).toContain(`To stop them: muster cancel ${run}\n`);
    expect(aws.batch.requests.get('TerminateJob') ?? 0).toBe(0);
    expect(await aws.place.good('status', run)).toContain('running');
  });

  it('when its follower may look no more, which ends with 3 and says how to come back', async () => {
    aws.batch.faults = ({ operation }) => (operation === 'DescribeJobs' ? 'expired' : undefined);
    const { code, stderr } = await aws.place.muster('watch', '--follow', '--every', '1s');
    aws.batch.faults = undefined;
    expect(stderr).toContain('its slices go on; come back with: muster watch --follow');
    expect(stderr).toContain('the credentials have expired');
    expect(code).toBe(3);
  });

  it('until it is cancelled, which publishes what succeeded', async () => {
    const { code, stdout } = await aws.place.muster('cancel', 'toy', '--reason', 'wrong grid');
    expect(stdout).toMatch(/0 of 2 succeeded, 2 missing\nstopped wrong grid/);
    expect(code).toBe(1);
  });
});

it('a run that nothing can start says why to whoever asks', async () => {
  await using aws = await AwsPlace.open();
  aws.batch.hold(
    'spot',
    'MISCONFIGURATION:JOB_RESOURCE_REQUIREMENT - The job resource requirement is too high.',
  );
  await aws.place.good('launch', 'toy');
  expect(await aws.place.good('explain', 'toy')).toContain(
    'no instance type of the compute environments can hold one slice',
  );
});

it('a follower tells once what AWS refuses, and goes on when that is mended', async () => {
  await using aws = await AwsPlace.open();
  aws.batch.faults = ({ operation }) => (operation === 'SubmitJob' ? 'denied' : undefined);
  const { ended } = aws.place.start('run', 'toy', '--every', '1s');
  await until(() => (aws.batch.requests.get('SubmitJob') ?? 0) > 2);
  aws.batch.faults = undefined;
  const { code, stderr } = await ended;
  expect(stderr.match(/The role needs batch:SubmitJob/g)).toHaveLength(1);
  expect(stderr).toMatch(/More: muster explain toy-\w+/);
  expect(code).toBe(0);
});

/** Ends when it is told to. */
const waiting = `echo "$1 $2" >> "$MUSTER_TEST_DIARY"
trap 'exit 143' TERM
while :; do sleep 0.05; done
`;

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await sleep(20);
}
