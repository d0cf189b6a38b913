import { describe, expect, test } from 'vitest';
import { openBatchEngine } from '../../../src/engine/aws-batch/batch-engine.ts';
import type { JobHandle } from '../../../src/engine/engine.ts';
import { RemoteError } from '../../../src/errors.ts';
import { credentials, Scene } from '../../aws/batch/scene.ts';
import type { Script } from './scripted-account.ts';
import { ScriptedAccount } from './scripted-account.ts';

const cluster = 'arn:aws:ecs:us-east-1:123456789012:cluster/AWSBatch-spot-1';

/** An array of three on the reference Batch, whose queue has one environment; other services as a script says. */
async function waiting(script: Script = {}, options: ConstructorParameters<typeof Scene>[0] = {}) {
  const scene = new Scene({ queues: [{ name: 'queue', vcpus: 8 }], ...options });
  const account = new ScriptedAccount(script, scene.batch.requestHandler);
  const engine = await openBatchEngine({
    ...{ aws: { requestHandler: account.requestHandler, credentials }, region: 'us-east-1' },
    ...{ queues: [], logGroup: '/aws/batch/job', roles: {}, environment: {} },
    clock: () => new Date(scene.timeline.now()),
  });
  const queue = 'arn:aws:batch:us-east-1:123456789012:job-queue/queue';
  const submit = async (size = 3): Promise<JobHandle> => {
    const jobId = size === 1 ? await scene.submit() : await scene.array(size);
    scene.pass();
    return { jobId, queue, size };
  };
  return { scene, account, engine, submit };
}

/** Nothing is placed, for no reason that Batch gives. */
function still(scene: Scene, detail = {}) {
  scene.batch.setEnvironment('queue', {
    computeEnvironmentName: 'spot',
    ecsClusterArn: cluster,
    computeResources: {
      ...{ type: 'SPOT', minvCpus: 0, maxvCpus: 8, desiredvCpus: 8, instanceTypes: ['c7a'] },
      subnets: ['subnet-1'],
    },
    ...detail,
  });
  scene.batch.hold('queue', '');
}

const nobodyJoined = { 'ecs:ListContainerInstances': { containerInstanceArns: [] } };
const addresses = {
  'ec2:DescribeSubnets': { subnetSet: [{ subnetId: 'subnet-1', availableIpAddressCount: 50 }] },
};
const groupOf = (...instances: string[]) => ({
  AutoScalingGroups: [
    { AutoScalingGroupName: 'AWSBatch-other-asg', Instances: [{ InstanceId: 'i-9' }] },
    {
      AutoScalingGroupName: 'AWSBatch-spot-asg-1',
      Instances: instances.map((InstanceId) => ({ InstanceId })),
    },
  ],
});
const activities = (...messages: string[]) => ({
  Activities: messages.map((StatusMessage, n) => ({
    ...{ StatusCode: 'Failed', StatusMessage, StartTime: `2026-01-01T00:0${n}:00Z` },
  })),
});

