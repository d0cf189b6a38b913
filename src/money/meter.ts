import { overshootUsd } from './estimate.ts';

/**
 * What a running array has cost so far, from two looks at its summary: never less than the truth, so that a budget
 * holds. Exact numbers come from fragments and engine records at publication.
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
  /** Of one attempt of one slice. */
  readonly timeoutSeconds: number;
  /** The high end of the class's rate. */
  readonly usdPerSliceHour: number;
  /**
   * Attempts known to have gone back to the queue between the looks (a lost host, a retry). A summary does not show
   * them; exact accounting at publication finds those nobody knew of.
   */
  readonly returned?: number;
}

export interface Metered {
  /** Spent between the looks, at most. */
  readonly usd: number;
  /** What the slices running now cost. */
  readonly burnUsdPerHour: number;
}

/** The reading at submission: nothing has started. */
export function atSubmission(slices: number, at: string): Reading {
  return {
    counts: { submitted: slices, pending: 0, runnable: 0, starting: 0, running: 0, succeeded: 0, failed: 0 },
    at,
  };
}

/**
 * Everything that was active at the first look or started since is charged for the whole time between the looks,
 * but no attempt for longer than its timeout. A look that is not newer adds nothing.
 */
export function meter(before: Reading, after: Reading, terms: MeterTerms): Metered {
  const seconds = Math.max(0, (Date.parse(after.at) - Date.parse(before.at)) / 1000);
  const left = waiting(before) - waiting(after) + (terms.returned ?? 0);
  const charged = active(before) + Math.max(0, left);
  const hours = Math.min(seconds, terms.timeoutSeconds) / 3600;
  return {
    usd: charged * hours * terms.usdPerSliceHour,
    burnUsdPerHour: active(after) * terms.usdPerSliceHour,
  };
}

export interface Spending {
  readonly meteredUsd: number;
  readonly burnUsdPerHour: number;
  /** Null: no budget was set. */
  readonly budgetUsd: number | null;
  readonly watchSeconds: number;
}

export type MayContinue = { readonly go: true } | { readonly go: false; readonly why: string };

/** Stops as soon as what is spent, and what will be until everything has stopped, reaches the budget. */
export function mayContinue({ meteredUsd, burnUsdPerHour, budgetUsd, watchSeconds }: Spending): MayContinue {
  if (budgetUsd === null) return { go: true };
  const stopping = overshootUsd(burnUsdPerHour, watchSeconds);
  if (meteredUsd + stopping < budgetUsd || meteredUsd + burnUsdPerHour === 0) return { go: true };
  return {
    go: false,
    why:
      `The budget of $${budgetUsd.toFixed(2)} is reached: at most $${meteredUsd.toFixed(2)} spent, and up to ` +
      `$${stopping.toFixed(2)} more until everything has stopped.`,
  };
}

const waiting = ({ counts }: Reading) => counts.submitted + counts.pending + counts.runnable;
const active = ({ counts }: Reading) => counts.starting + counts.running;
