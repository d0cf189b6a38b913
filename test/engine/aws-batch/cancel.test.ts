import { describe, expect, test } from 'vitest';
import { type Answer, queueArn, ScriptedBatch } from './scripted-batch.ts';

const handle = { jobId: 'job', queue: queueArn, size: 3 };

const refusing = (jobs: readonly object[], answer: Answer) =>
  new ScriptedBatch(({ operation }) => {
    if (operation === 'TerminateJob') return answer;
    return operation === 'DescribeJobs' ? { body: { jobs } } : undefined;
  });
const client: Answer = { status: 400, error: 'ClientException', message: 'odd' };

describe('a cancel', () => {
  test('terminates the parent, with the reason', async () => {
    const batch = new ScriptedBatch();
    await (await batch.engine()).cancel(handle, 'ada: enough');
    expect(batch.sent).toEqual([
      { operation: 'TerminateJob', body: { jobId: 'job', reason: 'ada: enough' } },
    ]);
  });

  test('gives a reason that Batch takes', async () => {
    const batch = new ScriptedBatch();
    await (await batch.engine()).cancel(handle, 'x'.repeat(2_000));
    expect(batch.bodies('TerminateJob')[0]?.reason).toHaveLength(1_024);
  });

  test('of a job that Batch does not know does no harm', async () => {
    const batch = refusing([], client);
    await (await batch.engine()).cancel(handle, 'gone anyway');
    expect(batch.operations).toEqual(['TerminateJob', 'DescribeJobs']);
  });

  test('of a job that has ended does no harm', async () => {
    const batch = refusing([{ jobId: 'job', status: 'FAILED' }], client);
    await (await batch.engine()).cancel(handle, 'over anyway');
    expect(batch.operations).toEqual(['TerminateJob', 'DescribeJobs']);
  });

  test('of a job that goes on is an error when Batch refuses it', async () => {
    const batch = refusing([{ jobId: 'job', status: 'PENDING' }], client);
    await expect((await batch.engine()).cancel(handle, 'stop')).rejects.toThrow(/TerminateJob job: .*odd/);
  });

  test('that is not allowed says so', async () => {
    const batch = refusing([], { status: 403, error: 'AccessDeniedException' });
    await expect((await batch.engine()).cancel(handle, 'stop')).rejects.toThrow(/batch:TerminateJob/);
  });
});
