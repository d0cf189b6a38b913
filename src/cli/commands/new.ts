import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { Command } from 'commander';
import { ConfigurationError } from '../../errors.ts';
import { draftGrid } from '../../grid/draft.ts';
import { loadGrid } from '../../grid/load.ts';
import { calledAs } from '../../place/called-as.ts';
import { findRoot } from '../../place/root.ts';
import { plural } from '../../report/format.ts';
import { collect, directoryOf } from '../options.ts';

export function newCommand(): Command {
  return new Command('new')
    .description('draft a grid file from the command you type today')
    .argument('<name>', 'name of the grid: small letters, digits and -')
    .argument('<command...>', 'the program and its arguments, after --')
    .requiredOption('--image <image>', 'a folder of docker/, or a reference with a digest')
    .option('--output <path>', 'a file the program must write; may be repeated', collect)
    .addHelpText(
      'after',
      `
Values of flags become parameters: a,b,c an axis; geomspace(0.1,5,10), linspace(...), range(0,10,2) a generated one.

Example:
  muster new alpha-scan --image compas --output COMPAS_Output/COMPAS_Output.h5 -- \\
    COMPAS --number-of-systems 1000 --common-envelope-alpha 0.1,0.5,1.0`,
    )
    .action(
      (
        name: string,
        argv: readonly string[],
        options: { image: string; output?: readonly string[] },
        command: Command,
      ) => {
        const root = findRoot(resolve(directoryOf(command) ?? '.'));
        const path = join('grids', `${name}.yaml`);
        if (!/^[a-z0-9-]{1,40}$/.test(name)) {
          throw new ConfigurationError({
            file: 'command line',
            message: `\`${name}\` is no grid name: small letters, digits and -, at most 40`,
          });
        }
        if (existsSync(join(root, path))) {
          throw new ConfigurationError({
            file: path,
            message: 'is there already',
            fix: 'Choose another name, or edit it.',
          });
        }
        mkdirSync(join(root, 'grids'), { recursive: true });
        const text = draftGrid({ name, image: options.image, argv, outputs: options.output ?? [] });
        writeFileSync(join(root, path), text, { flag: 'wx' });
        const { path: written, count } = countOf(path, root);
        process.stdout.write(
          `${written}: ${plural(count, 'combination')}. Look it over, then: ${calledAs} plan ${written}\n`,
        );
      },
    );
}

function countOf(path: string, root: string) {
  const loaded = loadGrid(path, { root });
  return { path, count: loaded.count() };
}
