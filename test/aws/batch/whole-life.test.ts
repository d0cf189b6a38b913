import type { GetJobQueueSnapshotResponse } from '@aws-sdk/client-batch';
import { describe, expect, test } from 'vitest';
import { defaultLags } from './options.ts';
import { seeded } from './random.ts';
import { Scene } from './scene.ts';

const vcpus = 5;
const size = 30;

/** Arrays whose children exit, hang, lose their hosts and are stopped as chance will have it. */
async function chaos(seed: number) {
  const random = seeded(seed);
  const pick = <Item>(items: readonly Item[]) => items[Math.floor(random() * items.length)];
  const at = new Scene({
    queues: [{ name: 'queue', vcpus }],
    lags: defaultLags,
    random: seeded(seed + 1),
    start: (attempt) => {
      const seconds = 1 + Math.floor(random() * 200);
      const code = pick([0, 0, 0, 1, 75, undefined]);
      const later = (action: () => void) => at.timeline.at(at.timeline.now() + seconds * 1000, action);
      if (code !== undefined) later(() => attempt.exit(code));
      if (random() < 0.5) attempt.onTerminate(() => attempt.exit(143));
      if (random() < 0.1)
        later(() => {
          if (attempt.alive) at.batch.loseHost(attempt.jobId, { plain143: random() < 0.5 });
        });
    },
  });
  const retryStrategy = {
    attempts: 3,
    evaluateOnExit: [{ onExitCode: '1', action: 'EXIT' as const }],
  };
  const request = { retryStrategy, timeout: { attemptDurationSeconds: 120 } };
  const ids = [await at.array(size, request), await at.array(size, request)];
  const used: number[] = [];
  for (let step = 0; step < 300; step++) {
    if (random() < 0.05) await at.terminate(`${pick(ids)}:${Math.floor(random() * size)}`);
    at.pass(60);
    const snapshot: GetJobQueueSnapshotResponse = at.batch.call('GetJobQueueSnapshot', {
      jobQueue: 'queue',
    });
    used.push(snapshot.queueUtilization?.totalCapacityUsage?.[0]?.quantity ?? 0);
  }
  return { at, ids, used };
}

describe('Whatever happens to its children,', () => {
  const lives = Array.from({ length: 15 }, (_, seed) => chaos(seed));

  test('an array ends, with every child counted once', async () => {
    for (const { at, ids } of await Promise.all(lives))
      for (const id of ids) {
        const { SUCCEEDED = 0, FAILED = 0 } = await at.summary(id);
        expect(SUCCEEDED + FAILED).toBe(size);
        expect(await at.status(id)).toBe(FAILED > 0 ? 'FAILED' : 'SUCCEEDED');
      }
  });

  test('a queue never gives more than it has, and gets all of it back', async () => {
    for (const { used } of await Promise.all(lives)) {
      expect(Math.max(...used)).toBe(vcpus);
      expect(Math.min(...used)).toBe(0);
      expect(used.at(-1)).toBe(0);
    }
  });

  test('no child has more attempts than it was granted, nor any after its success', async () => {
    for (const { at, ids } of await Promise.all(lives))
      for (const id of ids)
        for (const { status, attempts = [] } of await at.describe(
          ...Array.from({ length: size }, (_, index) => `${id}:${index}`),
        )) {
          expect(attempts.length).toBeLessThanOrEqual(3);
          const codes = attempts.map(({ container }) => container?.exitCode);
          const success = codes.indexOf(0);
          if (status === 'SUCCEEDED') expect(success).toBe(attempts.length - 1);
        }
  });
});
