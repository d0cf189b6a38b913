import { describe, expect, test } from 'vitest';
import { Scene } from './scene.ts';

describe('DescribeJobs (AB 2.5)', () => {
  test('takes up to 100 ids', async () => {
    const at = new Scene();
    const id = await at.submit();
    expect(await at.describe(...Array(100).fill(id))).toHaveLength(100);
    await expect(at.describe(...Array(101).fill(id))).rejects.toMatchObject({ name: 'ClientException' });
  });

  test('leaves out what it does not know, without a word', async () => {
    const at = new Scene();
    const id = await at.array(2);
    at.pass();
    const known = await at.describe('unknown', id, `${id}:1`, `${id}:2`, `${id}:x`);
    expect(known.map(({ jobId }) => jobId)).toEqual([id, `${id}:1`]);
  });

  test('forgets what ended more than 7 days ago (AB 2.3)', async () => {
    const at = new Scene();
    const { id, attempt } = await at.running({ jobName: 'old' });
    attempt.exit(0);
    at.pass(7 * 24 * 3600);
    expect(await at.describe(id)).toHaveLength(1);
    at.pass(1);
    expect(await at.describe(id)).toEqual([]);
    const filters = [{ name: 'JOB_NAME', values: ['old'] }];
    expect(await at.listed({ jobQueue: 'queue', filters })).toEqual([]);
  });

  test('forgets a child 7 days after its own end', async () => {
    const at = new Scene();
    const id = await at.array(2);
    at.pass();
    at.started[0]?.exit(1);
    at.pass(7 * 24 * 3600 + 1);
    expect(await at.describe(id, `${id}:0`, `${id}:1`)).toMatchObject([{ jobId: id }, { jobId: `${id}:1` }]);
    expect(await at.listed({ arrayJobId: id, jobStatus: 'FAILED' })).toEqual([]);
  });

  test('shows queue, definition and overrides, also of a parent', async () => {
    const at = new Scene();
    const environment = [{ name: 'MUSTER_RUN', value: 'run-1' }];
    const id = await at.array(2, { containerOverrides: { environment }, tags: { run: '1' } });
    expect(await at.the(id)).toMatchObject({
      jobQueue: 'arn:aws:batch:us-east-1:123456789012:job-queue/queue',
      jobDefinition: 'arn:aws:batch:us-east-1:123456789012:job-definition/demo:1',
      arrayProperties: { size: 2 },
      container: { environment: [{ name: 'FROM', value: 'definition' }, ...environment] },
      tags: { run: '1' },
    });
  });

  test('shows a variable that the submission overrides once, with its value', async () => {
    const at = new Scene();
    const environment = [{ name: 'FROM', value: 'submission' }];
    const { container } = await at.the(await at.submit({ containerOverrides: { environment } }));
    expect(container?.environment).toEqual(environment);
  });

  test('shows the index of a child, and no tags of its parent (AB 2.7)', async () => {
    const at = new Scene();
    const id = await at.array(2, { tags: { run: '1' } });
    at.pass();
    const child = await at.the(`${id}:1`);
    expect(child.arrayProperties).toEqual({ index: 1 });
    expect(child.tags).toEqual({});
  });

  test('shows every attempt with its own log stream and times in milliseconds (AB 8)', async () => {
    const at = new Scene();
    const { id, attempt } = await at.running({ retryStrategy: { attempts: 2 } });
    const began = at.timeline.now();
    at.pass(10);
    attempt.exit(75, 'a reason');
    at.pass(5);
    at.latest.exit(0);
    const { attempts = [], container } = await at.the(id);
    expect(attempts).toMatchObject([
      { startedAt: began, stoppedAt: began + 10_000, container: { exitCode: 75, reason: 'a reason' } },
      { startedAt: began + 10_000, stoppedAt: began + 15_000, container: { exitCode: 0 } },
    ]);
    const [first, second] = attempts.map((one) => one.container?.logStreamName);
    expect(first).toMatch(/^demo\/default\/[0-9a-f]{32}$/);
    expect(second).not.toBe(first);
    expect(container?.logStreamName).toBe(second);
  });

  test('has no log stream before the container runs, and no attempt before it has ended', async () => {
    const at = new Scene({ lags: { starting: 10 } });
    const id = await at.submit();
    at.pass(1);
    expect((await at.the(id)).container?.logStreamName).toBeUndefined();
    at.pass(9);
    const running = await at.the(id);
    expect(running.container?.logStreamName).toBeDefined();
    expect(running.attempts).toEqual([]);
  });

  test('has no start of a parent, nor of a child that waits', async () => {
    const at = new Scene();
    at.batch.hold('queue', 'UNDETERMINED - held by the test');
    const id = await at.array(2);
    at.pass();
    for (const { startedAt } of await at.describe(id, `${id}:0`)) expect(startedAt).toBeUndefined();
  });
});
