import { describe, expect, it } from 'vitest';
import { exitCode, type Interruption } from '../../src/worker/exit-code.ts';

const permanent = { class: 'program', again: false } as const;
const again = { class: 'program', again: true } as const;
const timeout = { class: 'timeout', again: false } as const;

describe('the exit code of a worker', () => {
  const of = (
    failures: readonly (typeof permanent | typeof again | typeof timeout)[],
    interruption?: Interruption,
    storeTrouble = false,
    denied = false,
  ) => exitCode({ interruption, failures, storeTrouble, denied });

  it.each([
    ['nothing failed', of([]), 0],
    ['something failed for good', of([permanent]), 1],
    ['something may succeed next time', of([permanent, again]), 75],
    ['everything that failed was a timeout', of([timeout, timeout]), 124],
    ['a timeout is not all that failed', of([timeout, permanent]), 1],
    ['the fragment could not be stored', of([], undefined, true), 75],
    ['there is no right to store the fragment', of([again], undefined, true, true), 1],
    ['the slice reached its deadline', of([], 'deadline'), 124],
    ['the slice reached its deadline, but another attempt helps', of([again], 'deadline'), 75],
    ['it was asked to end', of([permanent, again], 'terminated'), 143],
    ['the engine is gone', of([], 'lifeline'), 143],
    ['the run is cancelled and nothing failed', of([], 'cancelled'), 0],
    ['the run is cancelled and what was finished could not be stored', of([], 'cancelled', true), 1],
    ['the run is cancelled: never asks for another attempt', of([again], 'cancelled', true), 1],
  ])('when %s', (_, code, expected) => expect(code).toBe(expected));
});
