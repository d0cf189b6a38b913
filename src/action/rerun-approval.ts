import { ConfigurationError } from '../errors.ts';
import type { Protection } from '../forge/github/workflows.ts';
import { judgeMoney, likelyOf } from '../run/allowance.ts';
import type { RerunPlan } from '../run/rerun.ts';
import { type Approval, approvalOf, requireReviewers } from './approval.ts';

interface Agreement {
  readonly run: string;
  readonly approved: boolean;
  readonly environment: string;
  readonly 'agreed-usd'?: number | undefined;
  readonly 'approve-usd'?: number | undefined;
}

/** Typing the whole id is half of the approval. */
export function requireWholeId({ run: given, 'approve-usd': typedUsd }: Agreement, run: string): void {
  if (typedUsd === undefined || given === run) return;
  throw new ConfigurationError({
    file: 'input run',
    message: `with an amount to agree to it has to be the whole id, and it is \`${given.slice(0, 200)}\``,
    fix: `If you mean ${run}, type that.`,
  });
}

const estimateOf = ({ usd, worstUsd }: Pick<RerunPlan, 'usd' | 'worstUsd'>) => ({
  usd: usd === null ? null : { low: usd, high: usd },
  ceilingUsd: worstUsd,
});

/** What the round needs. @param reviewers asked only where somebody has to agree. */
export async function approvalOfRerun(
  plan: RerunPlan,
  { 'approve-usd': typedUsd }: Pick<Agreement, 'approve-usd'>,
  reviewers: () => Promise<number>,
): Promise<Approval> {
  if (plan.refused?.limit !== 'approval') return 'open';
  return approvalOf({
    ...{ aboveThreshold: true, reviewers: await reviewers() },
    typed: typedUsd !== undefined && isWithin(plan, typedUsd),
  });
}

/** The estimate may be a tenth above what was agreed to, as at a launch. */
function isWithin(plan: RerunPlan, approvedUsd: number): boolean {
  const free = { budgetUsd: null, ceilingUsd: null, monthLeftUsd: null };
  return judgeMoney(estimateOf(plan), { ...free, approvalAboveUsd: 0, approvedUsd }) === undefined;
}

/** USD that somebody agreed to, by reviewing the environment or by typing. */
export async function approvedUsdOf(
  plan: RerunPlan,
  inputs: Agreement,
  approval: Approval,
  protection: () => Promise<Protection>,
): Promise<number | undefined> {
  if (inputs.approved) {
    requireReviewers(inputs.environment, await protection());
    // Without an estimate the reviewers saw the worst; the digest says that it is the same round.
    return inputs['agreed-usd'] ?? likelyOf(estimateOf(plan));
  }
  if (approval === 'open') return inputs['approve-usd'];
  if (approval === 'gated') return undefined;
  const amount = Math.ceil(likelyOf(estimateOf(plan)));
  throw new ConfigurationError({
    file: 'input approve-usd',
    message: `${plan.refused?.why ?? 'the round is above the threshold'}, and environment \`${inputs.environment}\` asks nobody`,
    fix: `Agree to it: the whole run id as \`run\`, and ${amount} as \`approve-usd\`.`,
  });
}
