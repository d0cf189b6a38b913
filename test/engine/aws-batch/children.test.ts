import { describe, expect, test } from 'vitest';
import type { JobHandle } from '../../../src/engine/engine.ts';
import { type Answer, batchSettings, queueArn, ScriptedBatch } from './scripted-batch.ts';

/** What is told of single children: failures, attempts, logs. */

const array = (size: number): JobHandle => ({ jobId: 'job', queue: queueArn, size });

interface Answers {
  /** Pages of children listed as failed. */
  readonly pages?: readonly (readonly number[])[];
  /** What DescribeJobs knows, by id. */
  readonly jobs?: Readonly<Record<string, object>>;
  readonly list?: Answer;
}

const answering = ({ pages = [], jobs = {}, list }: Answers) =>
  new ScriptedBatch(({ operation, body }, nth): Answer | undefined => {
    if (operation === 'ListJobs') return list ?? { body: page(pages, nth) };
    if (operation !== 'DescribeJobs') return undefined;
    const asked: unknown[] = Array.isArray(body.jobs) ? body.jobs : [];
    const known = asked.map(String).filter((jobId) => jobs[jobId] !== undefined);
    return { body: { jobs: known.map((jobId) => ({ jobId, ...jobs[jobId] })) } };
  });

const page = (pages: readonly (readonly number[])[], nth: number) => ({
  jobSummaryList: (pages[nth - 1] ?? []).map((index) => ({
    ...{ jobId: `job:${index}`, jobName: 'x', arrayProperties: { index } },
  })),
  ...(nth < pages.length && { nextToken: `page-${nth}` }),
});

const failed = (exitCode: number) => ({
  status: 'FAILED',
  attempts: [{ container: { exitCode, logStreamName: `demo/default/${exitCode}` } }],
});

describe('the failures of an array', () => {
  test('are those that all pages list, also behind an empty one, in the order of the slices', async () => {
    const jobs = { 'job:7': failed(1), 'job:2': failed(1), 'job:5': failed(1) };
    const batch = answering({ pages: [[7, 5], [], [2]], jobs });
    const failures = await (await batch.engine()).failures(array(9), new Set());
    expect(failures.map(({ child }) => child)).toEqual([2, 5, 7]);
    expect(batch.bodies('ListJobs')).toEqual([
      { arrayJobId: 'job', jobStatus: 'FAILED', maxResults: 1000 },
      { arrayJobId: 'job', jobStatus: 'FAILED', maxResults: 1000, nextToken: 'page-1' },
      { arrayJobId: 'job', jobStatus: 'FAILED', maxResults: 1000, nextToken: 'page-2' },
    ]);
  });

  test('are told once, though listed twice', async () => {
    const batch = answering({ pages: [[3], [3]], jobs: { 'job:3': failed(1) } });
    expect(await (await batch.engine()).failures(array(9), new Set())).toHaveLength(1);
  });

  test('that are known are not asked for', async () => {
    const batch = answering({ pages: [[3, 4]], jobs: { 'job:3': failed(1), 'job:4': failed(1) } });
    await (await batch.engine()).failures(array(9), new Set([3]));
    expect(batch.bodies('DescribeJobs')).toEqual([{ jobs: ['job:4'] }]);
  });

  test('are asked for a hundred at a time', async () => {
    const indexes = Array.from({ length: 250 }, (_, index) => index);
    const jobs = Object.fromEntries(indexes.map((index) => [`job:${index}`, failed(1)]));
    const batch = answering({ pages: [indexes], jobs });
    expect(await (await batch.engine()).failures(array(300), new Set())).toHaveLength(250);
    expect(batch.operations).toEqual(['ListJobs', 'DescribeJobs', 'DescribeJobs', 'DescribeJobs']);
  });

  test('leave out what was forgotten or goes on meanwhile', async () => {
    const jobs = { 'job:1': { status: 'RUNNABLE' }, 'job:2': failed(1) };
    const batch = answering({ pages: [[0, 1, 2]], jobs });
    const failures = await (await batch.engine()).failures(array(3), new Set());
    expect(failures.map(({ child }) => child)).toEqual([2]);
  });

  test('come with class, reason, attempts, log streams and pages', async () => {
    const attempts = [
      {
        startedAt: 1_000,
        stoppedAt: 2_000,
        statusReason: 'Host EC2 (instance i-1) terminated.',
        container: { logStreamName: 'demo/default/one' },
      },
      {
        startedAt: 3_000,
        stoppedAt: 4_000,
        statusReason: 'Essential container in task exited',
        container: { exitCode: 137, reason: 'OutOfMemoryError: killed', logStreamName: 'demo/default/two' },
      },
    ];
    const batch = answering({ pages: [[4]], jobs: { 'job:4': { status: 'FAILED', attempts } } });
    const [failure] = await (await batch.engine()).failures(array(9), new Set());
    expect(failure).toMatchObject({
      child: 4,
      class: 'memory',
      attempts: [
        {
          attempt: 1,
          reason: 'Host EC2 (instance i-1) terminated.',
          startedAt: '1970-01-01T00:00:01.000Z',
          stoppedAt: '1970-01-01T00:00:02.000Z',
          log: 'demo/default/one',
        },
        {
          attempt: 2,
          exitCode: 137,
          reason: 'Essential container in task exited; OutOfMemoryError: killed',
          log: 'demo/default/two',
          logUrl: expect.stringContaining('demo$252Fdefault$252Ftwo'),
        },
      ],
      url: expect.stringContaining('#jobs/detail/job:4'),
    });
    expect(failure?.attempts[0]).not.toHaveProperty('exitCode');
  });

  test('are all its slices when it failed before its children were made', async () => {
    const statusReason = 'Container Overrides length must be at most 8192';
    const parent = { status: 'FAILED', createdAt: Date.now() - 3_600_000, statusReason };
    const batch = answering({ jobs: { job: parent } });
    const failures = await (await batch.engine()).failures(array(3), new Set());
    expect(failures.map(({ child }) => child)).toEqual([0, 1, 2]);
    expect(failures[2]).toMatchObject({ reason: expect.stringContaining('8192'), attempts: [] });
  });

  test('are none when it is so old that its children may be forgotten', async () => {
    const parent = { status: 'FAILED', createdAt: Date.now() - 8 * 24 * 3_600_000 };
    expect(await (await answering({ jobs: { job: parent } }).engine()).failures(array(3), new Set())).toEqual(
      [],
    );
  });

  test('are none while children that exist are not listed yet', async () => {
    const jobs = { job: { status: 'FAILED', createdAt: Date.now() }, 'job:0': { status: 'SUCCEEDED' } };
    expect(await (await answering({ jobs }).engine()).failures(array(3), new Set())).toEqual([]);
  });

  test('are none while it runs', async () => {
    const jobs = { job: { status: 'PENDING', createdAt: Date.now() } };
    expect(await (await answering({ jobs }).engine()).failures(array(3), new Set())).toEqual([]);
  });

  test('are none when Batch takes the array for a mistake because it has forgotten it', async () => {
    const batch = answering({ list: { status: 400, error: 'ClientException' } });
    expect(await (await batch.engine()).failures(array(3), new Set())).toEqual([]);
  });

  test('are an error when Batch finds fault with an array that it knows', async () => {
    const batch = answering({
      list: { status: 400, error: 'ClientException', message: 'odd' },
      jobs: { job: { status: 'PENDING' } },
    });
    await expect((await batch.engine()).failures(array(3), new Set())).rejects.toThrow(/ListJobs.*odd/);
  });
});

