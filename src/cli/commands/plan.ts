import type { Command } from 'commander';
import { describeProblem } from '../../errors.ts';
import { asCalled } from '../../place/called-as.ts';
import type { Refusal } from '../../place/engine-place.ts';
import { openGrid } from '../../place/grid-files.ts';
import { planText } from '../../report/plan-text.ts';
import { prepare } from '../../run/prepare.ts';
import {
  atWorkplace,
  collectSettings,
  directoryOf,
  type PlaceOptions,
  placeCommand,
  printJson,
  wholeNumber,
} from '../options.ts';

interface PlanOptions extends PlaceOptions {
  readonly set?: Record<string, string>;
  readonly limit?: number;
  readonly select?: string;
  readonly json?: boolean;
}

export function planCommand(): Command {
  return placeCommand('plan', 'say what a run would do, how long it would take and what it would cost')
    .argument('<grid>', 'grid file or name')
    .option('--set <name=value>', 'override a constant; may be repeated', collectSettings)
    .option('--limit <n>', 'a trial: only the first n combinations', wholeNumber)
    .option('--select <what>', 'a trial: labels, ids, indexes, or an expression')
    .option('--json', 'for programs')
    .addHelpText('after', '\nExample:\n  muster plan grids/demo.yaml --set n_systems=1000')
    .action((grid: string, options: PlanOptions, command: Command) => {
      // Before anything is made: a wrong grid leaves nothing behind.
      const { loaded } = openGrid(directoryOf(command), grid, options.set);
      return atWorkplace(command, { ...options, priced: true }, async ({ deps, identify, missing }) => {
        const { limit, select } = options;
        const prepared = await prepare(deps, {
          loaded,
          identify,
          withoutStore: true,
          ...(limit !== undefined && { limit }),
          ...(select !== undefined && { select }),
        });
        const lack = missing?.(Object.values(prepared.images));
        const { plan } = prepared;
        const unlaunchable = lack && unready(loaded.path, lack);
        if (options.json === true) {
          printJson({ ...plan, hints: [...(unlaunchable ? [unlaunchable] : []), ...plan.hints] });
          return;
        }
        // Before the numbers: who reads those first may take them for what a launch would do now.
        if (unlaunchable !== undefined)
          process.stdout.write(`${asCalled(describeProblem(unlaunchable))}\n\n`);
        process.stdout.write(asCalled(planText(plan)));
      });
    });
}

const unready = (file: string, { message, fix }: Refusal) => ({
  ...{ file, message: `This cannot be launched yet: ${message}` },
  ...(fix !== undefined && { fix }),
});
