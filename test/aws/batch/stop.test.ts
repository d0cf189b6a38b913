import {
  CancelJobCommand,
  CancelJobsCommand,
  TerminateJobCommand,
  TerminateJobsCommand,
} from '@aws-sdk/client-batch';
import { describe, expect, test } from 'vitest';
import { Scene } from './scene.ts';

const reason = 'stopped by ada';

describe('TerminateJob (AB 2.10)', () => {
  test('ends what runs with the reason, and marks it as terminated', async () => {
    const at = new Scene();
    const { id, attempt } = await at.running();
    attempt.onTerminate(() => attempt.exit(143));
    await at.terminate(id);
    at.pass();
    expect(await at.the(id)).toMatchObject({
      status: 'FAILED',
      statusReason: reason,
      isTerminated: true,
      container: { exitCode: 143 },
    });
  });

  test('answers before anything has happened', async () => {
    const at = new Scene({ lags: { stopping: 5 } });
    const { id } = await at.running();
    await at.terminate(id);
    at.pass(34);
    expect(await at.status(id)).toBe('RUNNING');
    at.pass(1);
    expect(await at.status(id)).toBe('FAILED');
  });

  test('cancels what waits, and says so', async () => {
    const at = new Scene({ queues: [{ name: 'queue', vcpus: 1 }] });
    const id = await at.array(2);
    at.pass();
    await at.terminate(id);
    at.pass();
    const waiting = await at.the(`${id}:1`);
    expect(waiting).toMatchObject({
      status: 'FAILED',
      statusReason: reason,
      isCancelled: true,
      attempts: [],
    });
    expect(waiting.isTerminated).toBeUndefined();
  });

  test('stops all children of a parent, and then the parent has failed', async () => {
    const at = new Scene({ queues: [{ name: 'queue', vcpus: 1 }] });
    const id = await at.array(3);
    at.pass();
    await at.terminate(id);
    at.pass(30);
    expect(await at.summary(id)).toEqual({ FAILED: 3 });
    expect(await at.the(id)).toMatchObject({ status: 'FAILED', isTerminated: true });
  });

  test('stops one child of an array and none of the others', async () => {
    const at = new Scene();
    const id = await at.array(2);
    at.pass();
    await at.terminate(`${id}:1`);
    at.pass(30);
    expect(await at.summary(id)).toEqual({ RUNNING: 1, FAILED: 1 });
  });

  test('stops what is only starting, before its container runs', async () => {
    const at = new Scene({ lags: { starting: 10 } });
    const id = await at.submit();
    at.pass(1);
    await at.terminate(id);
    at.pass(10);
    expect(await at.status(id)).toBe('FAILED');
    expect(at.started).toEqual([]);
  });

  test('gives back the place of what was only starting', async () => {
    const at = new Scene({ queues: [{ name: 'queue', vcpus: 1 }], lags: { starting: 10 } });
    const id = await at.submit();
    at.pass(1);
    await at.terminate(id);
    const next = await at.submit();
    at.pass(20);
    expect(await at.status(next)).toBe('RUNNING');
  });

  test('stops a job before it could wait for a place', async () => {
    const at = new Scene({ lags: { submitted: 10, pending: 10 } });
    const id = await at.array(2);
    await at.terminate(id);
    at.pass(100);
    expect(await at.summary(id)).toEqual({ FAILED: 2 });
    expect(at.started).toEqual([]);
  });

  test('is final: no attempt follows', async () => {
    const at = new Scene();
    const { id } = await at.running({ retryStrategy: { attempts: 5 } });
    await at.terminate(id);
    at.pass(1000);
    expect((await at.the(id)).attempts).toHaveLength(1);
  });

  test('gives its place to the next', async () => {
    const at = new Scene({ queues: [{ name: 'queue', vcpus: 1 }] });
    const { id } = await at.running();
    const next = await at.submit();
    await at.terminate(id);
    at.pass(30);
    expect(await at.status(next)).toBe('RUNNING');
  });

  test('leaves alone what has ended', async () => {
    const at = new Scene();
    const { id, attempt } = await at.running();
    attempt.exit(0);
    await at.terminate(id);
    at.pass();
    const ended = await at.the(id);
    expect(ended.status).toBe('SUCCEEDED');
    expect(ended.isTerminated).toBeUndefined();
  });

  test('takes ids that nobody knows', async () => {
    expect(await new Scene().terminate('f0000000-0000-4000-8000-000000000000')).toBeDefined();
  });

  test('wants a reason of at most 1,024 characters', async () => {
    const at = new Scene();
    const { id } = await at.running();
    for (const wrong of ['', 'x'.repeat(1_025)])
      await expect(at.terminate(id, wrong)).rejects.toMatchObject({ name: 'ClientException' });
    const without = new TerminateJobCommand({ jobId: id, reason: undefined });
    await expect(at.client.send(without)).rejects.toMatchObject({ name: 'ClientException' });
  });
});

describe('CancelJob (AB 2.10)', () => {
  test('fails what waits', async () => {
    const at = new Scene();
    at.batch.hold('queue', 'UNDETERMINED - held by the test');
    const id = await at.submit();
    at.pass();
    await at.client.send(new CancelJobCommand({ jobId: id, reason }));
    at.pass();
    expect(await at.the(id)).toMatchObject({ status: 'FAILED', statusReason: reason, isCancelled: true });
  });

  test('leaves alone what starts or runs, without an error', async () => {
    const at = new Scene({ queues: [{ name: 'queue', vcpus: 1 }] });
    const id = await at.array(3);
    at.pass();
    await at.client.send(new CancelJobCommand({ jobId: id, reason }));
    at.pass(100);
    expect(await at.summary(id)).toEqual({ RUNNING: 1, FAILED: 2 });
    expect(await at.status(id)).toBe('PENDING');
  });
});

describe('TerminateJobs and CancelJobs (AB 2.10)', () => {
  test('take up to 50 ids, unknown ones included', async () => {
    const at = new Scene();
    const { id } = await at.running();
    const jobs = [id, 'unknown'];
    const answer = await at.client.send(new TerminateJobsCommand({ jobs, reason }));
    expect(answer).toMatchObject({ successful: jobs, errors: [] });
    at.pass(30);
    expect(await at.status(id)).toBe('FAILED');
    const many = new CancelJobsCommand({ jobs: Array(51).fill(id), reason });
    await expect(at.client.send(many)).rejects.toMatchObject({ name: 'ClientException' });
  });
});
