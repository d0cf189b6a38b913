import type { EvaluateOnExit, RetryStrategy } from '@aws-sdk/client-batch';
import { describe, expect, test } from 'vitest';
import { type Ending, isRetried } from './retry.ts';
import { Scene } from './scene.ts';

const exited = 'Essential container in task exited';

function decided(entries: EvaluateOnExit[], ending: Partial<Ending>): 'retried' | 'over' {
  const strategy: RetryStrategy = { attempts: 3, evaluateOnExit: entries };
  return isRetried(strategy, 3, 1, { statusReason: exited, ...ending }) ? 'retried' : 'over';
}

describe('The decision to retry (AB 2.9)', () => {
  test('is the first matching entry’s', () => {
    const entries: EvaluateOnExit[] = [
      { onExitCode: '7*', action: 'RETRY' },
      { onExitCode: '75', action: 'EXIT' },
    ];
    expect(decided(entries, { exitCode: 75 })).toBe('retried');
    expect(decided(entries.toReversed(), { exitCode: 75 })).toBe('over');
  });

  test('is RETRY where no entry matches', () => {
    expect(decided([{ onExitCode: '1', action: 'EXIT' }], { exitCode: 2 })).toBe('retried');
  });

  test('is RETRY without any entry', () => {
    expect(isRetried({ attempts: 2 }, 2, 1, { exitCode: 1, statusReason: exited })).toBe(true);
  });

  test('wants all fields of an entry to match', () => {
    const entry: EvaluateOnExit = { onExitCode: '1', onReason: 'OutOfMemoryError*', action: 'EXIT' };
    expect(decided([entry], { exitCode: 1 })).toBe('retried');
    expect(decided([entry], { exitCode: 1, reason: 'OutOfMemoryError: killed' })).toBe('over');
  });

  test('matches a whole text but for a `*` at the end', () => {
    expect(decided([{ onReason: 'Out', action: 'EXIT' }], { reason: 'OutOfMemoryError' })).toBe('retried');
    expect(decided([{ onReason: 'Out*', action: 'EXIT' }], { reason: 'OutOfMemoryError' })).toBe('over');
    expect(decided([{ onReason: 'out*', action: 'EXIT' }], { reason: 'OutOfMemoryError' })).toBe('retried');
  });

  test('tells the status reason from the container’s reason', () => {
    const host = { statusReason: 'Host EC2 (instance i-0) terminated.' };
    expect(decided([{ onStatusReason: 'Host EC2*', action: 'EXIT' }], host)).toBe('over');
    expect(decided([{ onReason: 'Host EC2*', action: 'EXIT' }], host)).toBe('retried');
  });

  test('finds no exit code in what never exited', () => {
    expect(decided([{ onExitCode: '*', action: 'EXIT' }], {})).toBe('retried');
    expect(decided([{ onExitCode: '*', action: 'EXIT' }], { exitCode: 1 })).toBe('over');
  });

  test('takes `*` for a reason that is absent, as AWS’s own example needs', () => {
    expect(decided([{ onReason: '*', action: 'EXIT' }], { exitCode: 1 })).toBe('over');
  });

  test('takes an action in any case', () => {
    const entry = { onExitCode: '1', action: 'retry' as 'RETRY' };
    expect(decided([entry, { onReason: '*', action: 'EXIT' }], { exitCode: 1 })).toBe('retried');
  });
});

describe('A retried child', () => {
  test('goes back to RUNNABLE and keeps its attempts', async () => {
    const at = new Scene({ queues: [{ name: 'queue', vcpus: 1 }] });
    const { id, attempt } = await at.running({ retryStrategy: { attempts: 2 } });
    at.batch.hold('queue', 'UNDETERMINED - held by the test');
    attempt.exit(75);
    expect(await at.the(id)).toMatchObject({
      status: 'RUNNABLE',
      attempts: [{ statusReason: exited, container: { exitCode: 75 } }],
    });
  });

  test('is told the number of its attempt', async () => {
    const at = new Scene();
    const { attempt } = await at.running({ retryStrategy: { attempts: 2 } });
    attempt.exit(75);
    at.pass();
    expect(at.latest.environment.AWS_BATCH_JOB_ATTEMPT).toBe('2');
  });

  test('has no more attempts than the strategy grants', async () => {
    const at = new Scene();
    const { id } = await at.running({ retryStrategy: { attempts: 2 } });
    for (let turn = 0; turn < 5; turn++) {
      at.latest.exit(75);
      at.pass();
    }
    expect(at.started).toHaveLength(2);
    expect(await at.status(id)).toBe('FAILED');
  });

  test('has attempts of its own, whatever its siblings used', async () => {
    const at = new Scene();
    const id = await at.array(2, { retryStrategy: { attempts: 2 } });
    at.pass();
    for (const attempt of [...at.started]) attempt.exit(75);
    at.pass();
    expect(await at.summary(id)).toEqual({ RUNNING: 2 });
  });

  test('follows the submission’s strategy as a whole, not the definition’s', async () => {
    const at = new Scene();
    const never = [{ onReason: '*', action: 'EXIT' as const }];
    await at.register({ retryStrategy: { attempts: 5, evaluateOnExit: never } });
    const own = await at.running({ jobDefinition: 'demo:2' });
    own.attempt.exit(1);
    expect(await at.status(own.id)).toBe('FAILED');
    const given = await at.running({ jobDefinition: 'demo:2', retryStrategy: { attempts: 2 } });
    given.attempt.exit(1);
    at.pass();
    expect(await at.status(given.id)).toBe('RUNNING');
  });
});

describe('An attempt that cannot start', () => {
  test('shows why in the container’s reason, without exit code, start and log (AB 8, 9)', async () => {
    const reason = 'CannotPullContainerError: manifest unknown';
    const at = new Scene({ pull: () => reason });
    const id = await at.submit();
    at.pass();
    const { status, statusReason, attempts = [] } = await at.the(id);
    expect([status, statusReason]).toEqual(['FAILED', 'Task failed to start']);
    expect(attempts[0]?.container).toMatchObject({ reason });
    expect(attempts[0]?.startedAt).toBeUndefined();
    expect(attempts[0]?.container?.exitCode).toBeUndefined();
    expect(attempts[0]?.container?.logStreamName).toBeUndefined();
  });

  test('is retried like any other', async () => {
    const reasons = ['DockerTimeoutError: Could not transition to created', undefined];
    const at = new Scene({ pull: () => reasons.shift() });
    const { id } = await at.running({ retryStrategy: { attempts: 2 } });
    expect(await at.status(id)).toBe('RUNNING');
  });
});
