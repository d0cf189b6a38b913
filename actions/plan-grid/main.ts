import { reviewersOf } from '../../src/action/approval.ts';
import { chosenGrids } from '../../src/action/chosen-grids.ts';
import { openActionPlace } from '../../src/action/place.ts';
import { commentPlans } from '../../src/action/plan-comment.ts';
import { planGrid } from '../../src/action/plan-grid.ts';
import type { Action, Done } from '../../src/action/run-action.ts';
import { summarize } from '../../src/action/summary.ts';
import { tellUnreadable } from '../../src/action/unreadable.ts';
import { ConfigurationError } from '../../src/errors.ts';
import { protectionOf } from '../../src/forge/github/workflows.ts';
import { plansComment } from '../../src/report/plan-comment.ts';
import type { Inputs, Output } from './inputs.ts';

/** Says what grids would run and cost. Writes nothing to the store. */
export async function main(action: Action<Inputs>): Promise<Done<Output>> {
  const { inputs, job, voice } = action;
  await using opened = await openActionPlace(action, { priced: true });
  const { place, github } = opened;
  const chosen = await chosenGrids(opened, job, inputs.grids);
  const reviewers = once(async () => reviewersOf(await protectionOf(github, inputs.environment)));
  const planned = [];
  for (const { loaded } of chosen.grids) {
    if (loaded instanceof ConfigurationError) continue;
    planned.push(await planGrid({ ...opened, job, inputs, reviewers }, loaded));
  }
  const unreadable = tellUnreadable(chosen.grids, place.root, action);
  for (const { hints } of planned) for (const hint of hints) voice.annotate(hint);
  const markdown = [plansComment(planned), ...unreadable.map(({ markdown }) => markdown)].join('\n');
  await summarize(markdown);
  const isEmpty = chosen.grids.length === 0;
  const comment = inputs.comment && !isEmpty ? await commentPlans(opened, action, markdown) : undefined;
  const plans = planned.map(({ entry }) => entry);
  return {
    outputs: {
      plans,
      open: plans.filter(({ approval }) => approval === 'open'),
      gated: plans.filter(({ approval }) => approval === 'gated'),
      held: plans.filter(({ approval }) => approval === 'held'),
      undecided: chosen.undecided,
      images: [...new Set(plans.flatMap(({ images }) => images))].sort(),
      comment,
    },
    // Those of the default branch are for the launch to record as refused; they keep none of the others.
    ...(unreadable.length > 0 &&
      chosen.kind !== 'undecided' && { failed: `${unreadable.length} of the grids cannot be read` }),
  };
}

function once<T>(ask: () => Promise<T>): () => Promise<T> {
  let asked: Promise<T> | undefined;
  return () => (asked ??= ask());
}
