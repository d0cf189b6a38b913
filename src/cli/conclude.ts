import { exitCodes } from '../place/exit-codes.ts';
import type { Workplace } from '../place/workplace.ts';
import { logLine } from '../report/escape.ts';
import { count } from '../report/format.ts';
import { readArrays } from '../run/observe.ts';
import { readPublished } from '../run/runs.ts';
import { type SilentSlices, silentSlices } from '../run/silent-slices.ts';
import { ensureStarted } from '../run/start.ts';
import { printJson } from './options.ts';
import type { Screen } from './screen.ts';
import { silenceLines } from './silence-text.ts';

/** Prints the verdict of each published run and where its review is; returns the exit code. */
export async function conclude(
  { deps, command }: Workplace,
  screen: Screen,
  runs: readonly string[],
  json: boolean,
): Promise<number> {
  screen[Symbol.dispose]();
  const conclusions: Conclusion[] = [];
  for (const run of runs) conclusions.push(await conclusionOf({ deps, command }, run));
  if (json) printJson(conclusions);
  else process.stdout.write(conclusions.map((one) => `\n${describeConclusion(one, command)}`).join(''));
  return conclusions.every(isComplete) ? exitCodes.succeeded : exitCodes.incomplete;
}

export async function conclusionOf(
  { deps, command }: Pick<Workplace, 'deps' | 'command'>,
  run: string,
): Promise<Conclusion> {
  const published = await readPublished(deps, run);
  if (published === undefined) throw new Error(`${run} has ended and was never published`);
  const { succeeded, combinations, facts } = published;
  const started = await ensureStarted(deps, run);
  const { stopped, review } = started.state.value;
  const isSilent = facts.missing > 0 && stopped === null;
  const silent = isSilent
    ? await silentSlices(deps, started, await readArrays(deps, run, started.rounds))
    : undefined;
  return {
    ...{ run, succeeded, failed: facts.failed, missing: facts.missing, combinations },
    ...{ stopped, review: review?.url ?? null },
    ...(silent && { silent: { ...silent, words: silenceLines(silent, started.run, command) } }),
  };
}

export interface Conclusion {
  readonly run: string;
  readonly succeeded: number;
  readonly failed: number;
  readonly missing: number;
  readonly combinations: number;
  /** Why it ended early; null when it did not. */
  readonly stopped: { readonly by: string; readonly why: string } | null;
  /** URL. */
  readonly review: string | null;
  /** Slices that ended well and wrote nothing, with lines for people. */
  readonly silent?: SilentSlices & { readonly words: readonly string[] };
}

/** Lines for people. */
export function describeConclusion(conclusion: Conclusion, command: Workplace['command']): string {
  const { run, succeeded, failed, missing, combinations, stopped, review, silent } = conclusion;
  const others = [
    ...(failed > 0 ? [`${count(failed)} failed`] : []),
    ...(missing > 0 ? [`${count(missing)} missing`] : []),
  ];
  const again = selection(conclusion);
  const lines = [
    `${run}: ${[`${count(succeeded)} of ${count(combinations)} succeeded`, ...others].join(', ')}`,
    ...(stopped === null ? [] : [`stopped ${logLine(stopped.why, 300)} (${logLine(stopped.by, 80)})`]),
    ...(silent === undefined ? [] : silent.words),
    ...(review === null ? [] : [`review  ${review}`]),
    ...(again === undefined ? [] : [`again   ${command(`rerun ${run} --select ${again}`)}`]),
    `fetch   ${command(`fetch ${run}`)}`,
  ];
  return `${lines.join('\n')}\n`;
}

export const isComplete = ({ succeeded, combinations }: Conclusion): boolean => succeeded === combinations;

/** What a rerun may change something about: slices that wrote nothing would write nothing again. */
function selection(conclusion: Conclusion): string | undefined {
  const { failed, silent } = conclusion;
  if (isComplete(conclusion)) return undefined;
  if (silent === undefined) return 'failed,missing';
  return failed > 0 ? 'failed' : undefined;
}