describe('the failure of a plain job', () => {
  test('is looked up without listing', async () => {
    const batch = answering({ jobs: { job: failed(3) } });
    const failures = await (await batch.engine()).failures(array(1), new Set());
    expect(failures).toMatchObject([{ child: 0, class: 'program', attempts: [{ exitCode: 3 }] }]);
    expect(failures[0]?.url).toMatch(/#jobs\/detail\/job$/);
    expect(batch.operations).toEqual(['DescribeJobs']);
  });

  test('is not asked for once it is known', async () => {
    const batch = answering({ jobs: { job: failed(3) } });
    expect(await (await batch.engine()).failures(array(1), new Set([0]))).toEqual([]);
    expect(batch.sent).toEqual([]);
  });
});

describe('the attempts', () => {
  test('are told of the children that Batch knows, none of one that never started', async () => {
    const jobs = { 'job:1': failed(75), 'job:2': { status: 'RUNNABLE', attempts: [] } };
    const batch = answering({ jobs });
    const attempts = await (await batch.engine()).attempts(array(4), [1, 2, 3]);
    expect([...attempts]).toMatchObject([
      [1, [{ attempt: 1, exitCode: 75 }]],
      [2, []],
    ]);
    expect(batch.bodies('DescribeJobs')).toEqual([{ jobs: ['job:1', 'job:2', 'job:3'] }]);
  });

  test('have no times that Batch does not know', async () => {
    const attempts = [{ startedAt: 0, container: {} }];
    const batch = answering({ jobs: { job: { status: 'FAILED', attempts } } });
    expect((await (await batch.engine()).attempts(array(1), [0])).get(0)).toEqual([{ attempt: 1 }]);
  });
});

describe('the log', () => {
  const logs = (jobs: Answers['jobs']) => {
    const asked: string[] = [];
    const batch = answering({ jobs: jobs ?? {} });
    const { handle } = batch.requestHandler;
    const requestHandler: typeof batch.requestHandler = {
      handle: async (request, options) => {
        if (!request.hostname.startsWith('logs.')) return handle(request, options);
        asked.push(JSON.parse(new TextDecoder().decode(request.body)).logStreamName);
        return {
          response: {
            statusCode: 200,
            headers: { 'content-type': 'application/x-amz-json-1.1' },
            body: new TextEncoder().encode(JSON.stringify({ events: [{ message: 'last words' }] })),
          },
        };
      },
    };
    const { aws } = batchSettings(requestHandler);
    return { asked, engine: batch.engine({ aws }) };
  };

  test('is that of the latest attempt, also while it runs', async () => {
    const { asked, engine } = logs({
      'job:2': { ...failed(75), status: 'RUNNING', container: { logStreamName: 'demo/default/second' } },
    });
    expect(await (await engine).logTail(array(4), 2, 1)).toEqual(['last words']);
    expect(asked).toEqual(['demo/default/second']);
  });

  test('is that of the last attempt that ended where the job names none', async () => {
    const { asked, engine } = logs({ 'job:2': failed(75) });
    await (await engine).logTail(array(4), 2, 1);
    expect(asked).toEqual(['demo/default/75']);
  });

  test('is empty for what never ran, and nothing is asked', async () => {
    const { asked, engine } = logs({ 'job:2': { status: 'RUNNABLE' } });
    expect(await (await engine).logTail(array(4), 2, 1)).toEqual([]);
    expect(asked).toEqual([]);
  });
});

test('the page of a job is that of the array, or of one child', async () => {
  const engine = await new ScriptedBatch().engine();
  expect(engine.jobUrl(array(4))).toMatch(/^https:.*us-east-1.*#jobs\/detail\/job$/);
  expect(engine.jobUrl(array(4), 2)).toMatch(/#jobs\/detail\/job:2$/);
  expect(engine.jobUrl(array(1), 0)).toMatch(/#jobs\/detail\/job$/);
});
