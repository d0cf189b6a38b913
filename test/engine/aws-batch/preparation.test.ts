import { describe, expect, test } from 'vitest';
import { openClients } from '../../../src/engine/aws-batch/clients.ts';
import { Preparation } from '../../../src/engine/aws-batch/preparation.ts';
import {
  type Answer,
  arnOf,
  batchSettings,
  goodQueue,
  jobRequest,
  queueArn,
  ScriptedBatch,
} from './scripted-batch.ts';

/** What is asked before the first submission of a process, and what its answers mean. */

const queueSaying = (...queues: (object | undefined)[]) =>
  new ScriptedBatch(({ operation }, nth) => {
    if (operation !== 'DescribeJobQueues') return undefined;
    const queue = queues[Math.min(nth, queues.length) - 1];
    return { body: { jobQueues: queue === undefined ? [] : [queue] } };
  });

describe('a queue', () => {
  test.each<[string, object | undefined, RegExp, RegExp]>([
    [
      'does not exist',
      undefined,
      /no job queue .*queue\/spot in us-east-1/,
      /aws batch describe-job-queues --region us-east-1/,
    ],
    [
      'is disabled',
      { ...goodQueue, state: 'DISABLED' },
      /spot is disabled/,
      /aws batch update-job-queue --region us-east-1 --job-queue \S+queue\/spot --state ENABLED/,
    ],
    [
      'is invalid',
      { ...goodQueue, status: 'INVALID', statusReason: 'no role' },
      /spot is INVALID \("no role"\)/,
      /aws batch describe-compute-environments --region us-east-1/,
    ],
    [
      'is still being made',
      { ...goodQueue, status: 'CREATING' },
      /is CREATING/,
      /Wait until .*--region us-east-1/,
    ],
    ['is being changed', { ...goodQueue, status: 'UPDATING' }, /is UPDATING/, /Wait until/],
    ['is deleted', { ...goodQueue, status: 'DELETING' }, /is DELETING/, /^Name another one .*muster\.yaml/],
  ])('that %s refuses the submission, with the way out', async (_, queue, reason, fix) => {
    const batch = queueSaying(queue);
    expect(await (await batch.engine()).submit(jobRequest())).toEqual({
      outcome: 'refused',
      reason: expect.stringMatching(reason),
      fix: expect.stringMatching(fix),
    });
    expect(batch.operations).toEqual(['DescribeJobQueues']);
  });

  test('that was enabled meanwhile is asked again', async () => {
    const batch = queueSaying({ ...goodQueue, state: 'DISABLED' }, goodQueue);
    const engine = await batch.engine();
    await engine.submit(jobRequest());
    expect(await engine.submit(jobRequest())).toMatchObject({ outcome: 'submitted' });
  });

  test('is found behind an empty page', async () => {
    const batch = new ScriptedBatch(({ operation }, nth) =>
      operation === 'DescribeJobQueues' && nth === 1
        ? { body: { jobQueues: [], nextToken: 'more' } }
        : undefined,
    );
    expect(await (await batch.engine()).submit(jobRequest())).toMatchObject({ outcome: 'submitted' });
    expect(batch.bodies('DescribeJobQueues')[1]).toEqual({ jobQueues: [queueArn], nextToken: 'more' });
  });

  test('is asked once for all submissions of a process', async () => {
    const batch = queueSaying(goodQueue);
    const engine = await batch.engine();
    await engine.submit(jobRequest());
    await engine.submit(jobRequest({ size: 1 }));
    expect(batch.bodies('DescribeJobQueues')).toEqual([{ jobQueues: [queueArn] }]);
  });
});

describe('a refusal before the submission', () => {
  const refusing = (wanted: string, answer: Answer) =>
    new ScriptedBatch(({ operation }) => (operation === wanted ? answer : undefined));

  test('for missing rights names the action', async () => {
    const batch = refusing('DescribeJobQueues', { status: 403, error: 'AccessDeniedException' });
    expect(await (await batch.engine()).submit(jobRequest())).toMatchObject({
      outcome: 'refused',
      reason: expect.stringMatching(/batch:DescribeJobQueues/),
    });
  });

  test('of the definition tells why, and submits nothing', async () => {
    const answer = { status: 400, error: 'ClientException', message: 'role cannot be assumed' };
    const batch = refusing('RegisterJobDefinition', answer);
    expect(await (await batch.engine()).submit(jobRequest())).toMatchObject({
      outcome: 'refused',
      reason: expect.stringMatching(/RegisterJobDefinition.*role cannot be assumed/),
    });
    expect(batch.bodies('SubmitJob')).toEqual([]);
  });

  /** Apart from a submission, which is patient for longer than tests are. */
  async function preparing(answer: Answer, patienceMs: number) {
    const batch = refusing('DescribeJobQueues', answer);
    const settings = batchSettings(batch.requestHandler);
    const clients = await openClients(settings);
    // As if it had been asked often enough.
    const preparation = new Preparation({ ...clients, batch: clients.submit }, settings);
    return preparation.prepare(jobRequest(), patienceMs);
  }

  test('for too many calls asks to come again', async () => {
    const answer = { status: 429, error: 'TooManyRequestsException' };
    expect(await preparing(answer, 10_000)).toEqual({ outcome: 'throttled' });
  });

  test('that does not come in time asks to come again', async () => {
    expect(await preparing('silence', 5)).toEqual({ outcome: 'throttled' });
  });

  test('of trouble that lasts tells it', async () => {
    expect(await preparing({ status: 500, error: 'ServerException' }, 10_000)).toMatchObject({
      outcome: 'refused',
      reason: expect.stringMatching(/DescribeJobQueues.*HTTP 500/),
    });
  });

  test('takes no time where none is left', async () => {
    expect(await preparing({ body: { jobQueues: [goodQueue] } }, 0)).toEqual({ outcome: 'throttled' });
  });

  test('is not remembered', async () => {
    const batch = new ScriptedBatch(({ operation }, nth) =>
      operation === 'RegisterJobDefinition' && nth === 1
        ? { status: 403, error: 'ExpiredTokenException' }
        : undefined,
    );
    const engine = await batch.engine();
    await engine.submit(jobRequest());
    expect(await engine.submit(jobRequest())).toMatchObject({ outcome: 'submitted' });
  });
});

