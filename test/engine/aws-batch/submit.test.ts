import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { preparePatienceMs } from '../../../src/engine/aws-batch/limits.ts';
import { refusedFor } from '../../../src/engine/aws-batch/refusal.ts';
import { type Answer, arnOf, goodQueue, jobRequest, queueArn, ScriptedBatch } from './scripted-batch.ts';

/** The answers of SubmitJob one after another; the last repeats. */
const answering = (...answers: Answer[]) =>
  new ScriptedBatch(({ operation }, nth) =>
    operation === 'SubmitJob' ? answers[Math.min(nth, answers.length) - 1] : undefined,
  );

const client = (message: string): Answer => ({ status: 400, error: 'ClientException', message });

async function outcomeOf(batch: ScriptedBatch, changes: Parameters<typeof jobRequest>[0] = {}) {
  return (await batch.engine()).submit(jobRequest(changes));
}

describe('an answer', () => {
  test('with a job id is a submission, with the revision that was used', async () => {
    expect(await outcomeOf(answering({ body: { jobId: 'abc', jobName: 'x' } }))).toEqual({
      outcome: 'submitted',
      handle: { jobId: 'abc', queue: queueArn, size: 3 },
      definition: arnOf(1),
    });
  });

  test('without a job id is ambiguous', async () => {
    expect(await outcomeOf(answering({ body: {} }))).toMatchObject({ outcome: 'ambiguous' });
  });

  test.each([
    ['too many requests', { status: 429, error: 'TooManyRequestsException' }],
    ['throttling by another name', { status: 400, error: 'ThrottlingException' }],
  ])('of %s is throttled', async (_, answer) => {
    const batch = answering(answer);
    expect(await outcomeOf(batch)).toEqual({ outcome: 'throttled' });
    expect(batch.bodies('SubmitJob')).toHaveLength(1);
  });

  test.each<[string, Answer]>([
    ['an error of the server', { status: 500, error: 'ServerException' }],
    ['an error of a gateway', { status: 503, error: 'ServiceUnavailable' }],
    ['a connection that breaks', { network: 'ECONNRESET' }],
    ['a connection refused', { network: 'ECONNREFUSED' }],
  ])('of %s is ambiguous and asked for once', async (_, answer) => {
    const batch = answering(answer);
    const outcome = await outcomeOf(batch);
    expect(outcome).toMatchObject({ outcome: 'ambiguous', reason: expect.stringContaining('SubmitJob') });
    expect(batch.bodies('SubmitJob')).toHaveLength(1);
  });

  test('that never comes is ambiguous after the time limit', async () => {
    const batch = answering('silence');
    const engine = await batch.engine({ submitTimeoutMs: 20 });
    expect(await engine.submit(jobRequest())).toMatchObject({ outcome: 'ambiguous' });
    expect(batch.bodies('SubmitJob')).toHaveLength(1);
  });

  test('is waited for as long as the limits of the engine say', async () => {
    const waits = vi.spyOn(AbortSignal, 'timeout');
    onTestFinished(() => waits.mockRestore());
    const { limits } = await new ScriptedBatch().engine();
    await outcomeOf(new ScriptedBatch());
    expect(waits.mock.calls).toEqual([[limits.submitSeconds * 1000 - preparePatienceMs]]);
  });

  test('of missing rights is refused, and names the actions', async () => {
    const batch = answering({ status: 403, error: 'AccessDeniedException', message: 'no' });
    const outcome = await outcomeOf(batch);
    expect(outcome).toMatchObject({
      outcome: 'refused',
      reason: expect.stringMatching(/batch:SubmitJob, batch:TagResource/),
    });
    expect(batch.bodies('SubmitJob')).toHaveLength(1);
  });

  test('of expired credentials is refused, with how to log in', async () => {
    const outcome = await outcomeOf(answering({ status: 403, error: 'ExpiredTokenException' }));
    expect(outcome).toMatchObject({
      outcome: 'refused',
      reason: expect.stringMatching(/expired.*aws sso login/),
    });
  });

  test('of a wrong clock is refused, with the difference', async () => {
    const date = new Date(Date.now() - 3_600_000);
    const outcome = await outcomeOf(answering({ status: 403, error: 'InvalidSignatureException', date }));
    expect(outcome).toMatchObject({ outcome: 'refused', reason: expect.stringMatching(/60 minutes ahead/) });
  });

  test('of something in between that is not Batch is refused: it made no job', async () => {
    const outcome = await outcomeOf(answering({ status: 404, error: 'NotFound' }));
    expect(outcome.outcome).toBe('refused');
  });
});

test('a machine without credentials is refused, with how to get some', () => {
  const error = Object.assign(new Error('none found'), { name: 'CredentialsProviderError' });
  expect(refusedFor(error)).toEqual({
    outcome: 'refused',
    reason: expect.stringMatching(/AWS credentials: there are none.*none found/),
    fix: expect.stringMatching(/aws sso login/),
  });
});

test('a bug of ours is not taken for a refusal', () => {
  expect(() => refusedFor(new TypeError('not a function'))).toThrow(TypeError);
});

describe('a process that stood still while it got ready', () => {
  test('does not submit: its lease may be over', async () => {
    vi.useFakeTimers({ toFake: ['Date'] });
    onTestFinished(() => {
      vi.useRealTimers();
    });
    const batch = new ScriptedBatch(({ operation }) => {
      if (operation === 'DescribeJobDefinitions') vi.setSystemTime(Date.now() + preparePatienceMs + 1);
      return undefined;
    });
    expect(await outcomeOf(batch)).toEqual({ outcome: 'throttled' });
    expect(batch.bodies('SubmitJob')).toHaveLength(0);
  });
});

