import { describe, expect, test } from 'vitest';
import { openBatchEngine } from '../../../src/engine/aws-batch/batch-engine.ts';
import type { Observation } from '../../../src/engine/engine.ts';
import { batchSettings, queueArn, ScriptedBatch } from './scripted-batch.ts';

const now = Date.parse('2026-11-20T12:00:00.000Z');
const secondsAgo = (seconds: number) => now - seconds * 1000;
const none = { submitted: 0, pending: 0, runnable: 0, starting: 0, running: 0, succeeded: 0, failed: 0 };

/** What the engine makes of one answer about an array of ten, or about a plain job. */
async function seen(job: object | undefined, size = 10): Promise<Observation | undefined> {
  const batch = new ScriptedBatch(({ operation }) =>
    operation === 'DescribeJobs' && job !== undefined
      ? { body: { jobs: [{ jobId: 'j', ...job }] } }
      : undefined,
  );
  const settings = { ...batchSettings(batch.requestHandler), clock: () => new Date(now) };
  const engine = await openBatchEngine(settings);
  return (await engine.observe([{ jobId: 'j', queue: queueArn, size }])).get('j');
}

const array = (
  status: string,
  statusSummary: Record<string, number> | undefined,
  { updated = secondsAgo(20), ...more }: { updated?: number; [field: string]: unknown } = {},
) => ({
  status,
  createdAt: secondsAgo(7200),
  arrayProperties: { size: 10, statusSummary, statusSummaryLastUpdatedAt: updated },
  ...more,
});

describe('an array that runs', () => {
  test('has the counts of its summary, as old as it is', async () => {
    expect(
      await seen(array('PENDING', { RUNNABLE: 4, STARTING: 1, RUNNING: 3, SUCCEEDED: 1, FAILED: 1 })),
    ).toEqual({
      state: 'active',
      counts: { ...none, runnable: 4, starting: 1, running: 3, succeeded: 1, failed: 1 },
      countsAt: new Date(secondsAgo(20)).toISOString(),
    });
  });

  test('has counts that are true a minute ago, though nothing in them has changed for hours', async () => {
    const job = array('PENDING', { RUNNING: 10 }, { updated: secondsAgo(36_000) });
    expect(await seen(job)).toMatchObject({ countsAt: new Date(secondsAgo(60)).toISOString() });
  });

  test('counts as submitted what its summary does not mention', async () => {
    expect(await seen(array('PENDING', { PENDING: 2, RUNNING: 3 }))).toMatchObject({
      counts: { ...none, submitted: 5, pending: 2, running: 3 },
    });
  });

  test('without a summary counts as submitted altogether', async () => {
    expect(await seen(array('SUBMITTED', undefined))).toMatchObject({
      state: 'active',
      counts: { ...none, submitted: 10 },
    });
  });

  test('without a summary tells of the moment it was made, for its slices may run already', async () => {
    const job = { status: 'PENDING', createdAt: secondsAgo(50), arrayProperties: { size: 10 } };
    expect(await seen(job)).toMatchObject({ countsAt: new Date(secondsAgo(50)).toISOString() });
  });

  test('shows no number below zero or above its size', async () => {
    expect(await seen(array('PENDING', { RUNNING: -2, SUCCEEDED: 12 }))).toMatchObject({
      counts: { ...none, succeeded: 10 },
    });
  });

  test('stays active while its summary counts all as ended, for the parent says when it ends', async () => {
    expect(await seen(array('PENDING', { SUCCEEDED: 10 }))).toMatchObject({ state: 'active' });
  });

  test("tells the engine's word on it", async () => {
    const job = array('PENDING', {}, { statusReason: 'MISCONFIGURATION:JOB_RESOURCE_REQUIREMENT' });
    expect(await seen(job)).toMatchObject({ reason: 'MISCONFIGURATION:JOB_RESOURCE_REQUIREMENT' });
  });
});

