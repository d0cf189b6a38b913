import { type BatchClient, DescribeJobDefinitionsCommand } from '@aws-sdk/client-batch';
import { beforeAll, describe, expect, test } from 'vitest';
import { openBatchEngine } from '../../src/engine/aws-batch/batch-engine.ts';
import type { Engine, JobHandle } from '../../src/engine/engine.ts';
import { engineSettings, jobRequest } from './engine-request.ts';
import { batchOf, newQueue } from './moto-batch.ts';

/** The engine's own requests over real HTTP, answered by a Batch that nobody here wrote. */
describe('the Batch engine on moto', () => {
  let client: BatchClient;
  let queue: string;
  let engine: Engine;
  beforeAll(async () => {
    client = batchOf('us-east-1');
    queue = await newQueue(client, `engine-${Date.now().toString(36)}`);
    engine = await openBatchEngine(engineSettings(queue));
  });

  const submit = async (size: number, name?: string) => {
    const outcome = await engine.submit(jobRequest(queue, { size, ...(name === undefined ? {} : { name }) }));
    if (outcome.outcome !== 'submitted') throw new Error(JSON.stringify(outcome));
    return outcome;
  };
  const seen = async (handle: JobHandle) => (await engine.observe([handle])).get(handle.jobId);

  test('submits an array, and sees its children end', async () => {
    const { handle } = await submit(3);
    expect(handle).toMatchObject({ queue, size: 3 });
    expect(await seen(handle)).toMatchObject({ state: 'ended', counts: { succeeded: 3, failed: 0 } });
    expect(await engine.failures(handle, new Set())).toEqual([]);
  });

  test('submits a single slice as a plain job, and sees it end', async () => {
    const { handle } = await submit(1);
    expect(await seen(handle)).toMatchObject({ state: 'ended', counts: { succeeded: 1 } });
  });

  test('knows the children by their computed ids', async () => {
    const { handle } = await submit(3);
    const attempts = await engine.attempts(handle, [0, 2, 3]);
    expect([...attempts.keys()]).toEqual([0, 2]);
    expect(attempts.get(2)).toMatchObject([
      { attempt: 1, log: expect.stringContaining(`${handle.jobId}:2`) },
    ]);
  });

  test('observes many jobs at once, and calls an unknown one gone', async () => {
    const handles = [(await submit(2)).handle, { jobId: 'unknown', queue, size: 1 }];
    const observed = await engine.observe(handles);
    expect(handles.map(({ jobId }) => observed.get(jobId)?.state)).toEqual(['ended', 'gone']);
  });

  test('registers equal content once, whoever asks', async () => {
    const first = await submit(2);
    const another = await openBatchEngine(engineSettings(queue));
    const second = await another.submit(jobRequest(queue));
    expect(second).toMatchObject({ outcome: 'submitted', definition: first.definition });
  });

  test('registers another revision for other content, which Batch gives back as it was', async () => {
    const { definition } = await submit(2);
    const request = jobRequest(queue);
    const resources = { ...request.resources, ulimits: { nofile: 2_048 } };
    const other = await engine.submit({ ...request, resources });
    if (other.outcome !== 'submitted') throw new Error(JSON.stringify(other));
    expect(other.definition).not.toBe(definition);
    const jobDefinitions = [other.definition];
    const found = await client.send(new DescribeJobDefinitionsCommand({ jobDefinitions }));
    expect(found.jobDefinitions?.[0]).toMatchObject({
      status: 'ACTIVE',
      containerProperties: {
        image: request.image.reference,
        ulimits: [{ name: 'nofile', softLimit: 2_048, hardLimit: 2_048 }],
        mountPoints: [{ containerPath: '/scratch' }],
      },
      retryStrategy: { evaluateOnExit: expect.arrayContaining([expect.anything()]) },
    });
  });

  test('finds its job by name with size, definition and environment', async () => {
    const name = `found-${Date.now().toString(36)}`;
    const { handle, definition } = await submit(2, name);
    const found = await engine.find(name, queue);
    // moto lists the children, too (batch-gaps.test.ts): Batch does not.
    const own = found.filter(({ handle: { jobId } }) => !jobId.includes(':'));
    expect(own).toMatchObject([{ handle, definition, environment: { MUSTER_RUN: 'run-1' }, ended: true }]);
  });

  test('cancels what has ended without harm', async () => {
    const { handle } = await submit(2);
    await engine.cancel(handle, 'stopped by ada');
    expect(await seen(handle)).toMatchObject({ state: 'ended', counts: { succeeded: 2 } });
  });

  test('tells of a queue that does not exist before it submits', async () => {
    const outcome = await engine.submit(jobRequest(`${queue}-not`));
    expect(outcome).toMatchObject({ outcome: 'refused', reason: expect.stringContaining(`${queue}-not`) });
  });
});
