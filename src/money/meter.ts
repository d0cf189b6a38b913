import { overshootUsd } from './estimate.ts';

/**
 * What a running array has cost so far, from two looks at its summary, so that a budget holds. Exact numbers come from
 * fragments and engine records at publication.
 *
 * Let W wait, A be active and E have ended at one look, W' and A' at the next, and let R attempts have gone back to the
 * queue in between (lost hosts, retries). Then exactly A + W - W' + R attempts were active at some moment between the
 * looks, each for no longer than the time between them. A summary shows everything but R; what is charged here is
 * A + max(0, W - W') attempts for the whole time. So the meter is never below the truth but for R: each attempt that
 * went back adds at most the time between two looks, and most of that is hidden by charging the others in full.
 */

/** Slices by state at a moment. */
export interface Reading {
  readonly counts: {
    readonly submitted: number;
    readonly pending: number;
    readonly runnable: number;
    readonly starting: number;
    readonly running: number;
    readonly succeeded: number;
    readonly failed: number;
  };
  /** ISO 8601: when the counts were true. */
  readonly at: string;
}

export interface MeterTerms {
  /** Of the array. */
  readonly slices: number;
  /** Of one slice, at most. */
  readonly attempts: number;
  /** Of one attempt of one slice. */
  readonly timeoutSeconds: number;
  /** What no machine of the queue exceeds: the class's `boundUsdPerSliceHour`. */
  readonly usdPerSliceHour: number;
}

export interface Metered {
  /** Spent between the looks, at most. */
  readonly usd: number;
  /** What the slices running now cost. */
  readonly burnUsdPerHour: number;
}

const none = { submitted: 0, pending: 0, runnable: 0, starting: 0, running: 0, succeeded: 0, failed: 0 };

/** The reading at submission: nothing has started. */
export const atSubmission = (slices: number, at: string): Reading => ({
  counts: { ...none, submitted: slices },
  at,
});

/** A reading that nobody took, of a job that the engine forgot: everything has ended, nobody knows when. */
export const atEnd = (slices: number, at: string): Reading => ({
  counts: { ...none, succeeded: slices },
  at,
});

/** Seconds an attempt may go on past its timeout: SIGKILL comes 30 s after SIGTERM, and both may be late (AB 2.8). */
const lateSeconds = 300;

/**
 * Everything that was active at the first look or started since is charged for the whole time between the looks,
 * but no slice for longer than all its attempts together may take. A look that is not newer adds nothing.
 */
export function meter(before: Reading, after: Reading, terms: MeterTerms): Metered {
  const seconds = Math.max(0, (Date.parse(after.at) - Date.parse(before.at)) / 1000);
  const longest = terms.attempts * (terms.timeoutSeconds + lateSeconds);
  const left = waiting(before, terms) - waiting(after, terms);
  const charged = active(before) + Math.max(0, left);
  return {
    usd: ((charged * Math.min(seconds, longest)) / 3600) * terms.usdPerSliceHour,
    burnUsdPerHour: active(after) * terms.usdPerSliceHour,
  };
}

export interface Spending {
  readonly meteredUsd: number;
  readonly burnUsdPerHour: number;
  /** Null: no budget was set. */
  readonly budgetUsd: number | null;
  readonly watchSeconds: number;
  /** What the budget is called; absent: the run's own. */
  readonly limit?: string;
}

type MayContinue = { readonly go: true } | { readonly go: false; readonly why: string };

/** Stops as soon as what is spent, and what will be until everything has stopped, reaches the budget. */
export function mayContinue(spending: Spending): MayContinue {
  const { meteredUsd, burnUsdPerHour, budgetUsd, watchSeconds, limit = 'The budget' } = spending;
  if (budgetUsd === null) return { go: true };
  const stopping = overshootUsd(burnUsdPerHour, watchSeconds);
  if (meteredUsd + stopping < budgetUsd || meteredUsd + burnUsdPerHour === 0) return { go: true };
  return {
    go: false,
    why:
      `${limit} of $${budgetUsd.toFixed(2)} is reached: at most $${meteredUsd.toFixed(2)} spent, and up to ` +
      `$${stopping.toFixed(2)} more until everything has stopped.`,
  };
}

/** A young summary need not name all slices (AB 2.3): what it does not name waits. */
const waiting = (reading: Reading, { slices }: MeterTerms) =>
  slices - active(reading) - reading.counts.succeeded - reading.counts.failed;
const active = ({ counts }: Reading) => counts.starting + counts.running;
