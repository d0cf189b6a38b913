import { gunzipSync } from 'node:zlib';
import type { Command } from 'commander';
import { ConfigurationError } from '../../errors.ts';
import { findRun } from '../../place/find-run.ts';
import type { Workplace } from '../../place/workplace.ts';
import type { Outcome } from '../../results/outcome.ts';
import { openOutcomes } from '../../run/outcomes.ts';
import { pagesOfSlice, type SliceJob, type SlicePages, sliceJobOf } from '../../run/slice-log.ts';
import { atWorkplace, type PlaceOptions, placeCommand, wholeNumber } from '../options.ts';

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
          const written = await programLog(deps, outcome);
          const { state, combination } = outcome;
          const job =
            state === 'succeeded' && written !== undefined
              ? undefined
              : await sliceJobOf(deps, run, combination.index);
          const text = written ?? (await sliceLog(deps, outcome, job, options.lines));
          const lines = text.split('\n');
          const shown = options.lines === undefined ? lines : lines.slice(-options.lines - 1);
          process.stdout.write(shown.join('\n'));
          if (text === '') process.stderr.write(`${outcome.combination.label} wrote nothing.\n`);
          if (job !== undefined) process.stderr.write(pagesText(await pagesOfSlice(deps, run, job)));
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

/** What the program wrote: as a whole, or the tail that the worker kept of it. */
async function programLog(
  deps: Workplace['deps'],
  { outputs, failure }: Outcome,
): Promise<string | undefined> {
  const log = outputs.find(({ path }) => path === 'program.log.gz');
  const object = log === undefined ? undefined : await deps.store.get(log.key);
  if (object !== undefined) return gunzipSync(object.bytes).toString('utf8');
  return failure === undefined || failure.tail === '' ? undefined : `${failure.tail}\n`;
}

/** Lines of the worker's own output when nobody says how many. */
const workerLines = 200;

/** What the worker wrote about the slice: all there is while it runs, or when its machine was lost. */
async function sliceLog(
  deps: Workplace['deps'],
  { combination: { label }, state, failure }: Outcome,
  job: SliceJob | undefined,
  lines = workerLines,
): Promise<string> {
  const tail = job === undefined ? [] : await deps.engine.logTail(job.handle, job.child, lines);
  if (tail.length > 0) {
    process.stderr.write(`${label} has no log of its own; its slice ${job?.slice} wrote:\n`);
    return `${tail.join('\n')}\n`;
  }
  const pages = job === undefined ? '' : deps.engine.jobUrl(job.handle, job.child);
  throw new ConfigurationError({
    file: label,
    message: whyNone(state, failure),
    ...(pages !== undefined && pages !== '' && { fix: `Its job: ${pages}` }),
  });
}

function whyNone(state: Outcome['state'], failure: Outcome['failure']): string {
  if (failure !== undefined) return `left no log: ${failure.message}`;
  return state === 'succeeded' ? 'its log is not in the store any more' : 'has not run yet: there is no log';
}

function pagesText({ job, log, command }: SlicePages): string {
  const shown = [job && `job: ${job}`, log && `log: ${log}`, command && `or:  ${command}`];
  return shown
    .filter((line) => line !== undefined)
    .map((line) => `${line}\n`)
    .join('');
}
