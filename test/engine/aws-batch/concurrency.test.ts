import { describe, expect, test } from 'vitest';
import type { JobRequest } from '../../../src/engine/engine.ts';
import { noLags } from '../../aws/batch/options.ts';
import { Bench } from '../../contract/engine-bench.ts';
import { onModel } from './model-harness.ts';
import { type Answer, jobRequest, resources, ScriptedBatch } from './scripted-batch.ts';

/** `resources.concurrent` on AWS Batch: a consumable resource of which every slice takes one. */

const limited = (concurrent: number, changes: Partial<JobRequest> = {}) =>
  jobRequest({
    resources: { ...resources, concurrent },
    concurrentWith: 'demo-0123-abcdef-c0',
    tags: { 'muster:run': 'demo-0123', 'muster:round': '2' },
    ...changes,
  });

const answering = (answers: Readonly<Record<string, Answer>>) =>
  new ScriptedBatch(({ operation }) => answers[operation]);

const exists: Answer = { status: 400, error: 'ClientException', message: 'it exists' };
const found = (totalQuantity: number, more = {}): Answer => ({ body: { totalQuantity, ...more } });

async function submitted(batch: ScriptedBatch, request: JobRequest) {
  return (await batch.engine()).submit(request);
}

const consumableCalls = ({ operations }: ScriptedBatch) =>
  operations.filter((operation) => operation.includes('Consumable'));

describe('a job with a limit', () => {
  test('has it made with its quantity and tags, and takes one of it for every slice', async () => {
    const batch = new ScriptedBatch();
    expect(await submitted(batch, limited(2))).toMatchObject({ outcome: 'submitted' });
    expect(batch.bodies('CreateConsumableResource')).toEqual([
      {
        consumableResourceName: 'muster-demo-0123-abcdef-c0',
        totalQuantity: 2,
        resourceType: 'REPLENISHABLE',
        tags: { 'muster:run': 'demo-0123', 'managed-by': 'muster' },
      },
    ]);
    expect(batch.bodies('SubmitJob')[0]?.consumableResourcePropertiesOverride).toEqual({
      consumableResourceList: [{ consumableResource: 'muster-demo-0123-abcdef-c0', quantity: 1 }],
    });
  });

  test('that no other job shares has one named after it', async () => {
    const batch = new ScriptedBatch();
    const { concurrentWith: _, ...alone } = limited(2);
    await submitted(batch, alone);
    expect(batch.bodies('CreateConsumableResource')[0]?.consumableResourceName).toBe(`muster-${alone.name}`);
  });

  test('asks for it once, whatever the number of its arrays', async () => {
    const batch = new ScriptedBatch();
    const engine = await batch.engine();
    await engine.submit(limited(2, { name: 'one' }));
    await engine.submit(limited(2, { name: 'two' }));
    expect(consumableCalls(batch)).toEqual(['CreateConsumableResource']);
  });

  test('takes the one that is there', async () => {
    const batch = answering({ CreateConsumableResource: exists, DescribeConsumableResource: found(2) });
    expect(await submitted(batch, limited(2))).toMatchObject({ outcome: 'submitted' });
    expect(consumableCalls(batch)).toEqual(['CreateConsumableResource', 'DescribeConsumableResource']);
  });

  test('sets the one that is there right', async () => {
    const batch = answering({ CreateConsumableResource: exists, DescribeConsumableResource: found(5) });
    expect(await submitted(batch, limited(2))).toMatchObject({ outcome: 'submitted' });
    expect(batch.bodies('UpdateConsumableResource')).toMatchObject([
      { consumableResource: 'muster-demo-0123-abcdef-c0', operation: 'SET', quantity: 2 },
    ]);
  });

  test('is submitted once more when Batch faults it: the limit may have been deleted', async () => {
    const batch = new ScriptedBatch(({ operation }, nth) =>
      operation === 'SubmitJob' && nth === 1 ? exists : undefined,
    );
    expect(await submitted(batch, limited(2))).toMatchObject({ outcome: 'submitted' });
    expect(batch.bodies('CreateConsumableResource')).toHaveLength(2);
  });

  test('survives a lost answer to its making', async () => {
    const at = await onModel({ lags: noLags });
    at.batch.faults = ({ operation, number }) =>
      operation === 'CreateConsumableResource' && number === 1 ? 'lost-answer' : undefined;
    const handle = await new Bench(at).submit({ size: 3, concurrent: 2 });
    expect(handle.size).toBe(3);
    expect(at.batch.requests.get('UpdateConsumableResource')).toBeUndefined();
  });
});

describe('a job makes no further call', () => {
  test.each<[string, JobRequest]>([
    ['without `concurrent`', jobRequest({ concurrentWith: 'demo' })],
    [
      'that has its limit alone and no more slices than that',
      jobRequest({ size: 2, resources: { ...resources, concurrent: 2 } }),
    ],
  ])('%s', async (_, request) => {
    const batch = new ScriptedBatch();
    await submitted(batch, request);
    expect(consumableCalls(batch)).toEqual([]);
    expect(batch.bodies('SubmitJob')[0]).not.toHaveProperty('consumableResourcePropertiesOverride');
  });
});

