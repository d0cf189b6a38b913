import { describe, expect, test } from 'vitest';
import type { Fault } from './faults.ts';
import { Scene } from './scene.ts';

function submitting(fault: Fault): Scene {
  return new Scene({ faults: ({ operation }) => (operation === 'SubmitJob' ? fault : undefined) });
}

describe('A fault', () => {
  test.each([
    ['throttle', { name: 'TooManyRequestsException', $metadata: { httpStatusCode: 429 } }],
    ['error', { name: 'ServerException', $metadata: { httpStatusCode: 500 } }],
    ['denied', { name: 'AccessDeniedException', $metadata: { httpStatusCode: 403 } }],
    ['expired', { name: 'ExpiredTokenException', $metadata: { httpStatusCode: 403 } }],
    ['lost-request', { name: 'TimeoutError', code: 'ECONNRESET' }],
  ] as const)('%s shows as AWS shows it, and nothing was done (AB 3)', async (fault, error) => {
    const at = submitting(fault);
    await expect(at.submit()).rejects.toMatchObject(error);
    expect(at.batch.jobIds).toEqual([]);
  });

  test.each(['lost-answer', 'error-after'] as const)(
    '%s comes after all was done (AB 2.11)',
    async (fault) => {
      const at = submitting(fault);
      await expect(at.submit()).rejects.toThrow();
      expect(at.batch.jobIds).toHaveLength(1);
    },
  );

  test('lets a slow call take notice only later', async () => {
    const at = submitting({ slow: 20 });
    const answer = at.submit();
    await sent(at);
    at.pass(19);
    expect(at.batch.jobIds).toEqual([]);
    at.pass(1);
    expect(await answer).toBe(at.batch.jobIds[0]);
  });

  test('names the action that is denied', async () => {
    await expect(submitting('denied').submit()).rejects.toThrow('batch:SubmitJob');
  });

  test('meets the call that it is meant for', async () => {
    const at = new Scene({
      faults: ({ operation, number }) => (operation === 'SubmitJob' && number === 2 ? 'throttle' : undefined),
    });
    await at.submit();
    await expect(at.submit()).rejects.toThrow();
    await at.submit();
    expect(at.batch.requests.get('SubmitJob')).toBe(3);
  });
});

/** The client signs before it sends: time must not pass before the request is there. */
async function sent(at: Scene): Promise<void> {
  while (at.timeline.next() === undefined) await new Promise((resolve) => setImmediate(resolve));
}
