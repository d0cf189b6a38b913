import { requireReviewers } from '../../src/action/approval.ts';
import { openActionPlace, requireAccount } from '../../src/action/place.ts';
import { parsePlans } from '../../src/action/plans.ts';
import type { Action, Done } from '../../src/action/run-action.ts';
import { submitPlan } from '../../src/action/submit-plan.ts';
import { reportSubmitted, submittedRuns } from '../../src/action/submitted.ts';
import { requireWatch } from '../../src/action/watch-workflow.ts';
import { protectionOf } from '../../src/forge/github/workflows.ts';
import { gridFiles } from '../../src/place/grid-files.ts';
import { commitOf } from '../../src/place/launch-grid.ts';
import { reconcileAll } from '../../src/run/reconcile.ts';
import type { Inputs, Output } from './inputs.ts';

/** Records what is decided about the grids of the checkout, and launches the plans it is given. */
export async function main(action: Action<Inputs>): Promise<Done<Output>> {
  const { inputs } = action;
  const plans = new Map(parsePlans('input plans', inputs.plans).map((entry) => [entry.path, entry]));
  await using opened = await openActionPlace(action, { priced: true });
  const { place, github } = opened;
  requireAccount(place);
  const launches = plans.size > 0 && !inputs.rejected;
  if (launches) await requireWatch(github, inputs['watch-workflow']);
  if (launches && inputs.approved) {
    requireReviewers(inputs.environment, await protectionOf(github, inputs.environment));
  }
  const { root } = place;
  const existing = new Set<string>();
  const decided = await reconcileAll(place.deps, {
    ...{ root, commit: commitOf(root), paths: gridFiles(root), named: new Set(plans.keys()) },
    async launch(loaded) {
      const launched = await submitPlan(place, loaded, plans.get(loaded.path), inputs);
      if (launched.outcome === 'exists') existing.add(loaded.path);
      return launched;
    },
  });
  const runs = await submittedRuns(place, decided, existing);
  return reportSubmitted(runs, action, !inputs.rejected);
}
