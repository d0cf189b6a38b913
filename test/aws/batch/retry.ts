import type { RetryAction, RetryStrategy } from '@aws-sdk/client-batch';

/** How an attempt ended by itself or by the loss of its host. */
export interface Ending {
  readonly exitCode?: number;
  /** The container's. */
  readonly reason?: string;
  readonly statusReason: string;
}

/**
 * Whether another attempt follows (AB 2.9): the first entry that matches decides, and **no match means RETRY**. What
 * was cancelled, terminated or timed out never comes here.
 */
export function isRetried(
  strategy: RetryStrategy | undefined,
  attempts: number,
  finished: number,
  ending: Ending,
): boolean {
  if (finished >= attempts) return false;
  const entry = (strategy?.evaluateOnExit ?? []).find(
    ({ onExitCode, onReason, onStatusReason }) =>
      exitCodeMatches(onExitCode, ending.exitCode) &&
      textMatches(onReason, ending.reason) &&
      textMatches(onStatusReason, ending.statusReason),
  );
  return entry === undefined || entry.action?.toUpperCase() === 'RETRY';
}

/** AB 2.9: the decimal exit code. What never exited has none, and no pattern matches it. */
function exitCodeMatches(pattern: string | undefined, exitCode: number | undefined): boolean {
  return pattern === undefined || (exitCode !== undefined && matches(pattern, String(exitCode)));
}

/** AB 14.3: whether `*` matches a reason that is absent is not documented; AWS's own pair of AB 2.9 relies on it. */
function textMatches(pattern: string | undefined, text: string | undefined): boolean {
  return pattern === undefined || matches(pattern, text ?? '');
}

/** AB 2.9: only a `*` at the end is special. */
function matches(pattern: string, text: string): boolean {
  return pattern.endsWith('*') ? text.startsWith(pattern.slice(0, -1)) : text === pattern;
}

/** As it is described: AB 2.9 takes an action in any case, and Batch gives it back in lower case (as moto has seen it). */
export function shownStrategy({ attempts, evaluateOnExit = [] }: RetryStrategy): RetryStrategy {
  return {
    attempts: attempts ?? 1,
    // The type has upper case only.
    evaluateOnExit: evaluateOnExit.map((entry) => ({
      ...entry,
      action: entry.action?.toLowerCase() as RetryAction,
    })),
  };
}
