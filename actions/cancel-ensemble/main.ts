import { openActionPlace, requireAccount } from '../../src/action/place.ts';
import type { Action, Done } from '../../src/action/run-action.ts';
import { summarize } from '../../src/action/summary.ts';
import { ConfigurationError } from '../../src/errors.ts';
import { code, words } from '../../src/report/escape.ts';
import { cancel } from '../../src/run/cancel.ts';
import { runKey } from '../../src/store/keys.ts';
import type { Inputs, Output } from './inputs.ts';

/** Stops a run for good. */
export async function main(action: Action<Inputs>): Promise<Done<Output>> {
  const { run, reason } = action.inputs;
  await using opened = await openActionPlace(action);
  const { place } = opened;
  requireAccount(place);
  const { deps } = place;
  // A beginning of an id would do elsewhere; what cannot be undone takes all of it.
  if (!/^[\w.-]+$/.test(run) || (await deps.store.stat(runKey(run))) === undefined) {
    throw new ConfigurationError({
      file: 'input run',
      message: `\`${run.slice(0, 200)}\` is not the whole id of a run: nothing was stopped`,
      fix: 'Copy it from its pull request, `<grid>-<12 hex>`.',
    });
  }
  const cancelled = await cancel(deps, run, reason);
  if (cancelled.outcome === 'refused') {
    throw new ConfigurationError({ file: run, message: `cannot be cancelled: ${cancelled.why}` });
  }
  action.voice.say(`${run} is being stopped`);
  await summarize(
    `${code(run)} is being stopped: ${words(reason, 400)}. What has succeeded is published by a later watch.\n`,
  );
  return { outputs: { outcome: cancelled.outcome, review: cancelled.state.review?.url } };
}
