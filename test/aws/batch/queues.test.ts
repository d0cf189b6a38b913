import {
  DescribeComputeEnvironmentsCommand,
  DescribeJobQueuesCommand,
  GetJobQueueSnapshotCommand,
} from '@aws-sdk/client-batch';
import { describe, expect, test } from 'vitest';
import { Scene } from './scene.ts';

const code = 'CAPACITY:INSUFFICIENT_INSTANCE_CAPACITY - Service cannot fulfill the capacity requested';

describe('The head of a queue (AB 4.5)', () => {
  test('alone is told why it waits', async () => {
    const at = new Scene();
    at.batch.hold('queue', code);
    const id = await at.array(2);
    const behind = await at.submit();
    at.pass();
    const reasons = (await at.describe(`${id}:0`, `${id}:1`, behind, id)).map((one) => one.statusReason);
    expect(reasons).toEqual([code, undefined, undefined, undefined]);
  });

  test('may wait without a word', async () => {
    const at = new Scene();
    at.batch.hold('queue', '');
    const id = await at.submit();
    at.pass();
    expect((await at.the(id)).status).toBe('RUNNABLE');
    expect((await at.the(id)).statusReason).toBeUndefined();
  });

  test('goes on when it is let, and everything behind it', async () => {
    const at = new Scene();
    at.batch.hold('queue', code);
    const id = await at.array(2);
    at.pass();
    at.batch.release('queue');
    at.pass();
    expect(await at.summary(id)).toEqual({ RUNNING: 2 });
    expect((await at.the(`${id}:0`)).statusReason).toBeUndefined();
  });

  test('blocks everything behind it when it can never be placed, and is told so later (AB 1.10)', async () => {
    const at = new Scene({ queues: [{ name: 'queue', vcpus: 4 }], lags: { diagnosis: 600 } });
    const resourceRequirements = [{ type: 'VCPU' as const, value: '5' }];
    const id = await at.submit({ containerOverrides: { resourceRequirements } });
    const behind = await at.submit();
    at.pass(599);
    expect((await at.the(id)).statusReason).toBeUndefined();
    at.pass(1);
    expect((await at.the(id)).statusReason).toMatch(/^MISCONFIGURATION:COMPUTE_ENVIRONMENT_MAX_RESOURCE /);
    expect(await at.status(behind)).toBe('RUNNABLE');
  });
});

describe('A limit of the time at the head (AB 4.5)', () => {
  const action = {
    reason: 'CAPACITY:INSUFFICIENT_INSTANCE_CAPACITY',
    state: 'RUNNABLE' as const,
    maxTimeSeconds: 600,
    action: 'CANCEL' as const,
  };

  test('cancels what has blocked the queue for so long, for that reason', async () => {
    const at = new Scene();
    at.batch.setQueue('queue', { jobStateTimeLimitActions: [action] });
    at.batch.hold('queue', code);
    const id = await at.submit();
    const next = await at.submit();
    at.pass(599);
    expect(await at.status(id)).toBe('RUNNABLE');
    at.pass(1);
    expect(await at.the(id)).toMatchObject({
      status: 'FAILED',
      statusReason: `Canceled by JobStateTimeLimit action due to reason: ${action.reason}`,
      isCancelled: true,
    });
    expect(await at.the(next)).toMatchObject({ status: 'RUNNABLE', statusReason: code });
  });

  test('leaves alone what waits for another reason', async () => {
    const at = new Scene();
    at.batch.setQueue('queue', { jobStateTimeLimitActions: [action] });
    at.batch.hold('queue', 'UNDETERMINED - Batch job is blocked, root cause is undetermined.');
    const id = await at.submit();
    at.pass(3600);
    expect(await at.status(id)).toBe('RUNNABLE');
  });
});

describe('A queue', () => {
  test('that is disabled lets what is in it finish (AB 4.1)', async () => {
    const at = new Scene();
    const id = await at.submit();
    at.batch.setQueue('queue', { state: 'DISABLED' });
    at.pass();
    expect(await at.status(id)).toBe('RUNNING');
  });

  test('places nothing while its environment is invalid', async () => {
    const at = new Scene();
    at.batch.setEnvironment('queue', { status: 'INVALID' });
    const id = await at.submit();
    at.pass();
    expect(await at.status(id)).toBe('RUNNABLE');
    at.batch.setEnvironment('queue', { status: 'VALID' });
    at.pass();
    expect(await at.status(id)).toBe('RUNNING');
  });

  test('is described by name or ARN, and left out where it does not exist (AB 4.1)', async () => {
    const at = new Scene();
    const jobQueues = ['arn:aws:batch:us-east-1:123456789012:job-queue/queue', 'fair', 'other'];
    const found = await at.client.send(new DescribeJobQueuesCommand({ jobQueues }));
    expect(found.jobQueues).toMatchObject([
      { jobQueueName: 'queue', state: 'ENABLED', status: 'VALID', jobQueueType: 'ECS' },
      {
        jobQueueName: 'fair',
        schedulingPolicyArn: 'arn:aws:batch:us-east-1:123456789012:scheduling-policy/shares',
      },
    ]);
  });

  test('leads to its environment, with what a test says of it', async () => {
    const at = new Scene();
    at.batch.setEnvironment('queue', { status: 'INVALID', statusReason: 'CLIENT_ERROR - not authorized' });
    const queues = await at.client.send(new DescribeJobQueuesCommand({ jobQueues: ['queue'] }));
    const environment = queues.jobQueues?.[0]?.computeEnvironmentOrder?.[0]?.computeEnvironment ?? '';
    const found = await at.client.send(
      new DescribeComputeEnvironmentsCommand({ computeEnvironments: [environment] }),
    );
    expect(found.computeEnvironments).toMatchObject([
      {
        computeEnvironmentArn: environment,
        status: 'INVALID',
        statusReason: 'CLIENT_ERROR - not authorized',
      },
    ]);
  });

  test('shows the first 100 that wait in order, and what is in use', async () => {
    const at = new Scene({ queues: [{ name: 'queue', vcpus: 1 }] });
    const first = await at.array(3);
    at.pass();
    const second = await at.array(200);
    at.pass();
    const { frontOfQueue, queueUtilization } = await at.client.send(
      new GetJobQueueSnapshotCommand({ jobQueue: 'queue' }),
    );
    const waiting = frontOfQueue?.jobs?.map(({ jobArn }) => jobArn?.split('/')[1]) ?? [];
    expect(waiting.slice(0, 3)).toEqual([`${first}:1`, `${first}:2`, `${second}:0`]);
    expect(waiting).toHaveLength(100);
    expect(queueUtilization?.totalCapacityUsage).toEqual([{ capacityUnit: 'VCPU', quantity: 1 }]);
  });
});