describe('a job that Batch finds fault with', () => {
  test('is rejected with its words when nothing else is wrong', async () => {
    const batch = answering(client('Job name should match valid pattern'));
    const outcome = await outcomeOf(batch);
    expect(outcome).toMatchObject({ outcome: 'rejected', reason: expect.stringMatching(/valid pattern/) });
    expect(batch.bodies('SubmitJob')).toHaveLength(1);
  });

  test('is refused when its queue was disabled meanwhile', async () => {
    const batch = new ScriptedBatch(({ operation }, nth) => {
      if (operation === 'SubmitJob') return client('queue is disabled');
      if (operation !== 'DescribeJobQueues' || nth === 1) return undefined;
      return { body: { jobQueues: [{ ...goodQueue, state: 'DISABLED' }] } };
    });
    expect(await outcomeOf(batch)).toMatchObject({
      outcome: 'refused',
      reason: expect.stringMatching(/disabled/),
    });
    expect(batch.bodies('SubmitJob')).toHaveLength(1);
  });

  test('is submitted once more with a new definition when its definition is gone', async () => {
    const batch = new ScriptedBatch(({ operation }, nth) => {
      if (operation === 'SubmitJob' && nth === 1) return client('JobDefinition is not ACTIVE');
      if (operation !== 'RegisterJobDefinition') return undefined;
      return { body: { jobDefinitionArn: arnOf(nth), jobDefinitionName: 'x', revision: nth } };
    });
    expect(await outcomeOf(batch)).toMatchObject({ outcome: 'submitted', definition: arnOf(2) });
    expect(batch.bodies('SubmitJob').map(({ jobDefinition }) => jobDefinition)).toEqual([arnOf(1), arnOf(2)]);
  });

  test('is rejected when the new definition does not help', async () => {
    const batch = new ScriptedBatch(({ operation }, nth) => {
      if (operation === 'SubmitJob') return client('still wrong');
      if (operation !== 'RegisterJobDefinition') return undefined;
      return { body: { jobDefinitionArn: arnOf(nth), jobDefinitionName: 'x', revision: nth } };
    });
    expect(await outcomeOf(batch)).toMatchObject({
      outcome: 'rejected',
      reason: expect.stringMatching(/still wrong/),
    });
    expect(batch.bodies('SubmitJob')).toHaveLength(2);
  });
});

describe('a request that can never be a job', () => {
  const reference = (text?: string) => {
    const { reference: _, ...image } = jobRequest().image;
    return { image: { ...image, ...(text !== undefined && { reference: text }) } };
  };
  test.each<[string, Parameters<typeof jobRequest>[0], RegExp]>([
    ['10,001 slices', { size: 10_001 }, /2 to 10000 slices.*10001/],
    ['no slices', { size: 0 }, /this one has 0/],
    ['half a slice', { size: 1.5 }, /this one has 1.5/],
    ['no attempts', { attempts: 0 }, /attempts must be 1 to 10, not 0/],
    ['eleven attempts', { attempts: 11 }, /not 11/],
    ['no time', { timeoutSeconds: 0 }, /timeout must be above 0 s/],
    ['endless time', { timeoutSeconds: Number.POSITIVE_INFINITY }, /Infinity/],
    ['a name that Batch does not take', { name: 'a.b' }, /"a.b" must have/],
    ['a name too long', { name: 'a'.repeat(129) }, /at most 128/],
    ['no reference', reference(), /image demo has no reference with a digest: push it/],
    ['a tag for a digest', reference('demo:latest'), /demo:latest/],
    ['a reference too long', reference(`${'a'.repeat(190)}@sha256:${'b'.repeat(64)}`), /262 characters/],
    ["a variable of Batch's own", { environment: { AWS_BATCH_X: '1' } }, /AWS_BATCH_X/],
    [
      'variables too long',
      { environment: { MUSTER_STORE: 's', MUSTER_LONG: 'x'.repeat(7_500) } },
      /fails jobs with much more than 7500: shorten MUSTER_LONG/,
    ],
  ])('is rejected for %s before anything is asked', async (_, changes, words) => {
    const batch = new ScriptedBatch();
    expect(await outcomeOf(batch, changes)).toEqual({
      outcome: 'rejected',
      reason: expect.stringMatching(words),
    });
    expect(batch.sent).toEqual([]);
  });

  test('is rejected when its definition would be above 24 KiB', async () => {
    const batch = new ScriptedBatch();
    const engine = await batch.engine({ environment: { LONG: 'é'.repeat(12_200) } });
    expect(await engine.submit(jobRequest())).toMatchObject({
      outcome: 'rejected',
      reason: expect.stringMatching(/24576/),
    });
    expect(batch.sent).toEqual([]);
  });

  test('is taken just below the limit of its variables', async () => {
    const { environment } = jobRequest();
    const room = 7_500 - JSON.stringify(overridesWith({ ...environment, LONG: '' })).length;
    const long = { ...environment, LONG: 'x'.repeat(room) };
    expect(await outcomeOf(new ScriptedBatch(), { environment: long })).toMatchObject({
      outcome: 'submitted',
    });
    const longer = { ...environment, LONG: 'x'.repeat(room + 1) };
    expect(await outcomeOf(new ScriptedBatch(), { environment: longer })).toMatchObject({
      outcome: 'rejected',
    });
  });
});

const overridesWith = (environment: Record<string, string>) => ({
  environment: Object.entries(environment).map(([name, value]) => ({ name, value })),
  resourceRequirements: [
    { type: 'VCPU', value: '2' },
    { type: 'MEMORY', value: '3700' },
  ],
});
