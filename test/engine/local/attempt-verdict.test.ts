import { expect, test } from 'vitest';
import { judgeAttempt } from '../../../src/engine/local/attempt-verdict.ts';
import type { StoppedEvent } from '../../../src/engine/local/job-record.ts';

type Row = readonly [
  title: string,
  stop: Pick<StoppedEvent, 'cause' | 'exitCode'>,
  expected: object,
  limits?: { counted?: number; allowed?: number; cancelled?: string },
];

const exit = (exitCode: number | null) => ({ cause: 'exit', exitCode }) as const;
const succeeded = { verdict: 'succeeded' };
const again = { verdict: 'again', counted: true };
const uncounted = { verdict: 'again', counted: false };
const failed = (kind: string) => ({ verdict: 'failed', class: kind });

const rows: readonly Row[] = [
  ['exit 0 succeeds', exit(0), succeeded],
  ['exit 0 on the last attempt succeeds', exit(0), succeeded, { counted: 3 }],
  ['exit 1 is permanent', exit(1), failed('program')],
  ['exit 75 goes again', exit(75), again],
  ['exit 75 on the last attempt fails', exit(75), failed('program'), { counted: 3 }],
  ['exit 143 that nobody asked for goes again', exit(143), again],
  ['exit 143 on the last attempt is the host', exit(143), failed('host'), { counted: 3 }],
  ['exit 124 is the deadline of the worker, and permanent', exit(124), failed('timeout')],
  ['exit 127 is a missing command', exit(127), failed('start')],
  ['exit 137 is memory, and permanent', exit(137), failed('memory')],
  ['exit 139 is a crash of the program', exit(139), failed('program')],
  ['a process that could not be made goes again', { cause: 'unspawned', exitCode: null }, again],
  [
    'a process that could never be made fails to start',
    { cause: 'unspawned', exitCode: null },
    failed('start'),
    { counted: 3 },
  ],
  ['a timeout is never tried again', { cause: 'timeout', exitCode: 143 }, failed('timeout')],
  ['a timeout is one even if the worker then exits 0', { cause: 'timeout', exitCode: 0 }, failed('timeout')],
  ['a lost attempt goes again uncounted', { cause: 'lost', exitCode: null }, uncounted, { counted: 3 }],
  [
    'an interrupted attempt goes again uncounted',
    { cause: 'interrupt', exitCode: 143 },
    uncounted,
    { counted: 3 },
  ],
  [
    'one killed after the grace goes again uncounted',
    { cause: 'interrupt', exitCode: 137 },
    uncounted,
    { counted: 3 },
  ],
  ['an interrupted attempt that succeeded has', { cause: 'interrupt', exitCode: 0 }, succeeded],
  ['an interrupted attempt that failed has', { cause: 'interrupt', exitCode: 1 }, failed('program')],
  [
    'exit 143 after a cancel is cancelled',
    { cause: 'cancel', exitCode: 143 },
    failed('cancelled'),
    { cancelled: 'enough' },
  ],
  ['exit 75 after a cancel is not tried again', exit(75), failed('cancelled'), { cancelled: 'enough' }],
  ['exit 0 after a cancel succeeded', { cause: 'cancel', exitCode: 0 }, succeeded, { cancelled: 'enough' }],
  [
    'an attempt lost before a cancel is cancelled',
    { cause: 'lost', exitCode: null },
    failed('cancelled'),
    { cancelled: 'enough' },
  ],
];

test.for(rows)('%s', ([, stop, expected, limits]) => {
  const verdict = judgeAttempt(stop, {
    counted: limits?.counted ?? 1,
    allowed: limits?.allowed ?? 3,
    cancelled: limits?.cancelled,
    timeoutSeconds: 60,
  });
  expect(verdict).toMatchObject(expected);
});

test('a cancelled child gives the reason of the cancel', () => {
  const limits = { counted: 1, allowed: 1, cancelled: 'stopped by ada', timeoutSeconds: 60 };
  expect(judgeAttempt({ cause: 'cancel', exitCode: 143 }, limits)).toMatchObject({
    reason: 'stopped by ada',
  });
});
