import { logLine } from '../report/escape.ts';
import { count } from '../report/format.ts';
import { readArrays } from '../run/observe.ts';
import { readPublished, readState } from '../run/runs.ts';
import { progressOf } from '../run/show.ts';
import { ensureStarted } from '../run/start.ts';
import { watch } from '../run/watch.ts';
import { exitCodes } from './exit-codes.ts';
import { printJson } from './options.ts';
import type { Screen } from './screen.ts';
import type { Workplace } from './workplace.ts';

/** Seconds between two looks at a run in the foreground. */
const lookSeconds = 1;

export interface FollowOptions {
  /** What goes on after an interruption: a command and its arguments. */
  readonly again: string;
  /** What it came to, for programs. */
  readonly json?: boolean;
}

/**
 * Watches runs until all are published. On the local engine this process also does the work. Ctrl-C stops the
 * slices, lets them write what they have, and says how to go on; a second Ctrl-C leaves at once.
 */
export async function follow(
  place: Workplace,
  screen: Screen,
  runs: readonly string[],
  { again, json = false }: FollowOptions,
): Promise<number> {
  const { deps, local, command } = place;
  const stop = new AbortController();
  const interrupt = () => {
    if (stop.signal.aborted) process.exit(exitCodes.interrupted);
    screen.say('Stopping: slices get half a minute to save what they have. Ctrl-C again leaves at once.');
    stop.abort();
  };
  process.on('SIGINT', interrupt);
  process.on('SIGTERM', interrupt);
  const bell = openBell();
  const hosting = local?.host({ signal: stop.signal, stay: true, onEvent: bell.ring });
  try {
    const open = new Set(runs);
    while (open.size > 0 && !stop.signal.aborted) {
      for (const run of open) {
        const { state } = await watch(deps, run);
        await showOn(screen, deps, run);
        if (state.phase.phase === 'published') open.delete(run);
      }
      if (open.size > 0) await bell.wait(lookSeconds, stop.signal);
    }
    const interrupted = stop.signal.aborted;
    stop.abort();
    await hosting;
    if (!interrupted) return await conclude(place, screen, runs, json);
    for (const run of open) await watch(deps, run, { publish: false });
    screen.say(`Stopped. What has finished is kept; go on with: ${command(again)}`);
    return exitCodes.interrupted;
  } finally {
    stop.abort();
    process.off('SIGINT', interrupt);
    process.off('SIGTERM', interrupt);
  }
}

/** Wakes the loop when a slice ends, so that a short run does not wait for the next look. */
function openBell() {
  let ring: () => void = () => {};
  return {
    ring: () => ring(),
    wait: (seconds: number, signal: AbortSignal) =>
      new Promise<void>((resolve) => {
        const finish = () => {
          clearTimeout(timer);
          signal.removeEventListener('abort', finish);
          resolve();
        };
        const timer = setTimeout(finish, seconds * 1000);
        signal.addEventListener('abort', finish, { once: true });
        // Several slices that end together make one look.
        ring = () => setTimeout(finish, 100);
      }),
  };
}

async function showOn(screen: Screen, deps: Workplace['deps'], run: string): Promise<void> {
  const started = await ensureStarted(deps, run);
  const arrays = await readArrays(deps, run, started.rounds);
  const { combinations, done, slices, secondsLeft } = await progressOf(
    deps,
    started,
    started.state.value,
    arrays,
  );
  screen.progress({ total: combinations, ...done, running: slices.running + slices.starting, secondsLeft });
}

/** The verdict of each run and where its review is. */
async function conclude(
  { deps, command }: Workplace,
  screen: Screen,
  runs: readonly string[],
  json: boolean,
): Promise<number> {
  screen[Symbol.dispose]();
  const conclusions: Conclusion[] = [];
  for (const run of runs) {
    const published = await readPublished(deps, run);
    if (published === undefined) throw new Error(`${run} has ended and was never published`);
    const { succeeded, combinations } = published;
    const state = await readState(deps, run);
    const stopped = state?.stopped ?? null;
    conclusions.push({ run, succeeded, combinations, stopped, review: state?.review?.url ?? null });
  }
  if (json) printJson(conclusions);
  else process.stdout.write(conclusions.map((one) => describe(one, command)).join(''));
  const complete = conclusions.every(({ succeeded, combinations }) => succeeded === combinations);
  return complete ? exitCodes.succeeded : exitCodes.incomplete;
}

interface Conclusion {
  readonly run: string;
  readonly succeeded: number;
  readonly combinations: number;
  /** Why it ended early; null when it did not. */
  readonly stopped: { readonly by: string; readonly why: string } | null;
  /** URL. */
  readonly review: string | null;
}

function describe(
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
  return `\n${lines.join('\n')}\n`;
}
