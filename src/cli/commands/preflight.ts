import { type Command, Option } from 'commander';
import { ConfigurationError } from '../../errors.ts';
import { asCalled } from '../../place/called-as.ts';
import { exitCodes } from '../../place/exit-codes.ts';
import { gridsIn, openGrid } from '../../place/grid-files.ts';
import { planned } from '../../place/planned.ts';
import { type Group, groups } from '../../preflight/finding.ts';
import { type PreflightReport, tallyOf } from '../../preflight/report.ts';
import { preflightMarkdown } from '../../report/preflight-markdown.ts';
import { checksText } from '../../report/preflight-text.ts';
import {
  atWorkplace,
  type Done,
  directoryOf,
  type PlaceOptions,
  placeCommand,
  printJson,
} from '../options.ts';

interface PreflightOptions extends PlaceOptions {
  readonly only?: Group;
  readonly probe?: boolean;
  readonly json?: boolean;
  readonly markdown?: boolean;
}

export function preflightCommand(done: Done): Command {
  return placeCommand('preflight', 'look whether the account would run it, before money moves')
    .argument(
      '[grid...]',
      'grid files or names, or a folder of them; without any, the queues of muster.yaml as they are',
    )
    .addOption(new Option('--only <group>', 'show only this group of checks').choices(shownGroups))
    .option('--probe', 'also write an object to the bucket and delete it, as a launch does')
    .option('--json', 'for programs')
    .addOption(new Option('--markdown', 'for the summary of a workflow').conflicts('json'))
    .addHelpText(
      'after',
      `
Changes nothing in the account, and asks only what can be looked up. Ends with 0 when there is no error, else with 2,
also with --only, which hides the other groups and judges them all the same; warnings, and checks that nobody was
allowed to do, stop nothing. All codes: docs/preflight.md.

Examples:
  muster preflight                              queues, network, images, roles, bucket
  muster preflight demo                         and whether the grid's slices fit there
  muster preflight demo --markdown >> "$GITHUB_STEP_SUMMARY"`,
    )
    .action(async (given: readonly string[], options: PreflightOptions, command: Command) => {
      // Before anything is asked: a wrong grid costs no call.
      const directory = directoryOf(command);
      const grids = gridsIn(directory, given).map((grid) => openGrid(directory, grid).loaded);
      const report = await atWorkplace(
        command,
        { ...options, priced: grids.length > 0 },
        async ({ deps, identify, preflight, command }) => {
          if (preflight === undefined) throw nothingToAsk(command);
          const plans = await Promise.all(grids.map((loaded) => planned(deps, loaded, identify)));
          return preflight(plans, options.probe === true);
        },
      );
      print(report, options);
      done(tallyOf(report.checks).errors === 0 ? exitCodes.succeeded : exitCodes.configuration);
    });
}

/** The others are of doctor. */
const shownGroups = groups.filter((group) => group !== 'machine' && group !== 'repository');

const nothingToAsk = (command: (words: string) => string) =>
  new ConfigurationError({
    file: 'muster.yaml',
    message: 'slices run on this machine, so there is no account to look at',
    fix: `Add --engine aws-batch, or look at the machine: ${command('doctor')}`,
  });

/** The sum is of all checks, and so is the exit code: an error stops a launch whether it is shown or not. */
function print(report: PreflightReport, { only, json, markdown }: PreflightOptions): void {
  const shown = onlyGroup(report, only);
  const hidden = report.checks.filter((check) => !shown.checks.includes(check));
  if (json === true) printJson({ ...shown, tally: tallyOf(report.checks) });
  else if (markdown === true) process.stdout.write(preflightMarkdown(shown, hidden));
  else
    process.stdout.write(
      asCalled(checksText(shown.checks, report.calls, { hidden, fits: shown.fits ?? [] })),
    );
}

function onlyGroup(report: PreflightReport, only: Group | undefined): PreflightReport {
  if (only === undefined) return report;
  const { picture, fits, ...rest } = report;
  const checks = report.checks.filter(({ group }) => group === only);
  return {
    ...{ ...rest, checks },
    ...(picture !== undefined && only === 'network' && { picture }),
    ...(fits !== undefined && only === 'fit' && { fits }),
  };
}