describe('what Batch says itself', () => {
  test('the code of the head of the queue, which need not be child 0, and no look at machines', async () => {
    const { scene, account, engine, submit } = await waiting();
    const handle = await submit(10);
    expect(await engine.explain(handle)).toBeUndefined(); // eight run
    scene.batch.hold('queue', 'MISCONFIGURATION:JOB_RESOURCE_REQUIREMENT – higher than that can be met');
    for (const attempt of [...scene.started]) attempt.exit(0);
    scene.pass(60);
    expect((await engine.explain(handle))?.code).toBe('MISCONFIGURATION:JOB_RESOURCE_REQUIREMENT');
    expect(account.actions.every((action) => action.startsWith('batch:'))).toBe(true);
  });

  test('an invalid environment with its reason', async () => {
    const { scene, engine, submit } = await waiting();
    scene.batch.setEnvironment('queue', { status: 'INVALID', statusReason: 'CLIENT_ERROR - no role' });
    const found = await engine.explain(await submit());
    expect(found).toMatchObject({ code: 'ENVIRONMENT_INVALID', summary: expect.stringContaining('no role') });
  });

  test('who comes first', async () => {
    const { scene, engine, submit } = await waiting();
    still(scene);
    const first = await submit(2);
    const second = await submit(1);
    const found = await engine.explain(second);
    expect(found?.summary).toContain(
      `number 3 of those that wait in queue queue; first is job (${first.jobId}:0)`,
    );
  });

  test('nothing of what has ended', async () => {
    const { scene, engine, submit } = await waiting();
    const handle = await submit(1);
    scene.latest.exit(1);
    scene.pass(60);
    expect(await engine.explain(handle)).toBeUndefined();
  });

  test('that it does not know the job, and then no more is asked', async () => {
    const { account, engine } = await waiting();
    const found = await engine.explain({ jobId: 'nobodys', queue: 'queue', size: 3 });
    expect(found).toMatchObject({ code: 'JOB_UNKNOWN', summary: expect.stringContaining('us-east-1') });
    expect(account.actions.every((action) => action.startsWith('batch:'))).toBe(true);
  });

  test('a child that waits is found without a snapshot, too', async () => {
    const denied = { error: 'AccessDeniedException', status: 403 };
    const { scene, engine, submit } = await waiting({ 'batch:getjobqueuesnapshot': denied });
    const handle = await submit(10);
    scene.batch.hold('queue', 'CAPACITY:INSUFFICIENT_INSTANCE_CAPACITY - none');
    for (const attempt of [...scene.started]) attempt.exit(0);
    scene.pass(60);
    expect((await engine.explain(handle))?.code).toBe('CAPACITY:INSUFFICIENT_INSTANCE_CAPACITY');
  });
});

describe('slices that wait for their turn under `concurrent`', () => {
  const places = {
    consumableResourcePropertiesOverride: {
      consumableResourceList: [{ consumableResource: 'places', quantity: 1 }],
    },
  };
  /** Two arrays of two that share so many places; the first is in front. */
  async function sharing(totalQuantity: number, script: Script = {}) {
    const at = await waiting(script);
    at.scene.batch.call('CreateConsumableResource', { consumableResourceName: 'places', totalQuantity });
    const jobs = [await at.scene.array(2, places), await at.scene.array(2, places)];
    at.scene.pass(20 * 60);
    const [first, second] = jobs.map((jobId) => ({ jobId, queue: 'queue', size: 2 }));
    if (first === undefined || second === undefined) throw new Error('two were submitted');
    return { ...at, first, second };
  }

  test('are not stuck, and no machine is looked at', async () => {
    const { account, engine, first, second } = await sharing(2);
    expect(await engine.explain(first)).toBeUndefined();
    expect(await engine.explain(second)).toMatchObject({
      code: 'CONCURRENCY_USED',
      summary: expect.stringMatching(/lets 2 start and run at once, and 2 do .*places/),
      wait: true,
    });
    expect(account.actions.every((action) => action.startsWith('batch:'))).toBe(true);
  });

  test('are not stuck behind a compute environment that broke meanwhile', async () => {
    const { scene, engine, second } = await sharing(1);
    scene.batch.setEnvironment('queue', { status: 'INVALID' });
    expect((await engine.explain(second))?.code).toBe('CONCURRENCY_USED');
  });

  test('have another cause where there are places left', async () => {
    const { scene, engine, second } = await sharing(3);
    scene.batch.hold('queue', 'CAPACITY:INSUFFICIENT_INSTANCE_CAPACITY - none');
    for (const attempt of [...scene.started]) attempt.exit(0);
    expect((await engine.explain(second))?.code).toBe('CAPACITY:INSUFFICIENT_INSTANCE_CAPACITY');
  });

  test('hold up what comes behind them, which is told so', async () => {
    const { engine, second, submit } = await sharing(2);
    expect(await engine.explain(await submit(1))).toMatchObject({
      code: 'BEHIND_LIMITED',
      summary: expect.stringMatching(new RegExp(`${second.jobId}:0.* own turn: .*places, 2 of 2`)),
      wait: true,
    });
  });

  test('never start where somebody set their limit to nothing', async () => {
    const { engine, first } = await sharing(0);
    expect((await engine.explain(first))?.code).toBe('CONCURRENCY_NONE');
  });

  test('are explained as far as can be without the right to look at the limit', async () => {
    const denied = { error: 'AccessDeniedException', status: 403 };
    const { engine, second } = await sharing(2, { 'batch:describeconsumableresource': denied });
    expect((await engine.explain(second))?.summary).toContain('batch:DescribeConsumableResource');
  });
});

