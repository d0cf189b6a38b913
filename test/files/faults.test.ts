import { expect, test } from 'vitest';
import { RemoteError } from '../../src/errors.ts';
import { withFileErrors } from '../../src/files/faults.ts';

const at = { service: 'directory store', operation: 'put', what: 'runs/a/run.json' };

test.each([
  ['ENOSPC', /the disk is full/],
  ['EACCES', /permission denied/],
  ['EROFS', /read-only/],
] as const)('%s is a remote error in plain words, with its cause', async (code, words) => {
  const cause = systemError(code);
  const failure = await withFileErrors(at, () => Promise.reject(cause)).catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(RemoteError);
  expect(failure).toMatchObject({
    message: expect.stringMatching(words),
    service: 'directory store',
    operation: 'put',
    cause,
  });
});

test('a remote error says what was done to which object', async () => {
  const failing = withFileErrors(at, () => Promise.reject(systemError('EIO')));
  await expect(failing).rejects.toThrow('directory store: put runs/a/run.json: ');
});

test('a fault that passes is waited for', async () => {
  let calls = 0;
  const answer = await withFileErrors(at, () => {
    calls += 1;
    if (calls < 3) throw systemError('EBUSY');
    return 'written';
  });
  expect(answer).toBe('written');
});

test('a fault that does not pass is not repeated', async () => {
  let calls = 0;
  const failing = withFileErrors(at, () => {
    calls += 1;
    throw systemError('EROFS');
  });
  await expect(failing).rejects.toThrow(/read-only/);
  expect(calls).toBe(1);
});

test('what is no system error stays what it is', async () => {
  const bug = new TypeError('a bug');
  await expect(
    withFileErrors(at, () => {
      throw bug;
    }),
  ).rejects.toBe(bug);
});

const systemError = (code: string) => Object.assign(new Error(code), { code });
