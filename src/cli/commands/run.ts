import type { Command } from 'commander';
import { ConfigurationError } from '../../errors.ts';
import { openGrid } from '../../place/grid-files.ts';
import { launchGrid } from '../../place/launch-grid.ts';
import { count, plural } from '../../report/format.ts';
import type { Launched } from '../../run/launch.ts';
import type { StateRecord } from '../../run/records.ts';
import { readState } from '../../run/runs.ts';
import { combinationsOf } from '../../run/show.ts';
import { follow } from '../follow.ts';
import {
  atWorkplace,
  containersAgain,
  type Done,
  directoryOf,
  everyOption,
  placeCommand,
  wholeNumber,
} from '../options.ts';
import { openScreen } from '../screen.ts';
import { type LaunchOptions, launchOptions } from './launch.ts';

interface RunOptions extends LaunchOptions {
  readonly parallel?: number;
  readonly every?: number;
}

export function runCommand(done: Done): Command {
  return launchOptions(placeCommand('run', 'launch, watch and publish in the foreground'))
    .argument('<grid>', 'grid file or name')
    .option('--parallel <n>', 'vCPUs of this machine to use; all without it', wholeNumber)
    .option(...everyOption)
    .option('--json', 'for programs')
    .addHelpText(
      'after',
      `
Stopped with Ctrl-C, or killed: the same command goes on where it was. What has succeeded never runs again. Slices on
AWS Batch go on by themselves meanwhile.

Examples:
  muster run grids/demo.yaml --limit 3          try three combinations first
  muster run grids/demo.yaml --parallel 8`,
    )
    .action(async (grid: string, options: RunOptions, command: Command) => {
      // Before anything is made: a wrong grid leaves nothing behind.
      const { loaded } = openGrid(directoryOf(command), grid, options.set);
      using screen = openScreen();
      const code = await atWorkplace(
        command,
        { ...options, log: screen.log, priced: true },
        async (place) => {
          const launched = await launchGrid(place, loaded, options);
          if (launched.outcome === 'refused') {
            throw new ConfigurationError({ file: loaded.path, message: launched.why, fix: launched.fix });
          }
          screen.say(opening(launched, await readState(place.deps, launched.run.run)));
          return follow(place, screen, [launched.run.run], {
            again: `watch ${launched.run.run} --follow${containersAgain(options)}`,
            json: options.json === true,
            ...(options.every !== undefined && { every: options.every }),
          });
        },
      );
      done(code);
    });
}

/** The id, which other terminals need, and how much there is to do. */
function opening(
  { outcome, run }: Exclude<Launched, { outcome: 'refused' }>,
  state: StateRecord | undefined,
): string {
  if (outcome === 'exists') {
    return state?.phase.phase === 'published'
      ? `${run.run} is published already: what has ended does not run again.`
      : `${run.run} is under way: following it.`;
  }
  const reused = run.reused === null ? '' : `, ${count(run.reused.combinations)} of them reused`;
  return `${run.run}: ${plural(combinationsOf(run), 'combination')}${reused}`;
}
