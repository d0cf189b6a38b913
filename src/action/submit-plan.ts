import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { LoadedGrid } from '../grid/grid.ts';
import { launchPrepared } from '../place/launch-grid.ts';
import type { Workplace } from '../place/workplace.ts';
import { allowance, judgeMoney } from '../run/allowance.ts';
import type { Launched } from '../run/launch.ts';
import { prepare } from '../run/prepare.ts';
import type { Left } from '../run/reconcile.ts';
import { runKey } from '../store/keys.ts';
import { digestOf, type PlanEntry } from './plans.ts';

export interface Submission {
  /** People agreed to each plan's estimate. */
  readonly approved: boolean;
  readonly alongside: boolean;
  /** Nobody agreed: a decision, so that nobody is asked again. */
  readonly rejected: boolean;
}

/**
 * Launches what was planned and agreed to, and nothing else: the grid is planned afresh, since days may lie between. What
 * is not launched stays undecided, and the next launch plans it anew.
 */
export async function submitPlan(
  place: Workplace,
  loaded: LoadedGrid,
  entry: PlanEntry | undefined,
  { approved, alongside, rejected }: Submission,
): Promise<Launched | Left> {
  if (entry === undefined) return left('held', 'it is not among the plans of this job');
  const { deps, identify } = place;
  if (!(await isAtTip(place, loaded))) {
    return left(
      'superseded',
      'it has changed on the default branch since: the launch of that commit decides',
    );
  }
  if (rejected) {
    const fix = 'Change the grid, or launch it by name.';
    return { outcome: 'refused', why: 'the reviewers of its spend did not agree', fix };
  }
  const prepared = await prepare(deps, { loaded, identify });
  const exists = (await deps.store.stat(runKey(prepared.run))) !== undefined;
  if (!exists && digestOf(prepared) !== entry.digest) {
    const why =
      'what it would execute is not what was planned and agreed to: its image, muster.yaml, or what could be reused has changed meanwhile. Run the launch workflow again, which plans it anew';
    return left('refused', why);
  }
  // Without an estimate the ceiling was shown, and agreed to.
  const approvedUsd = approved ? (entry.usd ?? entry.ceilingUsd) : (entry.approvedUsd ?? undefined);
  const budget = loaded.grid.budget?.usd ?? null;
  const refused = judgeMoney(
    prepared.plan.estimate,
    await allowance(deps, prepared.run, budget, approvedUsd),
  );
  if (!exists && refused?.limit === 'approval') return left('held', refused.why);
  return launchPrepared(place, loaded, prepared, {
    ...{ alongside, preflight: false },
    ...(approvedUsd !== undefined && { approveUsd: approvedUsd }),
  });
}

const left = (kind: Left['kind'], why: string): Left => ({ outcome: 'left', kind, why });

/** Whether the files of a grid are those of the default branch. */
async function isAtTip({ root, deps }: Workplace, { path, data }: LoadedGrid): Promise<boolean> {
  for (const file of [path, ...data.map((one) => one.path)]) {
    const there = await deps.forge.readFile(file);
    if (there === undefined || !readFileSync(join(root, file)).equals(there)) return false;
  }
  return true;
}
