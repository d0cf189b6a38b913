import { ConfigurationError } from '../errors.ts';
import type { Protection } from '../forge/github/workflows.ts';

/** What a spend needs before it may be launched. */
export type Approval = 'open' | 'gated' | 'held';

export interface Asked {
  /** Above `money.approval_above_usd`. */
  readonly aboveThreshold: boolean;
  /** People that the environment asks; 0 where there are none, also because the plan of GitHub has no such rule (GH 4.5). */
  readonly reviewers: number;
  /** Somebody typed the id of this run, and an amount that the estimate is within. */
  readonly typed: boolean;
}

/** Where somebody can be asked, typing is no way around them. Pure. */
export function approvalOf({ aboveThreshold, reviewers, typed }: Asked): Approval {
  if (!aboveThreshold) return 'open';
  if (reviewers > 0) return 'gated';
  return typed ? 'open' : 'held';
}

export const reviewersOf = (protection: Protection): number =>
  protection.environment === 'there' ? protection.reviewers : 0;

/** `approved: true` says that people agreed: only an environment that asks somebody can say so. */
export function requireReviewers(environment: string, protection: Protection): void {
  if (reviewersOf(protection) > 0) return;
  const message =
    protection.environment === 'missing'
      ? `it is \`true\`, and there is no environment \`${environment}\` whose reviewers could have agreed`
      : `it is \`true\`, and the environment \`${environment}\` asks nobody`;
  throw new ConfigurationError({
    file: 'input approved',
    message,
    fix: `Give the environment required reviewers, or dispatch the workflow with the run id and the amount typed.`,
  });
}
