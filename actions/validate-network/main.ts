import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { checkRepository } from '../../src/action/check-repository.ts';
import { openActionPlace, requireAccount } from '../../src/action/place.ts';
import { onlyGroups, pathsOf } from '../../src/action/preflight-inputs.ts';
import type { Action, Done } from '../../src/action/run-action.ts';
import { summarize } from '../../src/action/summary.ts';
import { openGrid } from '../../src/place/grid-files.ts';
import { planned } from '../../src/place/planned.ts';
import { tallyOf } from '../../src/preflight/report.ts';
import { plural } from '../../src/report/format.ts';
import { preflightMarkdown } from '../../src/report/preflight-markdown.ts';
import { checksText } from '../../src/report/preflight-text.ts';
import type { Inputs, Output } from './inputs.ts';

/** Looks at the account and the repository, and changes nothing. */
export async function main(action: Action<Inputs>): Promise<Done<Output>> {
  const { inputs, job, voice } = action;
  const groups = onlyGroups(inputs.only);
  const paths = pathsOf(inputs.grids);
  await using opened = await openActionPlace(action, { priced: paths.length > 0 });
  const { place, github } = opened;
  requireAccount(place);
  if (place.preflight === undefined) throw new Error('an account without a preflight');
  const grids = paths.map((path) => openGrid(place.root, path).loaded);
  const plans = await Promise.all(grids.map((loaded) => planned(place.deps, loaded, place.identify)));
  const [account, repository] = await Promise.all([
    place.preflight(plans, false),
    checkRepository(github, inputs.environments, inputs['watch-workflow']),
  ]);
  const { picture, ...rest } = account;
  const checks = [...account.checks, ...repository].filter(({ group }) => groups.has(group));
  const report = { ...rest, checks, ...(groups.has('network') && picture !== undefined && { picture }) };
  for (const line of checksText(checks, report.calls).split('\n')) voice.say(line);
  await summarize(preflightMarkdown(report));
  const file = join(job.temp, 'muster-preflight.json');
  writeFileSync(file, JSON.stringify(report, undefined, 2));
  const { errors, warnings, notDone } = tallyOf(checks);
  return {
    outputs: { errors, warnings, 'not-done': notDone, report: file },
    ...(errors > 0 && { failed: `${plural(errors, 'error')}: the step summary says what mends each` }),
  };
}
