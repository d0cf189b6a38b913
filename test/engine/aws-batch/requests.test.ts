import { describe, expect, test } from 'vitest';
import { retryStrategy } from '../../../src/engine/aws-batch/retry-rules.ts';
import type { JobRequest } from '../../../src/engine/engine.ts';
import { arnOf, goodQueue, jobRequest, queueArn, resources, ScriptedBatch } from './scripted-batch.ts';

/** What goes over the wire, field by field. */

const retryRules = [
  { onStatusReason: 'Host EC2*', action: 'RETRY' },
  { onExitCode: '75', action: 'RETRY' },
  { onExitCode: '143', action: 'RETRY' },
  { onExitCode: '*', action: 'EXIT' },
];

async function submitted(changes: Partial<JobRequest> = {}) {
  const batch = new ScriptedBatch();
  const engine = await batch.engine();
  await engine.submit(jobRequest(changes));
  return batch.bodies('SubmitJob')[0];
}

async function registered(
  changes: Partial<JobRequest> = {},
  settings: Parameters<ScriptedBatch['engine']>[0] = {},
) {
  const batch = new ScriptedBatch();
  await (await batch.engine(settings)).submit(jobRequest(changes));
  return batch.bodies('RegisterJobDefinition')[0];
}

describe('the submission', () => {
  test('of an array has exactly these fields', async () => {
    expect(await submitted()).toEqual({
      jobName: 'demo-0123-r000-a0000',
      jobQueue: queueArn,
      jobDefinition: arnOf(1),
      arrayProperties: { size: 3 },
      containerOverrides: {
        environment: [
          { name: 'MUSTER_RUN', value: 'demo-0123' },
          { name: 'MUSTER_STORE', value: 's3://bucket/lab' },
        ],
        resourceRequirements: [
          { type: 'VCPU', value: '2' },
          { type: 'MEMORY', value: '3700' },
        ],
      },
      retryStrategy: { attempts: 4, evaluateOnExit: retryRules },
      timeout: { attemptDurationSeconds: 900 },
      tags: { 'muster:run': 'demo-0123', 'managed-by': 'muster' },
      propagateTags: true,
    });
  });

  test('of one slice is a plain job', async () => {
    const { arrayProperties: _, ...array } = (await submitted()) ?? {};
    expect(await submitted({ size: 1 })).toEqual(array);
  });

  test('of two slices is an array', async () => {
    expect(await submitted({ size: 2 })).toMatchObject({ arrayProperties: { size: 2 } });
  });

  test('has a timeout of at least a minute', async () => {
    const body = await submitted({ timeoutSeconds: 1 });
    expect(body).toMatchObject({ timeout: { attemptDurationSeconds: 60 } });
  });

  test('has a timeout of whole seconds, rounded up', async () => {
    const body = await submitted({ timeoutSeconds: 90.2 });
    expect(body).toMatchObject({ timeout: { attemptDurationSeconds: 91 } });
  });

  test('asks for GPUs only when there are some', async () => {
    const body = await submitted({ resources: { ...resources, gpus: 2 } });
    expect(body?.containerOverrides).toMatchObject({
      resourceRequirements: [{ type: 'VCPU' }, { type: 'MEMORY' }, { type: 'GPU', value: '2' }],
    });
  });

  test('asks for whole vCPUs and whole MiB, rounded up', async () => {
    const body = await submitted({ resources: { ...resources, vcpus: 1.5, memoryMib: 1000.2 } });
    expect(body?.containerOverrides).toMatchObject({
      resourceRequirements: [
        { type: 'VCPU', value: '2' },
        { type: 'MEMORY', value: '1001' },
      ],
    });
  });

  test('has no share identifier on a queue without a policy', async () => {
    expect(await submitted()).not.toHaveProperty('shareIdentifier');
  });

  test('has a share identifier on a queue with a policy', async () => {
    const shared = { ...goodQueue, schedulingPolicyArn: 'arn:aws:batch:us-east-1:1:scheduling-policy/fair' };
    const batch = new ScriptedBatch(({ operation }) =>
      operation === 'DescribeJobQueues' ? { body: { jobQueues: [shared] } } : undefined,
    );
    await (await batch.engine()).submit(jobRequest());
    expect(batch.bodies('SubmitJob')[0]?.shareIdentifier).toBe('muster');
  });
});

describe('the retry rules', () => {
  test('have patterns that Batch accepts, at most five', () => {
    // AB 2.9: letters, digits, dots, colons and spaces; a `*` only at the end.
    const { evaluateOnExit = [] } = retryStrategy(4);
    for (const { onStatusReason = 'a', onExitCode = '1' } of evaluateOnExit) {
      expect(onStatusReason).toMatch(/^[A-Za-z0-9.:\s]*\*?$/);
      expect(onExitCode).toMatch(/^[0-9]*\*?$/);
    }
    expect(evaluateOnExit.length).toBeLessThanOrEqual(5);
  });
});

