import { describe, expect, test } from 'vitest';
import { type Answer, arnOf, queueArn, ScriptedBatch } from './scripted-batch.ts';

const summary = (jobId: string, jobName = 'demo') => ({ jobId, jobName });
const detail = (jobId: string, more: object = {}) => ({
  jobId,
  jobName: 'demo',
  status: 'PENDING',
  jobDefinition: arnOf(3),
  arrayProperties: { size: 5 },
  container: { environment: [{ name: 'MUSTER_RUN', value: 'run' }] },
  ...more,
});

const answering = (pages: readonly object[], jobs: readonly object[]) =>
  new ScriptedBatch(({ operation }, nth): Answer | undefined => {
    if (operation === 'ListJobs') return { body: pages[nth - 1] };
    return operation === 'DescribeJobs' ? { body: { jobs } } : undefined;
  });

const find = async (batch: ScriptedBatch) => (await batch.engine()).find('demo', queueArn);

describe('jobs of a name', () => {
  test('are listed by a filter, which lists every state, on every page', async () => {
    const batch = answering(
      [
        { jobSummaryList: [], nextToken: 'more' },
        { jobSummaryList: [summary('a')], nextToken: '' },
      ],
      [detail('a')],
    );
    expect(await find(batch)).toHaveLength(1);
    const request = {
      jobQueue: queueArn,
      filters: [{ name: 'JOB_NAME', values: ['demo'] }],
      maxResults: 100,
    };
    expect(batch.bodies('ListJobs')).toEqual([request, { ...request, nextToken: 'more' }]);
  });

  test('have size, definition and environment', async () => {
    const batch = answering([{ jobSummaryList: [summary('a')] }], [detail('a')]);
    expect(await find(batch)).toEqual([
      {
        handle: { jobId: 'a', queue: queueArn, size: 5 },
        definition: arnOf(3),
        environment: { MUSTER_RUN: 'run' },
        ended: false,
      },
    ]);
  });

  test('tell when they were made', async () => {
    const batch = answering([{ jobSummaryList: [summary('a')] }], [detail('a', { createdAt: 1000 })]);
    expect((await find(batch))[0]?.createdAt).toBe('1970-01-01T00:00:01.000Z');
  });

  test('tell when they were made', async () => {
    const batch = answering([{ jobSummaryList: [summary('a')] }], [detail('a', { createdAt: 1_000 })]);
    expect((await find(batch))[0]?.createdAt).toBe('1970-01-01T00:00:01.000Z');
  });

  test.each([
    ['terminated', { isTerminated: true }],
    ['cancelled', { isCancelled: true }],
  ])('tell that they were %s, ended or not', async (_, more) => {
    const batch = answering([{ jobSummaryList: [summary('a')] }], [detail('a', more)]);
    expect(await find(batch)).toMatchObject([{ stopped: true, ended: false }]);
  });

  test('are of size one when they are no arrays', async () => {
    const batch = answering(
      [{ jobSummaryList: [summary('a')] }],
      [detail('a', { arrayProperties: undefined })],
    );
    expect((await find(batch))[0]?.handle.size).toBe(1);
  });

  test.each([
    ['SUCCEEDED', true],
    ['FAILED', true],
    ['RUNNING', false],
    ['SUBMITTED', false],
  ])('that are %s have ended: %s', async (status, ended) => {
    const batch = answering([{ jobSummaryList: [summary('a')] }], [detail('a', { status })]);
    expect((await find(batch))[0]?.ended).toBe(ended);
  });

  test('in other letters, which the filter lets pass, are not looked at', async () => {
    const batch = answering([{ jobSummaryList: [summary('a', 'DEMO'), summary('b')] }], [detail('b')]);
    await find(batch);
    expect(batch.bodies('DescribeJobs')).toEqual([{ jobs: ['b'] }]);
  });

  test('that do not exist cost one call', async () => {
    const batch = new ScriptedBatch();
    expect(await find(batch)).toEqual([]);
    expect(batch.operations).toEqual(['ListJobs']);
  });
});
