import { openActionPlace, requireAccount } from '../../src/action/place.ts';
import type { Action, Done } from '../../src/action/run-action.ts';
import { summarize } from '../../src/action/summary.ts';
import { findRun } from '../../src/place/find-run.ts';
import { code, link, words } from '../../src/report/escape.ts';
import { plural } from '../../src/report/format.ts';
import { publish } from '../../src/run/publish.ts';
import { readPublished } from '../../src/run/runs.ts';
import type { Inputs, Output } from './inputs.ts';

const nothing = { verdict: '', sha256: '', succeeded: '', combinations: '', complete: false, review: '' };

/** Merges, verifies, commits and makes the review ready. */
export async function main(action: Action<Inputs>): Promise<Done<Output>> {
  await using opened = await openActionPlace(action);
  const { place } = opened;
  requireAccount(place);
  const { deps } = place;
  const { run } = await findRun(deps, action.inputs.run);
  const done = await publish(deps, run);
  const { outcome } = done;
  if (done.outcome !== 'published') {
    const why =
      done.outcome === 'unfinished'
        ? `${plural(done.arrays, 'array has', 'arrays have')} not ended`
        : `a newer round will publish: ${done.why}`;
    action.voice.annotate({ level: 'notice', message: `${run} was not published: ${why}` });
    await summarize(`${code(run)} was not published: ${words(why, 400)}\n`);
    return { outputs: { ...nothing, outcome } };
  }
  const { verdict, sha256, url: review } = done;
  action.voice.say(verdict);
  await summarize(`${link(code(run), review)}: ${words(verdict, 1000)}\n`);
  const published = await readPublished(deps, run);
  const { succeeded, combinations } = published ?? { succeeded: undefined, combinations: undefined };
  const complete = published !== undefined && succeeded === combinations;
  return { outputs: { outcome, verdict, sha256, succeeded, combinations, complete, review } };
}
