import { describe, expect, test } from 'vitest';
import { seeded } from './random.ts';
import { Scene } from './scene.ts';

describe('A plain job', () => {
  test('goes from SUBMITTED by PENDING, RUNNABLE and STARTING to RUNNING (AB 2.3)', async () => {
    const at = new Scene({ lags: { submitted: 1, pending: 1, starting: 1 } });
    at.batch.hold('queue', 'UNDETERMINED - held by the test');
    const id = await at.submit();
    const seen = [await at.status(id)];
    at.pass(1);
    seen.push(await at.status(id));
    at.pass(1);
    seen.push(await at.status(id));
    at.batch.release('queue');
    seen.push(await at.status(id));
    at.pass(1);
    seen.push(await at.status(id));
    expect(seen).toEqual(['SUBMITTED', 'PENDING', 'RUNNABLE', 'STARTING', 'RUNNING']);
  });

  test('succeeds with exit code 0 and fails with any other', async () => {
    for (const [code, status] of [
      [0, 'SUCCEEDED'],
      [3, 'FAILED'],
    ] as const) {
      const at = new Scene();
      const { id, attempt } = await at.running();
      attempt.exit(code);
      expect(await at.the(id)).toMatchObject({
        status,
        statusReason: 'Essential container in task exited',
        container: { exitCode: code },
      });
    }
  });

  test('tells its container the variables of Batch, but no index (AB 2.2)', async () => {
    const at = new Scene();
    const environment = [
      { name: 'FROM', value: 'submission' },
      { name: 'MUSTER_RUN', value: 'run-1' },
    ];
    const { id, attempt } = await at.running({ containerOverrides: { environment } });
    expect(attempt.environment).toEqual({
      FROM: 'submission',
      MUSTER_RUN: 'run-1',
      AWS_BATCH_JOB_ID: id,
      AWS_BATCH_JOB_ATTEMPT: '1',
      AWS_BATCH_JQ_NAME: 'queue',
      AWS_BATCH_CE_NAME: 'queue-environment',
    });
  });

  test('hears nothing of a container after its exit', async () => {
    const at = new Scene();
    const { id, attempt } = await at.running();
    attempt.exit(1);
    attempt.exit(0);
    expect(attempt.alive).toBe(false);
    expect(await at.status(id)).toBe('FAILED');
  });
});

describe('An array', () => {
  test('tells each child its id with the index, and the index (AB 2.2)', async () => {
    const at = new Scene();
    const id = await at.array(2);
    at.pass();
    expect(at.started.map(({ environment }) => environment.AWS_BATCH_JOB_ID)).toEqual([`${id}:0`, `${id}:1`]);
    expect(at.started.map(({ environment }) => environment.AWS_BATCH_JOB_ARRAY_INDEX)).toEqual(['0', '1']);
  });

  test('stays PENDING while its children wait and run (AB 2.3)', async () => {
    const at = new Scene({ queues: [{ name: 'queue', vcpus: 1 }] });
    const id = await at.array(3);
    at.pass();
    expect(await at.summary(id)).toEqual({ RUNNABLE: 2, RUNNING: 1 });
    expect(await at.status(id)).toBe('PENDING');
  });

  test('succeeds when all children have', async () => {
    const at = new Scene();
    const id = await at.array(2);
    at.pass();
    for (const attempt of at.started) attempt.exit(0);
    at.pass();
    expect(await at.status(id)).toBe('SUCCEEDED');
  });

  test('fails once all children have ended and one has failed, and stops none of the others (AB 2.3)', async () => {
    const at = new Scene();
    const id = await at.array(2);
    at.pass();
    at.started[0]?.exit(1);
    at.pass(1000);
    expect(await at.status(id)).toBe('PENDING');
    expect(at.started[1]?.alive).toBe(true);
    at.started[1]?.exit(0);
    at.pass();
    expect(await at.the(id)).toMatchObject({ status: 'FAILED', statusReason: 'Array Child Job failed' });
  });

  test('ends some time after its last child', async () => {
    const at = new Scene({ lags: { parent: 20 } });
    const id = await at.array(2);
    at.pass();
    for (const attempt of at.started) attempt.exit(0);
    at.pass(19);
    expect(await at.status(id)).toBe('PENDING');
    at.pass(1);
    expect(await at.status(id)).toBe('SUCCEEDED');
  });

  test('has no children before they are spawned, and spawns them by index (AB 2.2)', async () => {
    const at = new Scene({ lags: { submitted: 1, pending: 10 } });
    const id = await at.array(10);
    expect(await at.describe(`${id}:0`)).toEqual([]);
    at.pass(6);
    expect(await at.describe(`${id}:4`, `${id}:5`)).toMatchObject([{ jobId: `${id}:4`, status: 'PENDING' }]);
  });
});

