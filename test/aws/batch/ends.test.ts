import { describe, expect, test } from 'vitest';
import { Scene } from './scene.ts';

const timeout = { attemptDurationSeconds: 60 };
const retryStrategy = { attempts: 3 };

describe('A timeout (AB 2.8)', () => {
  test('asks the container to end, and takes what it exits with, but not as success', async () => {
    const at = new Scene();
    const { id, attempt } = await at.running({ timeout });
    attempt.onTerminate(() => attempt.exit(0));
    at.pass(60);
    expect(await at.the(id)).toMatchObject({
      status: 'FAILED',
      statusReason: 'Job attempt duration exceeded timeout',
      container: { exitCode: 0 },
    });
  });

  test('kills after 30 seconds what does not end', async () => {
    const at = new Scene();
    const { id, attempt } = await at.running({ timeout });
    let killed = false;
    attempt.onKilled(() => {
      killed = true;
    });
    at.pass(89);
    expect([await at.status(id), killed]).toEqual(['RUNNING', false]);
    at.pass(1);
    expect([await at.status(id), killed]).toEqual(['FAILED', true]);
    expect((await at.the(id)).container?.exitCode).toBe(137);
  });

  test('is never retried', async () => {
    const at = new Scene();
    const { id } = await at.running({ timeout, retryStrategy });
    at.pass(1000);
    expect((await at.the(id)).attempts).toHaveLength(1);
  });

  test('counts from the start of each attempt', async () => {
    const at = new Scene({ lags: { starting: 100 } });
    const id = await at.submit({ timeout, retryStrategy });
    at.pass(100);
    at.pass(59);
    at.latest.exit(1);
    at.pass(100);
    at.pass(59);
    expect(await at.status(id)).toBe('RUNNING');
  });

  test('tells a container once, and none that has ended', async () => {
    const at = new Scene();
    const { attempt } = await at.running({ timeout });
    const heard: string[] = [];
    attempt.onTerminate(() => {
      heard.push('first');
      attempt.exit(143);
    });
    attempt.onTerminate(() => heard.push('second'));
    at.pass(100);
    expect(heard).toEqual(['first']);
  });

  test('keeps its reason when somebody terminates the job, too', async () => {
    const at = new Scene();
    const { id, attempt } = await at.running({ timeout });
    let heard = 0;
    attempt.onTerminate(() => {
      heard += 1;
    });
    at.pass(70);
    await at.terminate(id);
    at.pass(20);
    expect((await at.the(id)).statusReason).toBe('Job attempt duration exceeded timeout');
    expect(heard).toBe(1);
  });

  test('does not exist unless someone set one', async () => {
    const at = new Scene();
    const { id } = await at.running();
    at.pass(30 * 24 * 3600);
    expect(await at.status(id)).toBe('RUNNING');
  });
});

describe('The loss of a host (AB 9)', () => {
  test('is told by the status reason, without an exit code', async () => {
    const at = new Scene();
    const { id } = await at.running();
    at.batch.loseHost(id);
    const { statusReason, container, attempts = [] } = await at.the(id);
    expect(statusReason).toMatch(/^Host EC2 \(instance i-[0-9a-f]{17}\) terminated\.$/);
    expect(container?.exitCode).toBeUndefined();
    expect(attempts[0]?.statusReason).toBe(statusReason);
  });

  test('may come with an exit code', async () => {
    const at = new Scene();
    const { id } = await at.running();
    at.batch.loseHost(id, { exitCode: 137 });
    expect((await at.the(id)).container?.exitCode).toBe(137);
  });

  test('may look like a plain exit with 143 after a drain', async () => {
    const at = new Scene();
    const { id } = await at.running();
    at.batch.loseHost(id, { plain143: true });
    expect(await at.the(id)).toMatchObject({
      statusReason: 'Essential container in task exited',
      container: { exitCode: 143 },
    });
  });

  test('lets a container that listens end by itself in a drain', async () => {
    const at = new Scene();
    const { id, attempt } = await at.running();
    attempt.onTerminate(() => at.timeline.at(at.timeline.now() + 20_000, () => attempt.exit(143)));
    at.batch.loseHost(id, { plain143: true });
    expect(await at.status(id)).toBe('RUNNING');
    at.pass(20);
    expect((await at.the(id)).attempts?.[0]?.container?.exitCode).toBe(143);
  });

  test('is retried on another instance', async () => {
    const at = new Scene();
    const { id, attempt } = await at.running({ retryStrategy });
    at.batch.loseHost(id);
    at.pass();
    expect(await at.status(id)).toBe('RUNNING');
    expect(at.latest.instance).not.toBe(attempt.instance);
  });

  test('silences the container', async () => {
    const at = new Scene();
    const { id, attempt } = await at.running({ retryStrategy });
    at.batch.loseHost(id);
    at.pass();
    attempt.exit(0);
    expect(await at.status(id)).toBe('RUNNING');
    expect(attempt.alive).toBe(false);
  });

  test('also ends what is only starting', async () => {
    const at = new Scene({ lags: { starting: 10 } });
    const id = await at.submit();
    at.pass(5);
    at.batch.loseHost(id);
    at.pass(5);
    expect(await at.status(id)).toBe('FAILED');
    expect(at.started).toEqual([]);
  });
});
