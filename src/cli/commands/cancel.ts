import type { Command } from 'commander';
import { ConfigurationError } from '../../errors.ts';
import { findRun } from '../../place/find-run.ts';
import { cancel } from '../../run/cancel.ts';
import { follow } from '../follow.ts';
import {
  atWorkplace,
  type Done,
  everyOption,
  type PlaceOptions,
  placeCommand,
  printJson,
} from '../options.ts';
import { openScreen } from '../screen.ts';

interface CancelOptions extends PlaceOptions {
  readonly reason: string;
  readonly wait: boolean;
  readonly every?: number;
  readonly json?: boolean;
}

export function cancelCommand(done: Done): Command {
  return placeCommand('cancel', 'stop a run; what has succeeded is published as partial')
    .argument('[run]', 'run, the beginning of one, or a grid; the newest without it')
    .option('--reason <text>', 'kept with the run and shown in the review', 'cancelled by hand')
    .option('--no-wait', 'return before the slices have stopped; a later watch publishes')
    .option(...everyOption)
    .option('--json', 'for programs')
    .addHelpText('after', "\nExample:\n  muster cancel demo --reason 'wrong metallicity'")
    .action(async (given: string | undefined, options: CancelOptions, command: Command) => {
      using screen = openScreen();
      await atWorkplace(command, { ...options, log: screen.log }, async (place) => {
        const { run } = await findRun(place.deps, given);
        const cancelled = await cancel(place.deps, run, options.reason);
        if (cancelled.outcome === 'refused') {
          throw new ConfigurationError({ file: run, message: `cannot be cancelled: ${cancelled.why}` });
        }
        if (options.wait) {
          const following = {
            ...{ again: `cancel ${run}`, stopping: true, json: options.json === true },
            ...(options.every !== undefined && { every: options.every }),
          };
          done(await follow(place, screen, [run], following));
        } else if (options.json === true) printJson({ run, outcome: cancelled.outcome });
      });
    });
}
