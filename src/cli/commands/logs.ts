import { gunzipSync } from 'node:zlib';
import type { Command } from 'commander';
import { ConfigurationError } from '../../errors.ts';
import type { Outcome } from '../../results/outcome.ts';
import { openOutcomes } from '../../run/outcomes.ts';
import { atWorkplace, type PlaceOptions, placeCommand, wholeNumber } from '../options.ts';
import { findRun } from '../run-option.ts';
import type { Workplace } from '../workplace.ts';

export function logsCommand(): Command {
  return placeCommand('logs', 'print what the program of one combination wrote')
    .argument('<run>', 'run, the beginning of one, or a grid')
    .argument('[combination]', 'index, id or label; the first failed one without it')
    .option('--lines <n>', 'only the last n lines', wholeNumber)
    .addHelpText('after', '\nExample:\n  muster logs demo 17 --lines 40')
    .action(
      (
        given: string,
        which: string | undefined,
        options: PlaceOptions & { lines?: number },
        command: Command,
      ) =>
        atWorkplace(command, options, async ({ deps }) => {
          const { run } = await findRun(deps, given);
          const outcome = await findOutcome(deps, run, which);
          const text = await readLog(deps, outcome);
          const lines = text.split('\n');
          const shown = options.lines === undefined ? lines : lines.slice(-options.lines - 1);
          process.stdout.write(shown.join('\n'));
          if (text === '') process.stderr.write(`${outcome.combination.label} wrote nothing.\n`);
        }),
    );
}

async function findOutcome(
  deps: Workplace['deps'],
  run: string,
  which: string | undefined,
): Promise<Outcome> {
  using open = await openOutcomes(deps, run);
  for await (const outcome of open.outcomes()) {
    const { index, id, label } = outcome.combination;
    if (which === undefined ? outcome.state === 'failed' : [String(index), id, label].includes(which))
      return outcome;
  }
  throw new ConfigurationError({
    file: run,
    message: which === undefined ? 'no combination has failed' : `there is no combination \`${which}\``,
    fix: 'Name one by index, id or label.',
  });
}

async function readLog(deps: Workplace['deps'], { outputs, combination, failure }: Outcome): Promise<string> {
  const log = outputs.find(({ path }) => path === 'program.log.gz');
  const object = log === undefined ? undefined : await deps.store.get(log.key);
  if (object !== undefined) return gunzipSync(object.bytes).toString('utf8');
  if (failure !== undefined && failure.tail !== '') return `${failure.tail}\n`;
  throw new ConfigurationError({
    file: combination.label,
    message: failure === undefined ? 'has not run yet: there is no log' : `left no log: ${failure.message}`,
  });
}
