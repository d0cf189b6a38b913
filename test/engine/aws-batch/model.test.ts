import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { JobHandle, JobRequest } from '../../../src/engine/engine.ts';
import { noLags, type ReferenceBatchOptions } from '../../aws/batch/options.ts';
import type { RunningAttempt } from '../../aws/batch/running-attempt.ts';
import { Bench } from '../../contract/engine-bench.ts';
import { type ModelHarness, onModel } from './model-harness.ts';

/** The engine and the reference Batch together: what one asks, the other does. */

const quick: Partial<ReferenceBatchOptions> = { lags: noLags };

async function scene(options: Partial<ReferenceBatchOptions> = quick) {
  const at = await onModel(options);
  return { at, bench: new Bench(at) };
}

/** Submits one slice with three attempts to Batch, and tells what became of it. */
async function fate(
  options: Partial<ReferenceBatchOptions>,
  meddle?: (at: ModelHarness, id: string) => void,
) {
  const { at, bench } = await scene({ ...quick, ...options });
  const handle = await bench.submit({ attempts: 3, script: { default: ['sleep', 'exit 0'] } });
  at.timeline.advance(10);
  meddle?.(at, handle.jobId);
  const { counts } = await bench.ended(handle);
  const attempts = (await at.engine.attempts(handle, [0])).get(0) ?? [];
  return { succeeded: counts.succeeded === 1, attempts: attempts.map(({ exitCode }) => exitCode) };
}

const exits = (...codes: number[]): Partial<ReferenceBatchOptions> => ({
  start: (run: RunningAttempt) => run.exit(codes[Math.min(run.attempt, codes.length) - 1] ?? 0),
});

describe('another attempt', () => {
  test('follows the loss of a host', async () => {
    const { succeeded, attempts } = await fate({}, (at, id) => at.batch.loseHost(id));
    expect({ succeeded, attempts }).toEqual({ succeeded: true, attempts: [undefined, 0] });
  });

  test('follows the loss of a host whose program exited in any way', async () => {
    const { succeeded, attempts } = await fate({}, (at, id) => at.batch.loseHost(id, { exitCode: 137 }));
    expect({ succeeded, attempts }).toEqual({ succeeded: true, attempts: [137, 0] });
  });

  test('follows the drain of a host that Batch says nothing of', async () => {
    const { succeeded, attempts } = await fate({}, (at, id) => at.batch.loseHost(id, { plain143: true }));
    expect({ succeeded, attempts }).toEqual({ succeeded: true, attempts: [143, 0] });
  });

  test('follows what never ran, as long as there are attempts', async () => {
    const pull = () => 'CannotPullContainerError: i/o timeout';
    expect(await fate({ pull })).toEqual({ succeeded: false, attempts: [undefined, undefined, undefined] });
  });

  test.each([1, 2, 124, 126, 134, 137, 139, 7, 14, 750])('does not follow exit %i', async (code) => {
    expect(await fate(exits(code, 0))).toEqual({ succeeded: false, attempts: [code] });
  });

  test.each([75, 143])('follows exit %i', async (code) => {
    expect(await fate(exits(code, 0))).toEqual({ succeeded: true, attempts: [code, 0] });
  });
});