describe('what became of the machines', () => {
  test('launches that fail, of the groups of this environment', async () => {
    const { scene, engine, submit } = await waiting({
      ...{ ...nobodyJoined, ...addresses },
      'autoscaling:DescribeAutoScalingGroups': groupOf(),
      'autoscaling:DescribeScalingActivities': (input) =>
        input instanceof URLSearchParams && input.get('AutoScalingGroupName') === 'AWSBatch-spot-asg-1'
          ? activities('VcpuLimitExceeded')
          : activities('Unsupported'),
    });
    still(scene);
    expect((await engine.explain(await submit()))?.code).toBe('VCPU_QUOTA');
  });

  test('instances that never join, with their age and address', async () => {
    const { scene, engine, submit } = await waiting({
      ...{ ...nobodyJoined, ...addresses },
      'autoscaling:DescribeAutoScalingGroups': groupOf('i-1'),
      'autoscaling:DescribeScalingActivities': activities(),
      'ec2:DescribeInstances': {
        reservationSet: [{ instancesSet: [{ instanceId: 'i-1', launchTime: '2026-01-01T00:01:00Z' }] }],
      },
    });
    still(scene);
    const handle = await submit();
    scene.pass(16 * 60);
    const found = await engine.explain(handle);
    expect(found?.code).toBe('NOT_REGISTERED');
    expect(found?.summary).toMatch(/1 machines .* for 15 min.* 1 of those looked at have no public address/);
  });

  test('subnets without addresses', async () => {
    const { scene, engine, submit } = await waiting({
      ...nobodyJoined,
      'autoscaling:DescribeAutoScalingGroups': groupOf(),
      'autoscaling:DescribeScalingActivities': activities(),
      'ec2:DescribeSubnets': { subnetSet: [{ subnetId: 'subnet-1', availableIpAddressCount: 0 }] },
    });
    still(scene);
    expect((await engine.explain(await submit()))?.code).toBe('NO_ADDRESSES');
  });

  test('machines that are full', async () => {
    const { scene, engine, submit } = await waiting({
      'ecs:ListContainerInstances': { containerInstanceArns: ['arn:1'] },
      'ecs:DescribeContainerInstances': {
        containerInstances: [
          {
            agentConnected: true,
            registeredResources: [
              { name: 'CPU', integerValue: 8192 },
              { name: 'MEMORY', integerValue: 15_000 },
            ],
            remainingResources: [
              { name: 'CPU', integerValue: 0 },
              { name: 'MEMORY', integerValue: 9_000 },
            ],
          },
        ],
      },
    });
    still(scene);
    expect((await engine.explain(await submit()))?.code).toBe('ENVIRONMENT_FULL');
  });
});

describe('an empty page with others behind it', () => {
  /** Pages one after another, the last again and again. */
  const pages = (...answers: object[]) => {
    let asked = 0;
    return () => answers[Math.min(asked++, answers.length - 1)] ?? {};
  };

  test('is no proof that a queue is gone', async () => {
    const detail = { jobQueueName: 'queue', state: 'ENABLED', status: 'INVALID', statusReason: 'broken' };
    const { scene, engine, submit } = await waiting({
      'batch:describejobqueues': pages({ jobQueues: [], nextToken: 'more' }, { jobQueues: [detail] }),
    });
    still(scene);
    expect((await engine.explain(await submit()))?.code).toBe('QUEUE_INVALID');
  });

  test('is no proof that a queue is gone where only such pages come', async () => {
    const { scene, account, engine, submit } = await waiting({
      'batch:describejobqueues': pages({ jobQueues: [], nextToken: 'more' }),
    });
    still(scene);
    expect((await engine.explain(await submit()))?.code).toBe('WAITING');
    expect(account.actions.filter((action) => action === 'batch:describejobqueues')).toHaveLength(3);
  });

  test('is no proof that no machine has joined, nor that all launches went well', async () => {
    const { scene, engine, submit } = await waiting({
      ...{ ...nobodyJoined, ...addresses },
      'autoscaling:DescribeAutoScalingGroups': groupOf(),
      'autoscaling:DescribeScalingActivities': pages(
        { Activities: [], NextToken: 'more' },
        activities('VcpuLimitExceeded'),
      ),
    });
    still(scene);
    expect((await engine.explain(await submit()))?.code).toBe('VCPU_QUOTA');
    const joined = await waiting({
      'ecs:ListContainerInstances': pages(
        { containerInstanceArns: [], nextToken: 'more' },
        { containerInstanceArns: ['arn:1'] },
      ),
      'ecs:DescribeContainerInstances': { containerInstances: [{ agentConnected: false }] },
    });
    still(joined.scene);
    const handle = await joined.submit();
    joined.scene.pass(30 * 60);
    expect((await joined.engine.explain(handle))?.code).toBe('AGENTS_GONE');
  });
});