describe('an array that has ended', () => {
  test('well succeeded as a whole, whatever a late summary says', async () => {
    expect(await seen(array('SUCCEEDED', { RUNNING: 4, SUCCEEDED: 6 }))).toMatchObject({
      state: 'ended',
      counts: { ...none, succeeded: 10 },
    });
  });

  test('has its counts from then on, not from its last summary', async () => {
    const job = array('SUCCEEDED', { RUNNING: 10 }, { updated: secondsAgo(60), stoppedAt: secondsAgo(5) });
    expect(await seen(job)).toMatchObject({ countsAt: new Date(secondsAgo(5)).toISOString() });
  });

  test('badly has ended when its summary adds up', async () => {
    expect(await seen(array('FAILED', { SUCCEEDED: 7, FAILED: 3 }))).toMatchObject({
      state: 'ended',
      counts: { ...none, succeeded: 7, failed: 3 },
    });
  });

  test('badly is still active while its summary lags', async () => {
    const job = array('FAILED', { RUNNING: 4, SUCCEEDED: 4, FAILED: 2 }, { stoppedAt: secondsAgo(40) });
    expect(await seen(job)).toMatchObject({
      state: 'active',
      counts: { ...none, running: 4, succeeded: 4, failed: 2 },
    });
  });

  test('badly ran no longer than it did while its summary lags', async () => {
    const ended = { stoppedAt: secondsAgo(300), updated: secondsAgo(36_000) };
    expect(await seen(array('FAILED', { RUNNING: 10 }, ended))).toMatchObject({
      state: 'active',
      countsAt: new Date(secondsAgo(300)).toISOString(),
    });
  });

  test('badly just now, whose summary is old, is still active', async () => {
    const job = array('FAILED', { RUNNING: 10 }, { stoppedAt: secondsAgo(5), updated: secondsAgo(3600) });
    expect(await seen(job)).toMatchObject({ state: 'active' });
  });

  test('badly long ago is still active while its summary changes', async () => {
    const job = array(
      'FAILED',
      { RUNNING: 1, FAILED: 9 },
      { stoppedAt: secondsAgo(3600), updated: secondsAgo(9 * 60) },
    );
    expect(await seen(job)).toMatchObject({ state: 'active' });
  });

  test('badly long ago counts as failed what its summary never counted', async () => {
    const job = array(
      'FAILED',
      { RUNNING: 1, SUCCEEDED: 4, FAILED: 5 },
      { stoppedAt: secondsAgo(3600), updated: secondsAgo(3600) },
    );
    expect(await seen(job)).toMatchObject({ state: 'ended', counts: { ...none, succeeded: 4, failed: 6 } });
  });

  test('before its children were made counts as failed altogether', async () => {
    const job = {
      ...{ status: 'FAILED', createdAt: secondsAgo(3600), arrayProperties: { size: 10 } },
      statusReason: 'Container Overrides length must be at most 8192',
    };
    expect(await seen(job)).toEqual({
      state: 'ended',
      counts: { ...none, failed: 10 },
      countsAt: new Date(now).toISOString(),
      reason: 'Container Overrides length must be at most 8192',
    });
  });
});

describe('a plain job', () => {
  test.each([
    ['SUBMITTED', 'active', 'submitted'],
    ['PENDING', 'active', 'pending'],
    ['RUNNABLE', 'active', 'runnable'],
    ['STARTING', 'active', 'starting'],
    ['RUNNING', 'active', 'running'],
    ['SUCCEEDED', 'ended', 'succeeded'],
    ['FAILED', 'ended', 'failed'],
  ])('that is %s is %s and counts as %s', async (status, state, count) => {
    expect(await seen({ status, createdAt: secondsAgo(60) }, 1)).toEqual({
      state,
      counts: { ...none, [count]: 1 },
      countsAt: new Date(now).toISOString(),
    });
  });
});

test('a job that is not in the answer is gone', async () => {
  expect(await seen(undefined)).toEqual({ state: 'gone' });
});

describe('the calls', () => {
  const handles = (count: number) =>
    Array.from({ length: count }, (_, index) => ({ jobId: `job-${index}`, queue: queueArn, size: 10_000 }));

  test('are one for a hundred arrays, that is for a million slices', async () => {
    const batch = new ScriptedBatch();
    await (await batch.engine()).observe(handles(100));
    expect(batch.operations).toEqual(['DescribeJobs']);
  });

  test('are two for a hundred and one', async () => {
    const batch = new ScriptedBatch();
    const observed = await (await batch.engine()).observe(handles(101));
    expect(batch.bodies('DescribeJobs').map(({ jobs }) => (Array.isArray(jobs) ? jobs.length : 0))).toEqual([
      100, 1,
    ]);
    expect(observed.size).toBe(101);
  });

  test('ask for no job twice', async () => {
    const batch = new ScriptedBatch();
    await (await batch.engine()).observe([...handles(1), ...handles(1)]);
    expect(batch.bodies('DescribeJobs')).toEqual([{ jobs: ['job-0'] }]);
  });

  test('are none for nothing', async () => {
    const batch = new ScriptedBatch();
    await (await batch.engine()).observe([]);
    expect(batch.sent).toEqual([]);
  });

  test('are repeated when the service stumbles', async () => {
    const batch = new ScriptedBatch((_, nth) =>
      nth === 1 ? { status: 503, error: 'ServiceUnavailable' } : undefined,
    );
    const observed = await (await batch.engine()).observe(handles(1));
    expect(observed.get('job-0')).toEqual({ state: 'gone' });
    expect(batch.operations).toEqual(['DescribeJobs', 'DescribeJobs']);
  });

  test('that are not allowed say what the role needs', async () => {
    const batch = new ScriptedBatch(() => ({ status: 403, error: 'AccessDeniedException' }));
    const observing = (await batch.engine()).observe(handles(1));
    await expect(observing).rejects.toThrow(/DescribeJobs.*batch:DescribeJobs/);
  });
});
