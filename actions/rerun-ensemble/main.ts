import { reviewersOf } from '../../src/action/approval.ts';
import { openActionPlace, requireAccount } from '../../src/action/place.ts';
import { approvalOfRerun, approvedUsdOf, requireWholeId } from '../../src/action/rerun-approval.ts';
import { overridesOf } from '../../src/action/rerun-overrides.ts';
import { outputsOf, tellRerun } from '../../src/action/rerun-report.ts';
import type { Action, Done } from '../../src/action/run-action.ts';
import { requireWatch } from '../../src/action/watch-workflow.ts';
import { ConfigurationError } from '../../src/errors.ts';
import { protectionOf } from '../../src/forge/github/workflows.ts';
import { findRun } from '../../src/place/find-run.ts';
import { rerun } from '../../src/run/rerun.ts';
import { watch } from '../../src/run/watch.ts';
import type { Inputs, Output } from './inputs.ts';

/** Opens a round of chosen combinations; a dry run says what it would be and what it needs. */
export async function main(action: Action<Inputs>): Promise<Done<Output>> {
  const { inputs } = action;
  const overrides = overridesOf(inputs);
  await using opened = await openActionPlace(action);
  const { place, github } = opened;
  requireAccount(place);
  const { deps, imageTrouble } = place;
  const { run } = await findRun(deps, inputs.run);
  requireWholeId(inputs, run);
  const protection = () => protectionOf(github, inputs.environment);
  const request = {
    ...{ run, select: inputs.select, overrides, reason: inputs.reason, imageTrouble },
    ...(inputs.digest !== undefined && { digest: inputs.digest }),
  };
  const dry = await rerun(deps, { ...request, dryRun: true });
  if (dry.outcome === 'refused') throw new ConfigurationError({ file: run, message: dry.why });
  if (dry.outcome !== 'planned') {
    await tellRerun(action, run, dry);
    return { outputs: outputsOf(run, dry, 'none') };
  }
  const approval = await approvalOfRerun(dry.plan, inputs, async () => reviewersOf(await protection()));
  if (inputs['dry-run']) {
    await tellRerun(action, run, dry, approval);
    const { refused } = dry.plan;
    const isRefused = refused !== undefined && refused.limit !== 'approval';
    return {
      outputs: outputsOf(run, dry, approval),
      ...(isRefused && { failed: `${refused.why}. ${refused.fix}` }),
    };
  }
  await requireWatch(github, inputs['watch-workflow']);
  const approvedUsd = await approvedUsdOf(dry.plan, inputs, approval, protection);
  const outcome = await rerun(deps, {
    ...{ ...request, dryRun: false },
    ...(approvedUsd !== undefined && { approvedUsd }),
  });
  if (outcome.outcome === 'refused') throw new ConfigurationError({ file: run, message: outcome.why });
  const { state } = await watch(deps, run, { publish: false });
  await tellRerun(action, run, outcome, approval);
  return { outputs: outputsOf(run, outcome, approval, state.review?.url) };
}
