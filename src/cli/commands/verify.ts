import type { Command } from 'commander';
import { ConfigurationError } from '../../errors.ts';
import { exitCodes } from '../../place/exit-codes.ts';
import { findRun } from '../../place/find-run.ts';
import { count, plural, size } from '../../report/format.ts';
import { planFetch } from '../../results/plan-fetch.ts';
import { verifyFetched, verifyStored } from '../../results/verify-files.ts';
import { openOutcomes } from '../../run/outcomes.ts';
import { atWorkplace, type Done, type PlaceOptions, placeCommand, printJson } from '../options.ts';

interface VerifyOptions extends PlaceOptions {
  readonly local?: string;
  readonly read?: boolean;
  readonly json?: boolean;
}

export function verifyCommand(done: Done): Command {
  return placeCommand('verify', 'compare every output with the size and checksum it was published with')
    .argument('[run]', 'run, the beginning of one, or a grid; the newest without it')
    .option('--local <folder>', 'what was fetched there, instead of the store')
    .option('--read', 'read every byte rather than trust the checksum that the store recorded')
    .option('--json', 'for programs')
    .addHelpText('after', '\nExample:\n  muster verify demo --read')
    .action((given: string | undefined, options: VerifyOptions, command: Command) =>
      atWorkplace(command, options, async ({ deps, command }) => {
        const { run } = await findRun(deps, given);
        using open = await openOutcomes(deps, run);
        if (!open.published) {
          throw new ConfigurationError({
            file: run,
            message: 'it is not published yet: there is nothing to compare with',
            fix: `Wait for its end: ${command(`watch ${run} --follow`)}`,
          });
        }
        const { files } = await planFetch(open.outcomes(), {});
        const report =
          options.local === undefined
            ? await verifyStored(deps.store, files, { read: options.read === true })
            : await verifyFetched(options.local, files);
        if (options.json === true) printJson({ run, ...report });
        else {
          const bad = report.problems.length;
          process.stdout.write(
            `${run}: ${plural(report.files, 'file')}, ${size(report.bytes)}: ${bad === 0 ? 'all as published' : `${count(bad)} with problems`}\n`,
          );
        }
        for (const { file, reason } of report.problems)
          process.stderr.write(`${file.label}/${file.path}: ${reason}\n`);
        done(report.problems.length === 0 ? exitCodes.succeeded : exitCodes.incomplete);
      }),
    );
}
