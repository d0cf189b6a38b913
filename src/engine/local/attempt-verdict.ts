import type { FailureClass } from '../engine.ts';
import { describeExit, interrupted, tryAgain } from '../exit-code.ts';
import type { StoppedEvent } from './job-record.ts';

export type Verdict =
  | { readonly verdict: 'succeeded' }
  /** Another attempt follows; `counted` when this one used up one of the job's attempts. */
  | { readonly verdict: 'again'; readonly counted: boolean; readonly reason: string }
  | { readonly verdict: 'failed'; readonly class: FailureClass; readonly reason: string };

export interface AttemptLimits {
  /** Attempts that count, this one included. */
  readonly counted: number;
  readonly allowed: number;
  /** Why the job was cancelled, once it was. */
  readonly cancelled: string | undefined;
  readonly timeoutSeconds: number;
}

const killed = 137;

/** What the end of an attempt means for its child: the same rules as our retry strategy on Batch (AB 2.8, 2.9). */
export function judgeAttempt(
  stop: Pick<StoppedEvent, 'cause' | 'exitCode' | 'detail'>,
  limits: AttemptLimits,
): Verdict {
  if (stop.cause === 'timeout') {
    return {
      verdict: 'failed',
      class: 'timeout',
      reason: `ran longer than its timeout of ${limits.timeoutSeconds} s`,
    };
  }
  if (stop.exitCode === 0) return { verdict: 'succeeded' };
  if (limits.cancelled !== undefined) {
    return { verdict: 'failed', class: 'cancelled', reason: limits.cancelled };
  }
  if (stop.cause === 'lost') {
    return { verdict: 'again', counted: false, reason: 'the engine died under it' };
  }
  if (stop.cause === 'interrupt' && isInterrupted(stop.exitCode)) {
    return { verdict: 'again', counted: false, reason: 'interrupted together with the engine' };
  }
  return judgeExit(stop, limits);
}

/** Of an interrupted attempt: it obeyed SIGTERM, or the SIGKILL after the grace took it, or it wants another go. */
const isInterrupted = (exitCode: number | null) =>
  exitCode === interrupted || exitCode === killed || exitCode === tryAgain;

function judgeExit(stop: Pick<StoppedEvent, 'exitCode' | 'detail'>, limits: AttemptLimits): Verdict {
  const described = describeExit(stop.exitCode);
  const reason = stop.detail ?? described.reason;
  // A child that never ran matches no rule on Batch, and no match means another attempt (AB 2.9).
  const retried = stop.exitCode === null || stop.exitCode === tryAgain || stop.exitCode === interrupted;
  if (retried && limits.counted < limits.allowed) return { verdict: 'again', counted: true, reason };
  return { verdict: 'failed', class: described.class, reason };
}