describe('The summary of an array', () => {
  test('is empty and without an age at first (AB 2.3)', async () => {
    const at = new Scene({ lags: { summary: 60 } });
    const { arrayProperties } = await at.the(await at.array(2));
    expect(arrayProperties).toEqual({ size: 2, statusSummary: {} });
  });

  test('need not add up while children are spawned (AB 2.3)', async () => {
    const at = new Scene({ lags: { pending: 10, summary: 4 } });
    const id = await at.array(10);
    at.pass(5);
    expect(await at.summary(id)).toEqual({ PENDING: 4 });
  });

  test('follows the children late, and tells its age', async () => {
    const at = new Scene({ lags: { summary: 60 } });
    const id = await at.array(2);
    at.pass(60);
    const { statusSummaryLastUpdatedAt } = (await at.the(id)).arrayProperties ?? {};
    at.started[0]?.exit(0);
    at.pass(59);
    expect(await at.summary(id)).toEqual({ RUNNING: 2 });
    at.pass(1);
    expect(await at.summary(id)).toEqual({ RUNNING: 1, SUCCEEDED: 1 });
    expect((await at.the(id)).arrayProperties?.statusSummaryLastUpdatedAt).toBe(
      (statusSummaryLastUpdatedAt ?? 0) + 60_000,
    );
  });

  test('may lag behind the end of the parent', async () => {
    const at = new Scene({ lags: { summary: 60 } });
    const id = await at.array(2);
    at.pass(60);
    for (const attempt of at.started) attempt.exit(0);
    at.pass(1);
    expect(await at.status(id)).toBe('SUCCEEDED');
    expect(await at.summary(id)).toEqual({ RUNNING: 2 });
  });

  test('is never older than 60 seconds of change, whatever the chance', async () => {
    for (let seed = 0; seed < 50; seed++) {
      const at = new Scene({ random: seeded(seed), lags: { summary: [0, 60] } });
      const id = await at.array(5);
      at.pass(60);
      for (const attempt of at.started) attempt.exit(0);
      at.pass(60);
      expect(await at.summary(id)).toEqual({ SUCCEEDED: 5 });
    }
  });
});

describe('Capacity', () => {
  test('is shared by vCPUs and given in the order of submission', async () => {
    const at = new Scene({ queues: [{ name: 'queue', vcpus: 4 }] });
    const wide = { containerOverrides: { resourceRequirements: [{ type: 'VCPU' as const, value: '3' }] } };
    const first = await at.array(2, wide);
    const second = await at.submit();
    at.pass();
    // AB 1.10: one vCPU is free, but the head of the queue wants three.
    expect(at.started.map(({ jobId }) => jobId)).toEqual([`${first}:0`]);
    at.latest.exit(0);
    at.pass();
    expect(at.started.map(({ jobId }) => jobId)).toEqual([`${first}:0`, `${first}:1`, second]);
  });

  test('goes to a retried child before those that never ran (AB 2.9)', async () => {
    const at = new Scene({ queues: [{ name: 'queue', vcpus: 1 }] });
    const id = await at.array(3, { retryStrategy: { attempts: 2 } });
    at.pass();
    at.latest.exit(1);
    at.pass();
    expect([at.latest.jobId, at.latest.attempt]).toEqual([`${id}:0`, 2]);
  });

  test('leaves every child of an array its turn', async () => {
    const at = new Scene({ queues: [{ name: 'queue', vcpus: 2 }] });
    const id = await at.array(50);
    for (let turn = 0; turn < 50; turn++) {
      at.pass();
      at.started[turn]?.exit(0);
    }
    at.pass();
    expect(await at.status(id)).toBe('SUCCEEDED');
    expect(new Set(at.started.map(({ child }) => child)).size).toBe(50);
  });
});
