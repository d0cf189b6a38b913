import { constants } from 'node:os';
import type { FailureClass } from './engine.ts';

/** The worker asks for another attempt: the program's `on_exit`, or trouble with the store (design, section 7). */
export const tryAgain = 75;
/** The worker's own deadline passed. */
export const ownDeadline = 124;
/** 128 + 15: interrupted by SIGTERM, as after a host loss (AB 2.9). */
export const interrupted = 143;

/** What an exit code says when nobody knows better (AB 9.1). */
export function describeExit(exitCode: number | null): {
  readonly class: FailureClass;
  readonly reason: string;
} {
  if (exitCode === null) return { class: 'start', reason: 'never ran' };
  switch (exitCode) {
    case tryAgain:
      return { class: 'program', reason: 'asked for another attempt (exit 75) until none was left' };
    case ownDeadline:
      return { class: 'timeout', reason: 'the worker gave up at its own deadline (exit 124)' };
    case 125:
      return { class: 'start', reason: 'the container could not be started (exit 125)' };
    case 126:
      return { class: 'start', reason: 'the command is not executable (exit 126)' };
    case 127:
      return { class: 'start', reason: 'the command was not found (exit 127)' };
    case 137:
      return { class: 'memory', reason: 'killed by SIGKILL: out of memory, or someone killed it' };
    case interrupted:
      return { class: 'host', reason: 'stopped from outside by SIGTERM (exit 143)' };
  }
  const signal = signalOf(exitCode);
  const reason = signal === undefined ? `exit code ${exitCode}` : `ended by ${signal} (exit ${exitCode})`;
  return { class: 'program', reason };
}

/** The code a shell or Docker would report: 128 + n for signal n. */
export function exitCodeOf(code: number | null, signal: NodeJS.Signals | null): number | null {
  return signal === null ? code : 128 + constants.signals[signal];
}

function signalOf(exitCode: number): string | undefined {
  return Object.entries(constants.signals).find(([, number]) => number === exitCode - 128)?.[0];
}
