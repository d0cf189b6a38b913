import type { Estimate } from '../plan/plan.ts';
import { money } from '../report/format.ts';
import type { RunDeps } from './deps.ts';
import { monthLeft } from './promise.ts';
import { lowest } from './round-record.ts';

/** What a launch may cost: the grid's budget, lowered by `muster.yaml`, and what this month has left. */
export interface Allowance {
  readonly budgetUsd: number | null;
  /** Which of the two limits is the lower one: that of the grid, or that of muster.yaml and its stages. */
  readonly budgetIsOf?: 'grid' | 'place';
  readonly ceilingUsd: number | null;
  readonly monthLeftUsd: number | null;
  readonly approvalAboveUsd: number | null;
  readonly approvedUsd: number | null;
}

export async function allowance(
  deps: RunDeps,
  run: string,
  gridBudgetUsd: number | null,
  approvedUsd: number | undefined,
): Promise<Allowance> {
  const { runUsd, monthUsd, ceilingUsd, approvalAboveUsd } = deps.settings.money;
  return {
    budgetUsd: lowest(gridBudgetUsd, runUsd),
    budgetIsOf: runUsd !== undefined && runUsd < (gridBudgetUsd ?? Infinity) ? 'place' : 'grid',
    ceilingUsd: ceilingUsd ?? null,
    monthLeftUsd: monthUsd === undefined ? null : await monthLeft(deps, monthUsd, run),
    approvalAboveUsd: approvalAboveUsd ?? null,
    approvedUsd: approvedUsd ?? null,
  };
}

export interface Refused {
  readonly limit: 'budget' | 'ceiling' | 'month' | 'approval';
  readonly why: string;
  readonly fix: string;
}

/** An approved estimate may grow by a tenth before somebody has to look again. */
const approvalMargin = 1.1;

/** Without an expected duration only the ceiling is known. */
export const likelyOf = ({ usd, ceilingUsd }: Estimated) => usd?.high ?? ceilingUsd;

export type Estimated = Pick<Estimate, 'usd' | 'ceilingUsd'>;

/** Why a launch may not spend this, if it may not. Pure. */
export function judgeMoney(estimate: Estimated, allowed: Allowance): Refused | undefined {
  const { budgetUsd, budgetIsOf = 'grid', ceilingUsd, monthLeftUsd, approvalAboveUsd, approvedUsd } = allowed;
  const likely = likelyOf(estimate);
  const about = estimate.usd === null ? 'the ceiling (no `expected` duration is known)' : 'the estimate';
  if (budgetUsd !== null && likely > budgetUsd) {
    return {
      limit: 'budget',
      why: `${about} of ${money(likely)} is above the budget of ${money(budgetUsd)}`,
      fix: `Raise ${budgetIsOf === 'place' ? '`money.run_usd` of muster.yaml or its stage' : '`budget.usd` of the grid'}, or make the grid smaller.`,
    };
  }
  if (ceilingUsd !== null && estimate.ceilingUsd > ceilingUsd) {
    return {
      limit: 'ceiling',
      why: `the ceiling of ${money(estimate.ceilingUsd)} is above \`money.ceiling_usd\`, ${money(ceilingUsd)}`,
      fix: 'Shorten `timeout`, lower `retry.attempts`, or make the grid smaller.',
    };
  }
  if (monthLeftUsd !== null && likely > 0 && likely > monthLeftUsd) {
    return {
      limit: 'month',
      why: `${about} of ${money(likely)} is above the ${money(Math.max(0, monthLeftUsd))} left of \`money.month_usd\` this month`,
      fix: 'Wait for the next month, or raise `money.month_usd` in muster.yaml.',
    };
  }
  if (
    approvalAboveUsd !== null &&
    likely > approvalAboveUsd &&
    likely > (approvedUsd ?? 0) * approvalMargin
  ) {
    const given = approvedUsd === null ? 'nobody has approved it' : `only ${money(approvedUsd)} are approved`;
    return {
      limit: 'approval',
      why: `${about} of ${money(likely)} is above \`money.approval_above_usd\`, ${money(approvalAboveUsd)}, and ${given}`,
      fix: `Launch with --approve-usd ${Math.ceil(likely)}.`,
    };
  }
  return undefined;
}
