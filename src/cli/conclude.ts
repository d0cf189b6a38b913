import { exitCodes } from '../place/exit-codes.ts';
import type { Workplace } from '../place/workplace.ts';
import { logLine } from '../report/escape.ts';
import { count } from '../report/format.ts';
import { readPublished, readState } from '../run/runs.ts';
import { printJson } from './options.ts';
import type { Screen } from './screen.ts';

/** Prints the verdict of each published run and where its review is; returns the exit code. */
export async function conclude(
  { deps, command }: Workplace,
  screen: Screen,
  runs: readonly string[],
  json: boolean,
): Promise<number> {
  screen[Symbol.dispose]();
  const conclusions: Conclusion[] = [];
  for (const run of runs) conclusions.push(await conclusionOf(deps, run));
  if (json) printJson(conclusions);
  else process.stdout.write(conclusions.map((one) => `\n${describeConclusion(one, command)}`).join(''));
  const complete = conclusions.every(({ succeeded, combinations }) => succeeded === combinations);
  return complete ? exitCodes.succeeded : exitCodes.incomplete;
}

export async function conclusionOf(deps: Workplace['deps'], run: string): Promise<Conclusion> {
  const published = await readPublished(deps, run);
  if (published === undefined) throw new Error(`${run} has ended and was never published`);
  const { succeeded, combinations } = published;
  const state = await readState(deps, run);
  const stopped = state?.stopped ?? null;
  return { run, succeeded, combinations, stopped, review: state?.review?.url ?? null };
}

export interface Conclusion {
  readonly run: string;
  readonly succeeded: number;
  readonly combinations: number;
  /** Why it ended early; null when it did not. */
  readonly stopped: { readonly by: string; readonly why: string } | null;
  /** URL. */
  readonly review: string | null;
}

/** Lines for people. */
export function describeConclusion(
  { run, succeeded, combinations, stopped, review }: Conclusion,
  command: Workplace['command'],
): string {
  const lines = [
    `${run}: ${count(succeeded)} of ${count(combinations)} succeeded`,
    ...(stopped === null ? [] : [`stopped ${logLine(stopped.why, 300)} (${logLine(stopped.by, 80)})`]),
    ...(review === null ? [] : [`review  ${review}`]),
    ...(succeeded < combinations ? [`again   ${command(`rerun ${run} --select failed,missing`)}`] : []),
    `fetch   ${command(`fetch ${run}`)}`,
  ];
  return `${lines.join('\n')}\n`;
}
