import type { Command } from 'commander';
import { ConfigurationError } from '../../errors.ts';
import { watch } from '../../run/watch.ts';
import { openGrid } from '../grid-option.ts';
import { launchGrid } from '../launch-grid.ts';
import { describeLog } from '../log-line.ts';
import {
  amount,
  atWorkplace,
  collectSettings,
  containersOption,
  directoryOf,
  type PlaceOptions,
  placeCommand,
  printJson,
  wholeNumber,
} from '../options.ts';
import type { Workplace } from '../workplace.ts';

export interface LaunchOptions extends PlaceOptions {
  readonly set?: Record<string, string>;
  readonly limit?: number;
  readonly select?: string;
  readonly alongside?: boolean;
  readonly approveUsd?: number;
  readonly containers?: boolean;
  readonly json?: boolean;
}

/** What `launch` and `run` have in common. */
export function launchOptions(command: Command): Command {
  return command
    .option('--set <name=value>', 'override a constant; may be repeated', collectSettings)
    .option('--limit <n>', 'a trial: only the first n combinations', wholeNumber)
    .option('--select <what>', 'a trial: labels, ids, indexes, or an expression')
    .option('--alongside', 'also while another run of this grid is active')
    .option('--approve-usd <amount>', 'agree to an estimate of up to this', amount)
    .option(...containersOption);
}

export function launchCommand(): Command {
  return launchOptions(placeCommand('launch', 'submit a grid and return'))
    .argument('<grid>', 'grid file or name')
    .option('--json', 'for programs')
    .addHelpText('after', '\nExample:\n  muster launch grids/demo.yaml && muster watch --follow')
    .action((grid: string, options: LaunchOptions, command: Command) => {
      // Before anything is made: a wrong grid leaves nothing behind.
      const { loaded } = openGrid(directoryOf(command), grid, options.set);
      return atWorkplace(
        command,
        { ...options, log: (event) => process.stderr.write(describeLog(event)) },
        async (place) => {
          const launched = await launchGrid(place, loaded, options);
          if (launched.outcome === 'refused') {
            throw new ConfigurationError({ file: loaded.path, message: launched.why, fix: launched.fix });
          }
          const { run } = launched.run;
          await watch(place.deps, run, { publish: false });
          if (options.json === true) printJson({ run, outcome: launched.outcome });
          else
            process.stdout.write(
              `${run} is ${launched.outcome === 'exists' ? 'already there' : 'launched'}.${howToWork(place)}\n`,
            );
        },
      );
    });
}

const howToWork = ({ local, command }: Workplace) =>
  local === undefined ? '' : ` Its slices run while this does:\n${command('watch --follow')}`;