describe('a submission', () => {
  const outcome = async (at: ModelHarness, changes: Partial<JobRequest> = {}) =>
    at.engine.submit({ ...new Bench(at).request({ size: 3 }), ...changes });

  test('to a queue with a scheduling policy is accepted', async () => {
    const { at } = await scene();
    expect(await outcome(at, { queue: 'fair' })).toMatchObject({ outcome: 'submitted' });
  });

  test('uses what another process registered', async () => {
    const { at } = await scene();
    const first = await outcome(at);
    const second = await (await at.another()).submit(new Bench(at).request({}));
    expect(second).toMatchObject({ outcome: 'submitted', definition: definitionOf(first) });
    expect(at.batch.requests.get('RegisterJobDefinition')).toBe(1);
  });

  test('by two processes at once makes two equal definitions, of which the newest is used from then on', async () => {
    const { at } = await scene();
    const engines = [at.engine, await at.another()];
    const request = new Bench(at).request({});
    await Promise.all(engines.map((engine) => engine.submit(request)));
    expect(at.batch.requests.get('RegisterJobDefinition')).toBe(2);
    const third = await (await at.another()).submit(request);
    expect(third).toMatchObject({ outcome: 'submitted', definition: expect.stringMatching(/:2$/) });
  });

  test('registers again what was deregistered behind its back', async () => {
    const { at } = await scene();
    const first = await outcome(at);
    at.batch.call('DeregisterJobDefinition', { jobDefinition: definitionOf(first) });
    expect(await outcome(at)).toMatchObject({ definition: expect.stringMatching(/:2$/) });
    expect(at.batch.jobIds).toHaveLength(2);
  });

  test('to a queue that was disabled behind its back is refused, and goes on once it is enabled', async () => {
    const { at } = await scene();
    await outcome(at);
    at.batch.setQueue('queue', { state: 'DISABLED' });
    const fix = expect.stringMatching(/update-job-queue/);
    expect(await outcome(at)).toMatchObject({ outcome: 'refused', fix });
    at.batch.setQueue('queue', { state: 'ENABLED' });
    expect(await outcome(at)).toMatchObject({ outcome: 'submitted' });
    expect(at.batch.jobIds).toHaveLength(2);
  });

  test.each(['lost-answer', 'error-after'] as const)(
    'after %s is ambiguous and made one job',
    async (fault) => {
      const { at } = await scene();
      at.batch.faults = ({ operation }) => (operation === 'SubmitJob' ? fault : undefined);
      expect((await outcome(at)).outcome).toBe('ambiguous');
      expect(at.batch.jobIds).toHaveLength(1);
      expect(await at.engine.find('job', 'queue')).toHaveLength(1);
    },
  );

  test.each([
    ['lost-request', 'ambiguous'],
    ['error', 'ambiguous'],
    ['throttle', 'throttled'],
    ['denied', 'refused'],
    ['expired', 'refused'],
  ] as const)('after %s is %s and made no job', async (fault, expected) => {
    const { at } = await scene();
    at.batch.faults = ({ operation }) => (operation === 'SubmitJob' ? fault : undefined);
    expect((await outcome(at)).outcome).toBe(expected);
    expect(at.batch.jobIds).toEqual([]);
  });

  test('of ten thousand slices is one SubmitJob and a constant', async () => {
    const { at } = await scene();
    await outcome(at, { size: 10_000 });
    expect(Object.fromEntries(at.batch.requests)).toEqual({
      DescribeJobQueues: 1,
      DescribeJobDefinitions: 1,
      RegisterJobDefinition: 1,
      SubmitJob: 1,
    });
    await outcome(at, { size: 10_000 });
    expect(at.batch.requests.get('SubmitJob')).toBe(2);
    expect([...at.batch.requests.values()].reduce((a, b) => a + b)).toBe(5);
  });
});

const definitionOf = (outcome: object) => ('definition' in outcome ? String(outcome.definition) : '');

describe('an end', () => {
  /** Exit codes of children by chance, all lags at their full range. */
  const lives = fc.record({
    seed: fc.integer(),
    codes: fc.array(fc.constantFrom(0, 0, 1, 75), { minLength: 2, maxLength: 12 }),
  });

  test('is never told with counts that are not true in the end, however summaries lag', async () => {
    await fc.assert(
      fc.asyncProperty(lives, async ({ seed, codes }) => {
        const at = await onModel({ random: chance(seed) });
        const script = Object.fromEntries(codes.map((code, child) => [child, [`exit ${code}`] as const]));
        const bench = new Bench(at);
        const handle = await bench.submit({ size: codes.length, attempts: 2, script });
        await at.until(async () => (await bench.observe(handle)).state === 'ended');
        const succeeded = codes.filter((code) => code === 0).length;
        const counts = { succeeded, failed: codes.length - succeeded, running: 0, runnable: 0 };
        expect(await bench.observe(handle)).toMatchObject({ counts });
        expect(await at.engine.failures(handle, new Set())).toHaveLength(counts.failed);
      }),
      { numRuns: 40 },
    );
  });

  test('before the children were made is the end of every slice', async () => {
    const { at, bench } = await scene({ lags: { ...noLags, submitted: 100 } });
    const handle = await bench.submit({ size: 4 });
    await at.engine.cancel(handle, 'ada: wrong grid');
    expect(await bench.ended(handle)).toMatchObject({ counts: { failed: 4 } });
    const failures = await at.engine.failures(handle, new Set());
    expect(failures.map(({ child, class: kind }) => [child, kind])).toEqual([
      [0, 'cancelled'],
      [1, 'cancelled'],
      [2, 'cancelled'],
      [3, 'cancelled'],
    ]);
    expect(failures[3]?.reason).toContain('ada: wrong grid');
  });

  test('seven days ago is forgotten', async () => {
    const { at, bench } = await scene();
    const handle: JobHandle = await bench.submit({ size: 2, script: { default: ['exit 1'] } });
    await bench.ended(handle);
    at.timeline.advance(8 * 24 * 3600);
    expect(await bench.observe(handle)).toEqual({ state: 'gone' });
    expect(await at.engine.failures(handle, new Set())).toEqual([]);
    expect(await at.engine.find('job', 'queue')).toEqual([]);
    await at.engine.cancel(handle, 'nothing there');
  });
});

describe('the calls', () => {
  test('for two hundred failures of an array are one list and two descriptions', async () => {
    const { at, bench } = await scene({ ...quick, ...exits(1), raggedPages: false });
    const handle = await bench.submit({ size: 200 });
    await bench.ended(handle);
    at.batch.requests.clear();
    expect(await at.engine.failures(handle, new Set())).toHaveLength(200);
    expect(Object.fromEntries(at.batch.requests)).toEqual({ ListJobs: 1, DescribeJobs: 2 });
  });
});

/** A number from 0 to 1 after another, by chance of this seed. */
function chance(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) | 0;
    return (state >>> 0) / 2 ** 32;
  };
}
