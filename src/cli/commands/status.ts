import type { Command } from 'commander';
import { asCalled } from '../../place/called-as.ts';
import { findRun } from '../../place/find-run.ts';
import type { Workplace } from '../../place/workplace.ts';
import { statusText } from '../../report/status-text.ts';
import { readArrays } from '../../run/observe.ts';
import { progressOf } from '../../run/show.ts';
import { ensureStarted } from '../../run/start.ts';
import { atWorkplace, type PlaceOptions, placeCommand, printJson } from '../options.ts';
import { unwatchedLines } from '../unwatched-text.ts';

interface StatusOptions extends PlaceOptions {
  readonly follow?: boolean;
  readonly json?: boolean;
}

/** Seconds between two pictures: of slices here, and of those elsewhere, whose counts are rarely younger (AB 12.1). */
const pictureSeconds = { here: 2, elsewhere: 15 };

export function statusCommand(): Command {
  return placeCommand('status', 'show how a run stands')
    .argument('[run]', 'run, the beginning of one, or a grid; the newest without it')
    .option('--follow', 'show it again until the run is published')
    .option('--json', 'for programs')
    .addHelpText('after', '\nExample:\n  muster status demo --follow')
    .action((given: string | undefined, options: StatusOptions, command: Command) =>
      atWorkplace(command, options, async ({ deps, local, command }) => {
        const { run } = await findRun(deps, given);
        for (;;) {
          const progress = await read(deps, run);
          // Followed, it is a stream of documents: one a line.
          if (options.json === true && options.follow === true)
            process.stdout.write(`${JSON.stringify(progress)}\n`);
          else if (options.json === true) printJson(progress);
          else
            process.stdout.write(
              [
                options.follow === true && process.stdout.isTTY ? '\x1b[H\x1b[2J' : '',
                asCalled(statusText(progress)),
                ...unwatchedLines(progress, command).map((line) => `${line}\n`),
              ].join(''),
            );
          if (options.follow !== true || progress.phase === 'published') return;
          await deps.clock.sleep(local === undefined ? pictureSeconds.elsewhere : pictureSeconds.here);
        }
      }),
    );
}

async function read(deps: Workplace['deps'], run: string) {
  const started = await ensureStarted(deps, run);
  return progressOf(deps, started, started.state.value, await readArrays(deps, run, started.rounds));
}
