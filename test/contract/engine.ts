import { describe, expect, test } from 'vitest';
import { leaseReserveSeconds } from '../../src/run/array-state.ts';
import { Bench, type EngineHarness } from './engine-bench.ts';

/** The promises of `Engine`, for every implementation. */
export function describeEngine(name: string, make: () => Promise<EngineHarness>): void {
  describe(`${name}: the engine contract`, () => {
    const fact = (title: string, body: (at: Bench) => Promise<void>) =>
      test(title, async () => {
        await using harness = await make();
        await body(new Bench(harness));
      });
    submission(fact);
    finding(fact);
    lives(fact);
    endings(fact);
  });
}

type Fact = (title: string, body: (at: Bench) => Promise<void>) => void;

const unknown = 'f0000000-0000-4000-8000-000000000000';

function submission(fact: Fact): void {
  fact('is done with a submission while the lease of the submitter lasts', async ({ engine }) => {
    expect(engine.limits.submitSeconds).toBeLessThanOrEqual(leaseReserveSeconds);
  });

  fact('refuses an array above its size limit for good', async ({ engine, request }) => {
    const outcome = await engine.submit(request({ size: engine.limits.arraySize.max + 1 }));
    expect(outcome.outcome).toBe('rejected');
  });

  fact('refuses a job without slices for good', async ({ engine, request }) => {
    expect((await engine.submit(request({ size: 0 }))).outcome).toBe('rejected');
  });

  fact('refuses more attempts than its limit for good', async ({ engine, request }) => {
    const outcome = await engine.submit(request({ attempts: engine.limits.attempts.max + 1 }));
    expect(outcome.outcome).toBe('rejected');
  });

  fact('leaves no job behind a refusal', async ({ engine, request, queue }) => {
    await engine.submit(request({ name: 'refused', attempts: 0 }));
    expect(await engine.find('refused', queue)).toEqual([]);
  });

  fact('makes a new job at every submission, also under the same name', async (at) => {
    const first = await at.submit({ name: 'twin' });
    const second = await at.submit({ name: 'twin' });
    expect(first.jobId).not.toBe(second.jobId);
  });

  fact('returns a handle with the queue and the size', async (at) => {
    expect(await at.submit({ size: 3 })).toMatchObject({ queue: at.queue, size: 3 });
  });
}

function finding(fact: Fact): void {
  fact('finds every job of a name with its size, definition and environment', async (at) => {
    const { handle, definition } = await at.submitted({ name: 'found', size: 2 });
    const other = await at.submit({ name: 'found' });
    await at.until(async () => (await at.engine.find('found', at.queue)).length === 2);
    const found = await at.engine.find('found', at.queue);
    expect(new Set(found.map((job) => job.handle.jobId))).toEqual(new Set([handle.jobId, other.jobId]));
    const first = found.find((job) => job.handle.jobId === handle.jobId);
    expect(first).toMatchObject({ handle, definition, environment: { MUSTER_RUN: 'run-1' } });
  });

  fact('finds a job that was told to stop as such, so that nobody adopts it', async (at) => {
    const handle = await at.submit({ name: 'stopped', script: { default: ['sleep'] } });
    await at.until(async () => (await at.engine.find('stopped', at.queue)).length === 1);
    expect((await at.engine.find('stopped', at.queue))[0]).not.toHaveProperty('stopped');
    await at.engine.cancel(handle, 'wrong');
    await at.until(async () => (await at.engine.find('stopped', at.queue))[0]?.stopped === true);
  });

  fact('finds exactly the name: no prefix, no other case', async (at) => {
    await at.submit({ name: 'grid-a0000' });
    await at.until(async () => (await at.engine.find('grid-a0000', at.queue)).length === 1);
    expect(await at.engine.find('grid-a000', at.queue)).toEqual([]);
    expect(await at.engine.find('GRID-A0000', at.queue)).toEqual([]);
  });

  fact('finds nothing in another queue', async (at) => {
    await at.submit({ name: 'queued' });
    await at.until(async () => (await at.engine.find('queued', at.queue)).length === 1);
    expect(await at.engine.find('queued', at.otherQueue)).toEqual([]);
  });

  fact('finds a job that has ended, and says so', async (at) => {
    const handle = await at.submit({ name: 'over' });
    await at.ended(handle);
    await at.until(async () => (await at.engine.find('over', at.queue)).length === 1);
    expect((await at.engine.find('over', at.queue))[0]?.ended).toBe(true);
  });

  fact('calls an unknown job gone', async (at) => {
    const handle = { jobId: unknown, queue: at.queue, size: 2 };
    expect((await at.engine.observe([handle])).get(unknown)).toMatchObject({ state: 'gone' });
  });

  fact('knows no failures and no log of an unknown job', async (at) => {
    const handle = { jobId: unknown, queue: at.queue, size: 2 };
    expect(await at.engine.failures(handle, new Set())).toEqual([]);
    expect(await at.engine.logTail(handle, 0, 5)).toEqual([]);
  });

  fact('observes many jobs in one call, one entry for each', async (at) => {
    const handles = [await at.submit({}), await at.submit({ size: 2 })];
    const observed = await at.engine.observe(handles);
    expect([...observed.keys()].sort()).toEqual(handles.map(({ jobId }) => jobId).sort());
  });
}

