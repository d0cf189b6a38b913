import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AwsPlace } from './aws-place.ts';

describe('the rights that the guide names are enough', () => {
  let aws: AwsPlace;
  let run = 'none';
  beforeAll(async () => {
    aws = await AwsPlace.open();
  });
  afterAll(() => aws[Symbol.asyncDispose]());

  it('to plan, without any right to AWS Batch', async () => {
    aws.limitTo('The store');
    expect(await aws.place.good('plan', 'toy')).toContain('c7a');
    expect((await aws.place.muster('launch', 'toy')).stderr).toContain('The role needs batch:');
  });

  it('to watch a run to its end, also one that could not be submitted', async () => {
    aws.batch.faults = ({ operation }) => (operation === 'SubmitJob' ? 'denied' : undefined);
    expect((await aws.place.muster('launch', 'toy')).code).toBe(3);
    aws.limitTo('Launch, rerun, watch');
    const [ended] = JSON.parse(await aws.place.good('watch', '--follow', '--every', '1s', '--json'));
    expect(ended).toMatchObject({ succeeded: 12, combinations: 12 });
    run = ended.run;
  });

  it('to publish', async () => {
    aws.limitTo('Cancel, publish');
    const published = JSON.parse(await aws.place.good('publish', run, '--json'));
    expect(published).toMatchObject({ run, outcome: 'published', succeeded: 12, combinations: 12 });
  });

  it('to read logs', async () => {
    aws.limitTo('Logs');
    expect(await aws.place.good('logs', run, 'n3_left')).toContain('3');
  });

  it('to cancel', async () => {
    await using other = await AwsPlace.open();
    const { place } = other;
    place.program('toy', 'echo "$1 $2" >> "$MUSTER_TEST_DIARY"; exec sleep 600\n');
    other.limitTo('Launch, rerun, watch');
    await place.good('launch', 'toy', '--limit', '2');
    while (place.noted().length === 0) await sleep(20);
    other.limitTo('Cancel, publish');
    const cancel = ['cancel', 'toy', '--reason', 'wrong grid', '--every', '1s', '--json'];
    const { stdout, stderr } = await place.muster(...cancel);
    expect(JSON.parse(stdout)).toMatchObject([{ succeeded: 0, stopped: { why: 'wrong grid' } }]);
    expect(stderr).not.toContain('The role needs');
  });
});
