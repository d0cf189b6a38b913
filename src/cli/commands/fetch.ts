import { join } from 'node:path';
import type { Command } from 'commander';
import { ConfigurationError } from '../../errors.ts';
import { exitCodes } from '../../place/exit-codes.ts';
import { findRun } from '../../place/find-run.ts';
import { conditionOf } from '../../plan/select.ts';
import { count, plural, size } from '../../report/format.ts';
import { fetchFiles } from '../../results/fetch.ts';
import { writeLocalMetadata } from '../../results/local-metadata.ts';
import { planFetch } from '../../results/plan-fetch.ts';
import { openOutcomes } from '../../run/outcomes.ts';
import { atWorkplace, type Done, type PlaceOptions, placeCommand, printJson } from '../options.ts';

interface FetchOptions extends PlaceOptions {
  readonly to?: string;
  readonly only?: string;
  readonly where?: string;
  readonly dryRun?: boolean;
  readonly json?: boolean;
}

export function fetchCommand(done: Done): Command {
  return placeCommand('fetch', 'download outputs into a readable tree, verified; a repeat goes on')
    .argument('[run]', 'run, the beginning of one, or a grid; the newest without it')
    .option('--to <folder>', 'without it, fetched/<run>')
    .option('--only <glob>', "outputs of this name, such as '*.h5'")
    .option('--where <expression>', "combinations, such as 'alpha_ce > 1'")
    .option('--dry-run', 'say how much it is, and stop')
    .option('--json', 'for programs')
    .addHelpText('after', "\nExample:\n  muster fetch demo --only '*.csv' --where 'lambda_ce == 0.1'")
    .action((given: string | undefined, options: FetchOptions, command: Command) =>
      atWorkplace(command, options, async ({ deps, root, command }) => {
        const run = await findRun(deps, given);
        using open = await openOutcomes(deps, run.run);
        const { only } = options;
        const where = options.where === undefined ? undefined : conditionOf(options.where);
        const selection = {
          ...(only !== undefined && { only }),
          ...(where !== undefined && { where: where.holds }),
        };
        const plan = await planFetch(open.outcomes(), selection);
        where?.check();
        if (plan.combinations === 0 && !open.published) {
          throw new ConfigurationError({
            file: run.run,
            message: 'nothing that it was asked for has been finished yet',
            fix: `Wait: ${command(`watch ${run.run} --follow`)}`,
          });
        }
        const target = options.to ?? join(root, 'fetched', run.run);
        if (plan.files.length === 0 && options.json !== true) {
          process.stderr.write(`Nothing to fetch: no output of ${run.run} matches.\n`);
          return;
        }
        const what = `${plural(plan.files.length, 'file')} of ${plural(plan.combinations, 'combination')}, ${size(plan.bytes)}`;
        process.stderr.write(`${what} to ${target}${open.published ? '' : ' (the run still works)'}\n`);
        if (options.dryRun === true) return;
        const report = await fetchFiles(deps.store, plan, target);
        await writeLocalMetadata(open.outcomes(), target, selection, {
          ...{ run: run.run, grid: run.grid.name, commit: run.provenance.commit },
          ...{
            outputRules: run.grid.program.outputs,
            creationTime: run.createdAt,
            sourceFiles: [],
            more: {},
          },
          url: (key) => deps.store.url(key),
        });
        if (options.json === true) printJson({ run: run.run, folder: target, ...report });
        else
          process.stdout.write(
            `${count(report.fetched)} fetched, ${count(report.kept)} there already, ${count(report.problems.length)} with problems\n`,
          );
        for (const { file, reason } of report.problems)
          process.stderr.write(`${file.label}/${file.path}: ${reason}\n`);
        done(report.problems.length === 0 ? exitCodes.succeeded : exitCodes.incomplete);
      }),
    );
}