describe('a job is refused, and nothing submitted', () => {
  const denied: Answer = { status: 403, error: 'AccessDeniedException', message: 'no' };
  test.each<[string, Record<string, Answer>, RegExp, RegExp]>([
    [
      'its limit may not be made',
      { CreateConsumableResource: denied },
      /batch:CreateConsumableResource, batch:TagResource on muster-demo/,
      /Allow it\. .*without `concurrent`/,
    ],
    [
      'its limit may not be looked at',
      { CreateConsumableResource: exists, DescribeConsumableResource: denied },
      /batch:DescribeConsumableResource/,
      /without `concurrent`/,
    ],
    [
      'its limit may not be changed',
      {
        CreateConsumableResource: exists,
        DescribeConsumableResource: found(9),
        UpdateConsumableResource: denied,
      },
      /batch:UpdateConsumableResource/,
      /without `concurrent`/,
    ],
    [
      'its limit cannot be made',
      {
        CreateConsumableResource: { status: 400, error: 'ClientException', message: 'too many of them' },
        DescribeConsumableResource: { status: 400, error: 'ClientException', message: 'there is none' },
      },
      /CreateConsumableResource .*too many of them/,
      /^$/,
    ],
    [
      'its limit would be used up for good',
      {
        CreateConsumableResource: exists,
        DescribeConsumableResource: found(2, { resourceType: 'NON_REPLENISHABLE' }),
      },
      /NON_REPLENISHABLE/,
      /aws batch delete-consumable-resource --region us-east-1 --consumable-resource muster-demo-0123-abcdef-c0/,
    ],
  ])('when %s', async (_, answers, reason, fix) => {
    const batch = answering(answers);
    expect(await submitted(batch, limited(2))).toEqual({
      outcome: 'refused',
      reason: expect.stringMatching(reason),
      fix: expect.stringMatching(fix),
    });
    expect(batch.bodies('SubmitJob')).toEqual([]);
  });

  test('and asks again when the right may have been given', async () => {
    const batch = new ScriptedBatch(({ operation }, nth) =>
      operation === 'CreateConsumableResource' && nth === 1 ? denied : undefined,
    );
    const engine = await batch.engine();
    expect(await engine.submit(limited(2))).toMatchObject({ outcome: 'refused' });
    expect(await engine.submit(limited(2))).toMatchObject({ outcome: 'submitted' });
  });
});

test.each<[string, JobRequest]>([
  ['a limit that Batch cannot name', limited(2, { concurrentWith: 'a b' })],
  ['a limit with a name too long', limited(2, { concurrentWith: 'a'.repeat(122) })],
  ['no slice at once', limited(0)],
])('a job with %s is rejected before anything is asked', async (_, request) => {
  const batch = new ScriptedBatch();
  expect(await submitted(batch, request)).toMatchObject({ outcome: 'rejected' });
  expect(batch.sent).toEqual([]);
});

describe('two arrays', () => {
  /** The most that were starting or running at any time, of each group of jobs. */
  async function mostAtOnce(groups: readonly (readonly { size: number; concurrentWith: string }[])[]) {
    const at = await onModel({ lags: { ...noLags, starting: [5, 60] } });
    const bench = new Bench(at);
    const submitting = groups.flat().map(async ({ size, concurrentWith }, number) => {
      const wanted = { name: `job-${number}`, size, concurrent: 3, script: { default: ['exit 0'] } } as const;
      const outcome = await at.engine.submit({ ...bench.request(wanted), concurrentWith });
      if (outcome.outcome !== 'submitted') throw new Error(outcome.outcome);
      return { concurrentWith, handle: outcome.handle };
    });
    const jobs = await Promise.all(submitting);
    const most = new Map<string, number>();
    await bench.until(async () => {
      const seen = await Promise.all(
        jobs.map(async (job) => ({ ...job, seen: await bench.observe(job.handle) })),
      );
      for (const { concurrentWith: shared } of jobs) {
        const now = seen.map(({ concurrentWith, seen: one }) =>
          one.state === 'gone' || concurrentWith !== shared ? 0 : one.counts.starting + one.counts.running,
        );
        most.set(
          shared,
          Math.max(
            most.get(shared) ?? 0,
            now.reduce((a, b) => a + b, 0),
          ),
        );
      }
      return seen.every(({ seen: one }) => one.state === 'ended' && one.counts.failed === 0);
    });
    return Object.fromEntries(most);
  }

  test('of one limit never start or run more slices together than it allows', async () => {
    const arrays = [
      { size: 7, concurrentWith: 'run-c0' },
      { size: 2, concurrentWith: 'run-c0' },
      { size: 1, concurrentWith: 'run-c0' },
    ];
    expect(await mostAtOnce([arrays])).toEqual({ 'run-c0': 3 });
  });

  test('of two limits have each their own', async () => {
    const groups = ['run-c0', 'run-c1'].map((concurrentWith) => [{ size: 3, concurrentWith }]);
    expect(await mostAtOnce(groups)).toEqual({ 'run-c0': 3, 'run-c1': 3 });
  });
});
