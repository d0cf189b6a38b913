import type { Command } from 'commander';
import { ConfigurationError } from '../../errors.ts';
import { exitCodes } from '../../place/exit-codes.ts';
import { findRun } from '../../place/find-run.ts';
import { plural } from '../../report/format.ts';
import { publish } from '../../run/publish.ts';
import { readPublished } from '../../run/runs.ts';
import { atWorkplace, type Done, type PlaceOptions, placeCommand, printJson } from '../options.ts';

export function publishCommand(done: Done): Command {
  return placeCommand(
    'publish',
    'merge and publish a run whose slices have all ended; a repeat changes nothing',
  )
    .argument('[run]', 'run, the beginning of one, or a grid; the newest without it')
    .option('--json', 'for programs')
    .addHelpText('after', '\nExample:\n  muster publish demo')
    .action((given: string | undefined, options: PlaceOptions & { json?: boolean }, command: Command) =>
      atWorkplace(command, options, async ({ deps, command }) => {
        const { run } = await findRun(deps, given);
        const outcome = await publish(deps, run);
        if (options.json === true && outcome.outcome !== 'published') printJson({ run, ...outcome });
        if (outcome.outcome === 'unfinished') {
          throw new ConfigurationError({
            file: run,
            message: `${plural(outcome.arrays, 'array has', 'arrays have')} not ended`,
            fix: `Wait (${command(`watch ${run} --follow`)}), or stop it (${command(`cancel ${run}`)}).`,
          });
        }
        if (outcome.outcome === 'superseded') {
          throw new ConfigurationError({ file: run, message: `a newer round will publish: ${outcome.why}` });
        }
        const published = await readPublished(deps, run);
        if (options.json === true) {
          const { succeeded = null, combinations = null } = published ?? {};
          printJson({ run, ...outcome, succeeded, combinations });
        } else process.stdout.write(`${outcome.verdict}\nreview  ${outcome.url}\n`);
        const complete = published !== undefined && published.succeeded === published.combinations;
        done(complete ? exitCodes.succeeded : exitCodes.incomplete);
      }),
    );
}