describe('the definition', () => {
  test('has exactly these fields', async () => {
    expect(await registered()).toEqual({
      jobDefinitionName: 'muster-demo-amd64',
      type: 'container',
      platformCapabilities: ['EC2'],
      containerProperties: {
        image: jobRequest().image.reference,
        jobRoleArn: 'arn:aws:iam::123456789012:role/muster-job',
        resourceRequirements: [
          { type: 'VCPU', value: '1' },
          { type: 'MEMORY', value: '128' },
        ],
        environment: [{ name: 'AWS_REGION', value: 'us-east-1' }],
        ulimits: [],
        linuxParameters: { initProcessEnabled: true },
        logConfiguration: {
          logDriver: 'awslogs',
          options: { 'awslogs-group': '/muster/jobs', 'awslogs-region': 'us-east-1' },
        },
      },
      timeout: { attemptDurationSeconds: 3600 },
      retryStrategy: { attempts: 1, evaluateOnExit: retryRules },
      propagateTags: true,
      tags: { 'managed-by': 'muster', 'muster:content': expect.stringMatching(/^[0-9a-f]{64}$/) },
    });
  });

  test('names the execution role where there is one', async () => {
    const roles = { execution: 'arn:aws:iam::123456789012:role/muster-execution' };
    const { containerProperties } = (await registered({}, { roles })) ?? {};
    expect(containerProperties).toMatchObject({ executionRoleArn: roles.execution });
    expect(containerProperties).not.toHaveProperty('jobRoleArn');
  });

  test('sets ulimits softly and hard', async () => {
    const body = await registered({ resources: { ...resources, ulimits: { nofile: 65_535 } } });
    expect(body?.containerProperties).toMatchObject({
      ulimits: [{ name: 'nofile', softLimit: 65_535, hardLimit: 65_535 }],
    });
  });

  test("mounts the host's /scratch for queues that have it", async () => {
    const queues = [{ name: 'spot', arn: queueArn, scratch: '200 GiB' }];
    expect((await registered({}, { queues }))?.containerProperties).toMatchObject({
      volumes: [{ name: 'scratch', host: { sourcePath: '/scratch' } }],
      mountPoints: [{ sourceVolume: 'scratch', containerPath: '/scratch', readOnly: false }],
    });
  });

  test('mounts nothing for another queue', async () => {
    const queues = [{ name: 'big', arn: `${queueArn}-big`, scratch: '200 GiB' }];
    expect((await registered({}, { queues }))?.containerProperties).not.toHaveProperty('volumes');
  });

  test('is named after the last part of a reference, without tag, digest and what names may not have', async () => {
    const image = { ...jobRequest().image, name: `ghcr.io/lab/Geos.Chem:14@sha256:${'c'.repeat(64)}` };
    const body = await registered({ image, resources: { ...resources, architecture: 'arm64' } });
    expect(body?.jobDefinitionName).toBe('muster-Geos-Chem-arm64');
  });

  test('has a name of at most 128 characters that still tells the architecture', async () => {
    const body = await registered({ image: { ...jobRequest().image, name: 'a'.repeat(200) } });
    expect(body?.jobDefinitionName).toMatch(/^muster-a+-amd64$/);
    expect(body?.jobDefinitionName).toHaveLength(128);
  });

  const differing: [string, Partial<JobRequest>, Parameters<ScriptedBatch['engine']>[0]][] = [
    ['image', { image: { ...jobRequest().image, reference: `demo@sha256:${'e'.repeat(64)}` } }, {}],
    ['ulimits', { resources: { ...resources, ulimits: { stack: 1 } } }, {}],
    ['roles', {}, { roles: {} }],
    ['log group', {}, { logGroup: '/other' }],
    ['environment', {}, { environment: {} }],
    ['scratch', {}, { queues: [{ name: 'spot', arn: queueArn, scratch: 'yes' }] }],
  ];
  test.each(differing)('has another content with another %s', async (_, changes, settings) => {
    expect((await registered(changes, settings))?.tags).not.toEqual((await registered())?.tags);
  });

  test('has the same content whatever the job asks of it, and in whatever order', async () => {
    const limits = (ulimits: Record<string, number>) => ({ resources: { ...resources, ulimits } });
    const one = await registered({
      ...limits({ core: 0, nofile: 9 }),
      size: 7,
      timeoutSeconds: 70,
      tags: {},
    });
    const other = await registered(limits({ nofile: 9, core: 0 }));
    expect(one).toEqual(other);
  });
});