function lives(fact: Fact): void {
  fact('runs every child of an array once when all succeed', async (at) => {
    const handle = await at.submit({ size: 3, script: { default: ['exit 0'] } });
    expect(await at.ended(handle)).toMatchObject({ counts: { succeeded: 3, failed: 0, running: 0 } });
    expect(await at.engine.failures(handle, new Set())).toEqual([]);
  });

  fact('counts the children that run and those that wait', async (at) => {
    const handle = await at.submit({ size: 3, concurrent: 1, script: { 1: ['sleep'], default: ['exit 0'] } });
    await at.until(async () => {
      const seen = await at.observe(handle);
      if (seen.state !== 'active') return false;
      const { counts } = seen;
      return counts.running === 1 && counts.succeeded >= 1;
    });
    const seen = await at.observe(handle);
    if (seen.state === 'gone') throw new Error('gone');
    const { submitted, pending, runnable, starting, running, succeeded, failed } = seen.counts;
    expect(submitted + pending + runnable + starting + running + succeeded + failed).toBe(3);
  });

  fact('tells a plain job its id, its attempt and no array index', async (at) => {
    const handle = await at.submit({ size: 1, script: { default: ['exit 0'] } });
    await at.ended(handle);
    expect(await at.told(handle, 0)).toEqual({ jobId: handle.jobId, attempt: '1', arrayIndex: null });
  });

  fact('tells a child of an array `<parent>:<index>` and its index', async (at) => {
    const handle = await at.submit({ size: 2, script: { default: ['exit 0'] } });
    await at.ended(handle);
    expect(await at.told(handle, 1)).toEqual({
      jobId: `${handle.jobId}:1`,
      attempt: '1',
      arrayIndex: '1',
    });
  });

  fact('shows no more lines of a log than asked for', async (at) => {
    const handle = await at.submit({ script: { default: ['exit 0'] } });
    await at.ended(handle);
    expect(await at.engine.logTail(handle, 0, 1)).toHaveLength(1);
    expect(await at.engine.logTail(handle, 0, 0)).toEqual([]);
  });

  fact('has nothing to explain about a job that ended', async (at) => {
    const handle = await at.submit({ script: { default: ['exit 0'] } });
    await at.ended(handle);
    expect(await at.engine.explain(handle)).toBeUndefined();
  });
}

