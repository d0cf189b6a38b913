import type { RetryStrategy } from '@aws-sdk/client-batch';
import { interrupted, tryAgain } from '../exit-code.ts';

/**
 * Which attempts get another one (AB 2.9): the first matching entry decides [MEM], a job that matches none is retried,
 * and what was cancelled, terminated or timed out never is. So what ran and ended by itself stops at the last entry,
 * and what never ran (no exit code: no image, no place in Docker) falls through to another attempt, within bounds: that
 * `*` wants an exit code at all is [MEM], as it is for reasons (AB 14, 3).
 * Parentheses are not legal in a pattern, hence `Host EC2*`. At most five entries.
 */
export function retryStrategy(attempts: number): RetryStrategy {
  return {
    attempts,
    evaluateOnExit: [
      { onStatusReason: 'Host EC2*', action: 'RETRY' },
      { onExitCode: String(tryAgain), action: 'RETRY' },
      // A host that drains before it goes sends SIGTERM, and Batch need not say why (AB 9.1).
      { onExitCode: String(interrupted), action: 'RETRY' },
      { onExitCode: '*', action: 'EXIT' },
    ],
  };
}
