import { resolve } from 'node:path';
import { Command } from 'commander';
import { ConfigurationError, describeProblem, type Problem } from '../../errors.ts';
import { gridFiles, gridsIn, openGrid } from '../../place/grid-files.ts';
import { findRoot } from '../../place/root.ts';
import { plural } from '../../report/format.ts';
import { directoryOf, printJson } from '../options.ts';

export function checkCommand(): Command {
  return new Command('check')
    .description('read grid files and say everything that is wrong with them')
    .argument('[grid...]', 'grid files or names; all of grids/ without one')
    .option('--json', 'for programs')
    .addHelpText('after', '\nExample:\n  muster check grids/compas-sparse.yaml')
    .action((grids: readonly string[], options: { json?: boolean }, command: Command) => {
      const root = findRoot(resolve(directoryOf(command) ?? '.'));
      const given =
        grids.length > 0
          ? gridsIn(directoryOf(command), grids)
          : gridFiles(root).map((path) => path.slice('grids/'.length).replace(/\.\w+$/, ''));
      const checked = given.map((grid) => checkGrid(directoryOf(command), grid));
      if (options.json === true) printJson(checked);
      else if (given.length === 0) process.stderr.write('There are no grid files to check.\n');
      else for (const one of checked) if (one.problems.length === 0) print(one);
      const problems = checked.flatMap((one) => one.problems);
      if (problems.length > 0) throw new ConfigurationError(problems);
    });
}

interface Checked {
  readonly path: string;
  readonly combinations: number;
  readonly hints: readonly Problem[];
  readonly problems: readonly Problem[];
}

/** Expands the whole grid: duplicates and colliding labels only show there. */
function checkGrid(directory: string | undefined, grid: string): Checked {
  try {
    const { loaded } = openGrid(directory, grid);
    let combinations = 0;
    for (const _ of loaded.combinations()) combinations += 1;
    return { path: loaded.path, combinations, hints: loaded.hints, problems: [] };
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    return { path: grid, combinations: 0, hints: [], problems: error.problems };
  }
}

function print({ path, combinations, hints }: Checked): void {
  process.stdout.write(`${path}: ${plural(combinations, 'combination')}\n`);
  for (const hint of hints) process.stdout.write(`  hint  ${describeProblem(hint)}\n`);
}