describe('slices that start', () => {
  test('since when and how far, from their tasks', async () => {
    const { scene, engine, submit } = await waiting(
      {
        'ecs:DescribeTasks': {
          tasks: [
            { createdAt: Date.UTC(2026, 0, 1) / 1000, pullStartedAt: Date.UTC(2026, 0, 1, 0, 1) / 1000 },
          ],
        },
      },
      { lags: { starting: 3600 } },
    );
    const handle = await submit();
    scene.pass(20 * 60);
    expect(await engine.explain(handle)).toMatchObject({
      code: 'START_SLOW',
      summary: expect.stringMatching(/since 20 min: its image is still being pulled/),
    });
  });

  test('a plain job likewise', async () => {
    const { scene, engine, submit } = await waiting(
      { 'ecs:DescribeTasks': { tasks: [{ createdAt: Date.UTC(2026, 0, 1) / 1000 }] } },
      { lags: { starting: 3600 } },
    );
    const handle = await submit(1);
    scene.pass(20 * 60);
    expect((await engine.explain(handle))?.code).toBe('START_SLOW');
  });
});

describe('a call that is refused', () => {
  test('leaves what the others say, and is named where nothing else explains it', async () => {
    const { scene, engine, submit } = await waiting();
    still(scene);
    const handle = await submit();
    scene.pass(30 * 60);
    const found = await engine.explain(handle);
    expect(found?.code).toBe('UNDETERMINED');
    for (const action of [
      'autoscaling:DescribeAutoScalingGroups',
      'ec2:DescribeSubnets',
      'ecs:ListContainerInstances',
    ])
      expect(found?.summary).toContain(action);
  });

  test.each([
    ['a right that is missing', 'AccessDeniedException', /“AutoScaling: .*needs autoscaling:DescribeAuto/],
    ['credentials that have expired', 'ExpiredTokenException', /“AutoScaling: .*credentials have expired/],
  ])('says why: %s', async (_, error, words) => {
    const { scene, engine, submit } = await waiting({
      'autoscaling:DescribeAutoScalingGroups': { error, status: 403 },
    });
    still(scene);
    expect((await engine.explain(await submit()))?.summary).toMatch(words);
  });

  test('of DescribeTasks is told with slices that start', async () => {
    const { engine, submit } = await waiting({}, { lags: { starting: 3600 } });
    const found = await engine.explain(await submit());
    expect(found).toMatchObject({ code: 'STARTING', summary: expect.stringContaining('ecs:DescribeTasks') });
  });

  test.each([
    ['AccessDeniedException', /needs batch:DescribeJobs/],
    ['ExpiredTokenException', /credentials have expired/],
  ])('of DescribeJobs is no explanation but an error (%s)', async (error, words) => {
    const { engine, submit } = await waiting({ 'batch:describejobs': { error, status: 403 } });
    const failure = await engine.explain(await submit()).catch((thrown: unknown) => thrown);
    expect(failure).toBeInstanceOf(RemoteError);
    expect(String(failure)).toMatch(words);
  });
});

test('the number of calls does not grow with the array', async () => {
  const { scene, account, engine, submit } = await waiting({ ...nobodyJoined, ...addresses });
  still(scene);
  const handle = await submit(10_000);
  account.actions.length = 0;
  await engine.explain(handle);
  expect(account.actions.length).toBeLessThanOrEqual(10);
});