function endings(fact: Fact): void {
  fact('gives exit 75 another attempt, with the next number', async (at) => {
    const handle = await at.submit({ attempts: 3, script: { default: ['exit 75', 'exit 0'] } });
    expect(await at.ended(handle)).toMatchObject({ counts: { succeeded: 1 } });
    expect(await at.told(handle, 0)).toMatchObject({ attempt: '2' });
  });

  fact('stops giving attempts when none is left', async (at) => {
    const handle = await at.submit({ attempts: 2, script: { default: ['exit 75'] } });
    expect(await at.ended(handle)).toMatchObject({ counts: { failed: 1 } });
    const failure = await at.onlyFailure(handle);
    expect(failure.attempts.map(({ attempt, exitCode }) => [attempt, exitCode])).toEqual([
      [1, 75],
      [2, 75],
    ]);
  });

  fact('gives exit 143 that nobody asked for another attempt', async (at) => {
    const handle = await at.submit({ attempts: 2, script: { default: ['exit 143', 'exit 0'] } });
    expect(await at.ended(handle)).toMatchObject({ counts: { succeeded: 1 } });
  });

  fact('does not try a permanent failure again', async (at) => {
    const handle = await at.submit({ attempts: 3, script: { default: ['exit 1', 'exit 0'] } });
    await at.ended(handle);
    const failure = await at.onlyFailure(handle);
    expect(failure).toMatchObject({ child: 0, class: 'program' });
    expect(failure.attempts.map(({ attempt, exitCode }) => [attempt, exitCode])).toEqual([[1, 1]]);
  });

  fact('takes exit 137 for a lack of memory and does not try it again', async (at) => {
    const handle = await at.submit({ attempts: 3, script: { default: ['exit 137', 'exit 0'] } });
    await at.ended(handle);
    const failure = await at.onlyFailure(handle);
    expect(failure.class).toBe('memory');
    expect(failure.attempts).toHaveLength(1);
  });

  fact('lets one failed child stop none of the others', async (at) => {
    const handle = await at.submit({ size: 3, script: { 0: ['exit 1'], default: ['exit 0'] } });
    expect(await at.ended(handle)).toMatchObject({ counts: { succeeded: 2, failed: 1 } });
  });

  fact('leaves out the failures that are known', async (at) => {
    const handle = await at.submit({ size: 3, script: { 0: ['exit 0'], default: ['exit 1'] } });
    await at.ended(handle);
    const failures = await at.engine.failures(handle, new Set([1]));
    expect(failures.map(({ child }) => child)).toEqual([2]);
  });

  fact('knows every attempt of a child, also of one that succeeded in the end', async (at) => {
    const handle = await at.submit({
      size: 2,
      attempts: 3,
      script: { 1: ['exit 75', 'exit 0'], default: ['exit 0'] },
    });
    await at.ended(handle);
    const attempts = await at.engine.attempts(handle, [1]);
    expect([...attempts.keys()]).toEqual([1]);
    expect(attempts.get(1)?.map(({ attempt, exitCode }) => [attempt, exitCode])).toEqual([
      [1, 75],
      [2, 0],
    ]);
    for (const { startedAt = '', stoppedAt = '' } of attempts.get(1) ?? []) {
      expect(Date.parse(stoppedAt)).toBeGreaterThanOrEqual(Date.parse(startedAt));
    }
  });

  fact('knows no attempts of an unknown job', async (at) => {
    const handle = { jobId: unknown, queue: at.queue, size: 2 };
    expect((await at.engine.attempts(handle, [0, 1])).size).toBe(0);
  });

  fact('ends an attempt at its timeout and never tries it again', async (at) => {
    const handle = await at.submit({ attempts: 3, timeoutSeconds: 1, script: { default: ['sleep'] } });
    expect(await at.ended(handle)).toMatchObject({ counts: { failed: 1 } });
    const failure = await at.onlyFailure(handle);
    expect(failure.class).toBe('timeout');
    expect(failure.attempts).toHaveLength(1);
  });

  fact('kills what ignores SIGTERM at its timeout', async (at) => {
    const handle = await at.submit({ timeoutSeconds: 1, script: { default: ['stubborn'] } });
    await at.ended(handle);
    expect((await at.onlyFailure(handle)).class).toBe('timeout');
  });

  fact('cancels what runs and what waits, with the reason', async (at) => {
    const handle = await at.submit({ size: 3, attempts: 3, concurrent: 1, script: { default: ['sleep'] } });
    await at.untilRunning(handle, 1);
    await at.engine.cancel(handle, 'stopped by ada');
    expect(await at.ended(handle)).toMatchObject({ counts: { failed: 3, succeeded: 0 } });
    const failures = await at.engine.failures(handle, new Set());
    expect(failures.map(({ child, class: kind }) => [child, kind])).toEqual([
      [0, 'cancelled'],
      [1, 'cancelled'],
      [2, 'cancelled'],
    ]);
    expect(failures[0]?.reason).toContain('stopped by ada');
  });

  fact('knows of what never started that it had no attempt', async (at) => {
    const handle = await at.submit({ size: 2, concurrent: 1, script: { default: ['sleep'] } });
    await at.untilRunning(handle, 1);
    await at.engine.cancel(handle, 'stopped by ada');
    await at.ended(handle);
    expect((await at.engine.attempts(handle, [1])).get(1)).toEqual([]);
  });

  fact('leaves alone what succeeded before a cancel', async (at) => {
    const handle = await at.submit({ size: 2, script: { 0: ['exit 0'], default: ['sleep'] } });
    await at.until(async () => {
      const seen = await at.observe(handle);
      return seen.state === 'active' && seen.counts.succeeded === 1 && seen.counts.running === 1;
    });
    await at.engine.cancel(handle, 'enough');
    expect(await at.ended(handle)).toMatchObject({ counts: { failed: 1, succeeded: 1 } });
  });

  fact('takes a repeated cancel, and one after the end, without harm', async (at) => {
    const handle = await at.submit({ script: { default: ['sleep'] } });
    await at.engine.cancel(handle, 'first');
    await at.engine.cancel(handle, 'second');
    const ended = await at.ended(handle);
    await at.engine.cancel(handle, 'third');
    expect(await at.observe(handle)).toMatchObject({ state: 'ended', counts: ended.counts });
  });

  fact('takes a cancel of an unknown job without harm', async (at) => {
    await at.engine.cancel({ jobId: unknown, queue: at.queue, size: 1 }, 'gone anyway');
    expect(await at.engine.find('nothing', at.queue)).toEqual([]);
  });
}
