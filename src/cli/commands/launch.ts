import type { Command } from 'commander';
import { ConfigurationError } from '../../errors.ts';
import type { LoadedGrid } from '../../grid/grid.ts';
import { exitCodes } from '../../place/exit-codes.ts';
import { gridFiles, openGrid } from '../../place/grid-files.ts';
import { commitOf, launchGrid } from '../../place/launch-grid.ts';
import { describeLog } from '../../place/log-line.ts';
import type { Workplace } from '../../place/workplace.ts';
import type { RunEventLog } from '../../run/deps.ts';
import { type Reconciled, reconcile } from '../../run/reconcile.ts';
import type { RunRecord } from '../../run/records.ts';
import { combinationsOf } from '../../run/show.ts';
import { watch } from '../../run/watch.ts';
import { conclusionOf, describeConclusion } from '../conclude.ts';
import {
  amount,
  atWorkplace,
  collectSettings,
  containersOption,
  type Done,
  directoryOf,
  type PlaceOptions,
  placeCommand,
  printJson,
  wholeNumber,
} from '../options.ts';

export interface LaunchOptions extends PlaceOptions {
  readonly set?: Record<string, string>;
  readonly limit?: number;
  readonly select?: string;
  readonly alongside?: boolean;
  readonly approveUsd?: number;
  readonly containers?: boolean;
  /** False with `--no-preflight`. */
  readonly preflight?: boolean;
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
    .option(...containersOption)
    .option('--no-preflight', 'on AWS Batch: do not look at the account before');
}

export function launchCommand(done: Done): Command {
  return launchOptions(placeCommand('launch', 'submit a grid and return'))
    .argument('[grid]', 'grid file or name; without it, every grid that changed since it was last decided')
    .option('--json', 'for programs')
    .addHelpText(
      'after',
      `
Without a grid: the first time, all grids that are there become the baseline and nothing is launched. From then on a
new or changed grid with \`launch: { on: commit }\` is launched; one that was refused is tried again only by name.

Examples:
  muster launch grids/demo.yaml && muster watch --follow
  muster launch`,
    )
    .action((grid: string | undefined, options: LaunchOptions, command: Command) => {
      // Before anything is made: a wrong grid leaves nothing behind.
      const loaded =
        grid === undefined ? undefined : openGrid(directoryOf(command), grid, options.set).loaded;
      if (loaded === undefined) refuseNameless(options);
      const log = (event: RunEventLog) => process.stderr.write(describeLog(event));
      return atWorkplace(command, { ...options, log, priced: true }, async (place) => {
        const submitted =
          loaded === undefined ? launchChanged(place, options) : launchOne(place, loaded, options);
        done((await submitted) ? exitCodes.succeeded : exitCodes.remote);
      });
    });
}

/** Whether nothing of it was refused by the engine. */
async function launchOne(place: Workplace, loaded: LoadedGrid, options: LaunchOptions): Promise<boolean> {
  const launched = await launchGrid(place, loaded, options);
  if (launched.outcome === 'refused') {
    throw new ConfigurationError({ file: loaded.path, message: launched.why, fix: launched.fix });
  }
  const { run } = launched.run;
  const { refused, state } = await watch(place.deps, run, { publish: false });
  if (options.json === true) {
    printJson({ run, outcome: launched.outcome, phase: state.phase.phase, refused });
    return refused.length === 0;
  }
  if (state.phase.phase === 'published') {
    process.stdout.write(
      `${run} is published already.\n${describeConclusion(await conclusionOf(place, run), place.command)}`,
    );
    return true;
  }
  const how = launched.outcome === 'exists' ? 'under way' : 'launched';
  const goOn =
    refused.length === 0
      ? `${howToGoOn(place, launched.run)}\n${place.command('watch --follow')}`
      : ` Slices were refused, for the reason on stderr. Mend that, then:\n${place.command(`watch ${run}`)}`;
  process.stdout.write(`${run} is ${how}.${goOn}\n`);
  return refused.length === 0;
}

/** What is about one grid needs its name. */
function refuseNameless(options: LaunchOptions): void {
  const given = (['set', 'limit', 'select', 'approveUsd'] as const).find(
    (name) => options[name] !== undefined,
  );
  if (given === undefined) return;
  const option = given === 'approveUsd' ? 'approve-usd' : given;
  throw new ConfigurationError({
    file: 'command line',
    message: `\`--${option}\` is about one grid, and none is named`,
    fix: 'Name the grid: muster launch <grid> ...',
  });
}

async function launchChanged(place: Workplace, options: LaunchOptions): Promise<boolean> {
  const { deps, root } = place;
  const decided = await reconcile(deps, {
    ...{ root, commit: commitOf(root), paths: gridFiles(root) },
    launch: (loaded) => launchGrid(place, loaded, options),
  });
  let submitted = true;
  for (const { decision } of decided) {
    if (decision.outcome !== 'launched') continue;
    if ((await watch(deps, decision.run, { publish: false })).refused.length > 0) submitted = false;
  }
  if (options.json === true) printJson(decided.map(({ path, decision }) => ({ path, ...decision })));
  else process.stdout.write(decided.map((one) => `${one.path}: ${describe(one)}\n`).join(''));
  const refused = decided.filter(({ decision }) => decision.outcome === 'refused');
  if (refused.length === 0) return submitted;
  const paths = refused.map(({ path }) => path);
  throw new ConfigurationError({
    file: paths.join(', '),
    message: 'not launched, for the reasons above',
    fix: 'Change the grid, or launch it by name.',
  });
}

function describe({ decision }: Reconciled): string {
  switch (decision.outcome) {
    case 'unchanged':
      return 'as last decided';
    case 'baseline':
      return 'baseline: launched when it changes';
    case 'manual':
      return 'changed; `launch: { on: manual }` leaves it to you';
    case 'launched':
      return `launched as ${decision.run}`;
    case 'refused':
    case 'left':
      return `refused: ${decision.why}`;
  }
}

function howToGoOn({ local }: Workplace, run: RunRecord): string {
  if (run.reused?.combinations === combinationsOf(run)) {
    return ' All its combinations are reused, and nothing has to run; this publishes them:';
  }
  return local === undefined
    ? ' Its slices run without this machine; this follows them, and publishes what they made:'
    : ' Its slices run while this does:';
}
