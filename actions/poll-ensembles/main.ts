import { openActionPlace, requireAccount } from '../../src/action/place.ts';
import { pollRuns, reportPolled } from '../../src/action/polled.ts';
import type { Action, Done } from '../../src/action/run-action.ts';
import { findRun } from '../../src/place/find-run.ts';
import { ownRuns } from '../../src/place/own-runs.ts';
import type { Inputs, Output } from './inputs.ts';

/** One short step over the active runs. What has ended is named, and published by another job. */
export async function main(action: Action<Inputs>): Promise<Done<Output>> {
  await using opened = await openActionPlace(action);
  const { place } = opened;
  requireAccount(place);
  const { deps } = place;
  const { run } = action.inputs;
  const runs = run === undefined ? await ownRuns(deps, action.voice.say) : [(await findRun(deps, run)).run];
  return reportPolled(await pollRuns(deps, runs), action);
}
