import type { Command } from 'commander';
import { exitCodes, explainError } from '../../place/exit-codes.ts';
import { findRun } from '../../place/find-run.ts';
import { ownRuns } from '../../place/own-runs.ts';
import type { Workplace } from '../../place/workplace.ts';
import type { StateRecord } from '../../run/records.ts';
import { watchAll } from '../../run/watch.ts';
import { conclusionOf, describeConclusion, isComplete } from '../conclude.ts';
import { follow } from '../follow.ts';
import {
  atWorkplace,
  containersAgain,
  containersOption,
  type Done,
  everyOption,
  type PlaceOptions,
  placeCommand,
  printJson,
  wholeNumber,
} from '../options.ts';
import { openScreen } from '../screen.ts';

interface WatchOptions extends PlaceOptions {
  readonly follow?: boolean;
  readonly parallel?: number;
  readonly every?: number;
  readonly containers?: boolean;
  readonly json?: boolean;
}

export function watchCommand(done: Done): Command {
  return placeCommand('watch', 'look at all active runs once, and publish those that have ended')
    .argument('[run...]', 'only these runs')
    .option('--follow', 'stay until all are published; on the local engine this also does the work')
    .option('--parallel <n>', 'vCPUs of this machine to use; all without it', wholeNumber)
    .option(...containersOption)
    .option(...everyOption)
    .option('--json', 'for programs')
    .addHelpText(
      'after',
      `
It ends with 1 where combinations failed or are missing in what it published, and with 0 where all succeeded or nothing
has ended yet.

Example:
  muster watch --follow`,
    )
    .action(async (given: readonly string[], options: WatchOptions, command: Command) => {
      using screen = openScreen();
      const json = options.json === true;
      await atWorkplace(command, { ...options, log: screen.log }, async (place) => {
        const runs: string[] = [];
        for (const one of given) runs.push((await findRun(place.deps, one)).run);
        if (given.length === 0)
          runs.push(...(await ownRuns(place.deps, (line) => process.stderr.write(`${line}\n`))));
        if (runs.length === 0) screen.say('No run is active.');
        else if (options.follow === true)
          done(
            await follow(place, screen, runs, {
              again: `watch --follow${containersAgain(options)}`,
              json,
              ...(options.every !== undefined && { every: options.every }),
            }),
          );
        else done(await look(place, runs, json));
        if (runs.length === 0 && json) printJson([]);
      });
    });
}

/** Returns the exit code: one run that cannot be looked at, or that the engine refuses, does not hide the others. */
async function look({ deps, command }: Workplace, runs: readonly string[], json: boolean): Promise<number> {
  let code: number = exitCodes.succeeded;
  const states = [];
  for await (const one of watchAll(deps, runs)) {
    if ('fault' in one) {
      const told = explainError(one.fault);
      process.stderr.write(`${one.run}: ${told.text}\n`);
      code = Math.max(code, told.code);
      continue;
    }
    if (one.refused.length > 0 || one.later.length > 0) code = Math.max(code, exitCodes.remote);
    states.push(one.state);
    if (one.state.phase.phase !== 'published') {
      if (!json) process.stdout.write(standing(one.state));
      continue;
    }
    const conclusion = await conclusionOf({ deps, command }, one.run);
    if (!isComplete(conclusion)) code = Math.max(code, exitCodes.incomplete);
    if (!json) process.stdout.write(describeConclusion(conclusion, command));
  }
  if (json) printJson(states);
  return code;
}

function standing({ run, phase, counts }: StateRecord): string {
  const open = counts.submitted + counts.pending + counts.runnable;
  return `${run}: ${phase.phase}; slices ${open} waiting, ${counts.running} running, ${counts.succeeded} succeeded, ${counts.failed} failed\n`;
}