describe('a definition', () => {
  /** What the first engine registered, as Batch lists it. */
  async function registered() {
    const batch = new ScriptedBatch();
    await (await batch.engine()).submit(jobRequest());
    const [body] = batch.bodies('RegisterJobDefinition');
    const revision = (revision: number, changes: object = {}) => ({
      ...{ ...body, revision, jobDefinitionArn: arnOf(revision), status: 'ACTIVE', ...changes },
    });
    return { revision, other: { tags: { 'muster:content': 'f'.repeat(64) } } };
  }
  const listing = (...pages: { jobDefinitions: object[]; nextToken?: string }[]) =>
    new ScriptedBatch(({ operation }, nth) =>
      operation === 'DescribeJobDefinitions' ? { body: pages[nth - 1] ?? { jobDefinitions: [] } } : undefined,
    );

  test('of the same content is used again', async () => {
    const { revision } = await registered();
    const batch = listing({ jobDefinitions: [revision(7)] });
    expect(await (await batch.engine()).submit(jobRequest())).toMatchObject({ definition: arnOf(7) });
    expect(batch.bodies('RegisterJobDefinition')).toEqual([]);
  });

  test('that is the newest of several equal ones is used', async () => {
    const { revision } = await registered();
    const batch = listing({ jobDefinitions: [revision(7), revision(9), revision(8)] });
    expect(await (await batch.engine()).submit(jobRequest())).toMatchObject({ definition: arnOf(9) });
  });

  test('is found behind a hundred revisions of other content, and an empty page', async () => {
    const { revision, other } = await registered();
    const many = Array.from({ length: 100 }, (_, index) => revision(200 - index, other));
    const batch = listing(
      { jobDefinitions: many, nextToken: 'one' },
      { jobDefinitions: [], nextToken: 'two' },
      { jobDefinitions: [revision(3)] },
    );
    expect(await (await batch.engine()).submit(jobRequest())).toMatchObject({ definition: arnOf(3) });
    expect(batch.bodies('DescribeJobDefinitions')).toEqual([
      { jobDefinitionName: 'muster-demo-amd64', status: 'ACTIVE', maxResults: 100 },
      { jobDefinitionName: 'muster-demo-amd64', status: 'ACTIVE', maxResults: 100, nextToken: 'one' },
      { jobDefinitionName: 'muster-demo-amd64', status: 'ACTIVE', maxResults: 100, nextToken: 'two' },
    ]);
  });

  test('of other content is left alone, and a new one registered', async () => {
    const { revision, other } = await registered();
    const batch = listing({ jobDefinitions: [revision(7, other)] });
    expect(await (await batch.engine()).submit(jobRequest())).toMatchObject({ definition: arnOf(1) });
  });

  test('with our tag on another image is not believed', async () => {
    const { revision } = await registered();
    const image = `evil@sha256:${'0'.repeat(64)}`;
    const batch = listing({ jobDefinitions: [revision(7, { containerProperties: { image } })] });
    expect(await (await batch.engine()).submit(jobRequest())).toMatchObject({ definition: arnOf(1) });
  });

  test('is looked for and registered once in a process', async () => {
    const batch = new ScriptedBatch();
    const engine = await batch.engine();
    await Promise.all([
      engine.submit(jobRequest()),
      engine.submit(jobRequest()),
      engine.submit(jobRequest()),
    ]);
    expect(batch.bodies('DescribeJobDefinitions')).toHaveLength(1);
    expect(batch.bodies('RegisterJobDefinition')).toHaveLength(1);
    expect(batch.bodies('SubmitJob')).toHaveLength(3);
  });
});

test('without a region nothing is opened', async () => {
  const named = [process.env.AWS_REGION, process.env.AWS_DEFAULT_REGION];
  delete process.env.AWS_REGION;
  delete process.env.AWS_DEFAULT_REGION;
  try {
    await expect(new ScriptedBatch().engine({ region: '' })).rejects.toThrow(/no region is set/);
  } finally {
    if (named[0] !== undefined) process.env.AWS_REGION = named[0];
    if (named[1] !== undefined) process.env.AWS_DEFAULT_REGION = named[1];
  }
});
