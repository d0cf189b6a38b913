import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Command } from 'commander';
import { doctor } from '../../doctor/doctor.ts';
import { asCalled } from '../../place/called-as.ts';
import { exitCodes } from '../../place/exit-codes.ts';
import { findRoot, readMusterYaml } from '../../place/root.ts';
import { tallyOf } from '../../preflight/report.ts';
import { eachCheckText } from '../../report/preflight-text.ts';
import { decide, stageOf } from '../../run/decide.ts';
import { type Done, directoryOf, type PlaceOptions, placeCommand, printJson } from '../options.ts';

interface DoctorOptions extends PlaceOptions {
  readonly json?: boolean;
}

export function doctorCommand(done: Done): Command {
  return placeCommand('doctor', 'look whether this machine and this repository are ready')
    .option('--json', 'for programs')
    .addHelpText(
      'after',
      `
Node, git, Docker and what it builds for, room for temporary files; credentials and region, and where they come from;
muster.yaml and the store. With a token (GITHUB_TOKEN or GH_TOKEN) also the repository on GitHub: whether Actions may
open pull requests, variables and environments of the workflows, the watch workflow, code owners, OIDC.

Ends with 0 when there is no error, else with 2. The account itself: muster preflight.

Examples:
  muster doctor
  GH_TOKEN=$(gh auth token) muster doctor       the repository on GitHub, too`,
    )
    .action(async (options: DoctorOptions, command: Command) => {
      const root = findRoot(resolve(directoryOf(command) ?? '.'));
      const checks = await doctor({
        ...{ root, home: musterHome(), environment: process.env, aws: {} },
        read: () => {
          const configuration = readMusterYaml(root, stageOf(options.stage, process.env));
          return { configuration, decisions: decide(configuration, options, process.env) };
        },
      });
      const tally = tallyOf(checks);
      if (options.json === true) printJson({ checks, tally });
      else process.stdout.write(asCalled(eachCheckText(checks)));
      done(tally.errors === 0 ? exitCodes.succeeded : exitCodes.configuration);
    });
}

/** The folder of Muster's package.json, from the sources as from the bundles. */
function musterHome(): string {
  const here = dirname(fileURLToPath(import.meta.url));
  for (let folder = here; ; folder = dirname(folder)) {
    if (existsSync(join(folder, 'package.json')) || dirname(folder) === folder) return folder;
  }
}
