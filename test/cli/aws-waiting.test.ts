import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { AwsPlace } from './aws-place.ts';

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await sleep(20);
}

describe('a follower of slices that do not run', { timeout: 60_000 }, () => {
  it('who leaves is told that nothing goes on where nothing was submitted', async () => {
    await using aws = await AwsPlace.open();
    aws.batch.faults = ({ operation }) => (operation === 'SubmitJob' ? 'denied' : undefined);
    const { child, ended } = aws.place.start('run', 'toy', '--every', '1s');
    await until(() => (aws.batch.requests.get('SubmitJob') ?? 0) > 2);
    child.kill('SIGINT');
    const { code, stderr } = await ended;
    expect(stderr).toMatch(
      /AWS Batch refused the slices, so nothing runs;.* muster watch toy-\w+ --follow\n/,
    );
    expect(stderr).not.toContain('the slices go on');
    expect(code).toBe(130);
  });

  it('is told after some looks what says why', async () => {
    await using aws = await AwsPlace.open();
    aws.batch.hold('spot', 'CAPACITY:INSUFFICIENT_INSTANCE_CAPACITY - none');
    const { child, ended } = aws.place.start('run', 'toy', '--every', '1s');
    await until(() => (aws.batch.requests.get('DescribeJobs') ?? 0) > 7);
    child.kill('SIGINT');
    const { stderr } = await ended;
    expect(stderr.match(/Nothing of toy-\w+ runs at the moment\..* muster explain toy-\w+\n/g)).toHaveLength(
      1,
    );
    expect(stderr).toContain('the slices go on');
  });
});
