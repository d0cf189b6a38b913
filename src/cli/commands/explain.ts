import type { Command } from 'commander';
import { asCalled } from '../../place/called-as.ts';
import { findRun } from '../../place/find-run.ts';
import { logLine } from '../../report/escape.ts';
import { FailureGroups } from '../../report/failure-groups.ts';
import { failureLines } from '../../report/failure-text.ts';
import { count, plural } from '../../report/format.ts';
import {
  doneText,
  type RunProgress,
  sliceCounts,
  stateWords,
  unfinishedLines,
} from '../../report/run-progress.ts';
import type { RunDeps } from '../../run/deps.ts';
import { withPages } from '../../run/failure-pages.ts';
import { readArrays } from '../../run/observe.ts';
import { openOutcomes } from '../../run/outcomes.ts';
import { progressOf } from '../../run/show.ts';
import { silentSlices } from '../../run/silent-slices.ts';
import { diagnoseNow } from '../../run/standstill.ts';
import { ensureStarted, type Started } from '../../run/start.ts';
import { atWorkplace, type PlaceOptions, placeCommand, printJson } from '../options.ts';
import { silenceLines } from '../silence-text.ts';
import { unwatchedLines } from '../unwatched-text.ts';

export function explainCommand(): Command {
  return placeCommand('explain', 'say in plain words why a run does not move or why combinations failed')
    .argument('[run]', 'run, the beginning of one, or a grid; the newest without it')
    .option('--json', 'for programs')
    .addHelpText('after', '\nExample:\n  muster explain demo')
    .action((given: string | undefined, options: PlaceOptions & { json?: boolean }, command: Command) =>
      atWorkplace(command, options, async ({ deps, command }) => {
        const { run } = await findRun(deps, given);
        const started = await ensureStarted(deps, run);
        const arrays = await readArrays(deps, run, started.rounds);
        const progress = await progressOf(deps, started, started.state.value, arrays);
        const { phase } = progress;
        const diagnosis = await diagnoseNow(deps, arrays);
        const failures = phase === 'published' ? await mergedFailures(deps, started) : progress.failures;
        const example = failures.flatMap(({ examples }) => examples).find(({ index }) => index >= 0);
        const silent = phase === 'published' ? await silentSlices(deps, started, arrays) : undefined;
        const aside = arrays.flatMap(({ array, document: { value } }) =>
          value.state === 'unknown' ? [`array ${array.array} never ran: ${value.why}`] : [],
        );
        if (options.json === true) {
          const { done, stopped, unfinished, unwatched = false } = progress;
          printJson({
            run,
            phase,
            done,
            stopped,
            diagnosis,
            failures,
            unfinished,
            aside,
            silent: silent ?? null,
            unwatched,
          });
          return;
        }
        const lines = [
          standing(progress),
          ...stoppedLines(progress),
          ...unwatchedLines(progress, command),
          ...diagnosis.map(({ summary, fix }) => `${summary}\n  ${fix}`),
          ...aside,
          ...(silent === undefined ? [] : silenceLines(silent, started.run, command)),
          ...unfinishedLines(progress),
          ...failureLines(failures),
          ...(example === undefined ? [] : [`A log as a whole: ${command(`logs ${run} ${example.index}`)}`]),
        ];
        process.stdout.write(`${asCalled(lines.join('\n'))}\n`);
      }),
    );
}

function standing(progress: RunProgress): string {
  const { run, combinations, done } = progress;
  const state = stateWords(progress);
  if (progress.phase !== 'published') {
    return `${run} is ${state}: ${doneText(progress)}; slices: ${sliceCounts(progress)}.`;
  }
  const { succeeded, failed, missing = Math.max(0, combinations - succeeded - failed) } = done;
  const ends = `${count(succeeded)} of ${plural(combinations, 'combination')} succeeded, ${count(failed)} failed`;
  return `${run} is ${state}: ${ends}, ${count(missing)} missing.`;
}

function stoppedLines({ stopped }: RunProgress): string[] {
  return stopped === null ? [] : [logLine(`Stopped by ${stopped.by}: ${stopped.why}`, 500)];
}

/** Of the merge: what a later round made good is no failure any more. */
async function mergedFailures(deps: RunDeps, started: Started): Promise<RunProgress['failures']> {
  using open = await openOutcomes(deps, started.run.run);
  const groups = new FailureGroups();
  for await (const outcome of open.outcomes()) if (outcome.state === 'failed') groups.add(outcome);
  return withPages(deps, started, groups.finish());
}
