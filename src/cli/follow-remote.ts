import { setTimeout as sleep } from 'node:timers/promises';
import { isRefused } from '../aws/remote-error.ts';
import { RemoteError } from '../errors.ts';
import { duration } from '../report/format.ts';
import { watchAll } from '../run/watch.ts';
import { lookDelay, retryDelay } from './cadence.ts';
import type { Screen } from './screen.ts';
import { type Following, showOn } from './show-on.ts';
import type { Workplace } from './workplace.ts';

/**
 * Looks now and then at runs whose slices work elsewhere. True when all are published; false when it was stopped,
 * which stops none of them. A service or network that is away for some minutes is waited for.
 */
export async function followRemote(
  place: Workplace,
  screen: Screen,
  { stop, runs, again, every, stopping = false }: Following,
): Promise<boolean> {
  const { command } = place;
  const comeBack = `come back with: ${command(again)}`;
  const started = performance.now();
  const open = new Set(runs);
  const told = new Set<string>();
  let failures = 0;
  let unchanged = 0;
  let seen = '';
  while (!stop.aborted) {
    let delay: number | undefined;
    try {
      const news = await lookAt(place, screen, open, told);
      failures = 0;
      if (open.size === 0) return true;
      unchanged = news === seen ? unchanged + 1 : 0;
      seen = news;
      const seconds = (performance.now() - started) / 1000;
      delay = every ?? lookDelay({ seconds, unchanged }, Math.random);
    } catch (error) {
      failures += 1;
      delay = error instanceof RemoteError && !isRefused(error) ? retryDelay(failures) : undefined;
      if (delay === undefined) {
        screen.say(`Nobody looks at the run any more, and its slices go on; ${comeBack}`);
        throw error;
      }
      // The error to act on is told when it does not pass.
      screen.say(`${oneLine(error)} (looking again in ${duration(delay)})`);
    }
    // Ctrl-C ends the wait.
    await sleep(delay * 1000, undefined, { signal: stop }).catch(() => undefined);
  }
  const [run = ''] = open;
  const left = stopping
    ? [`You have left; the slices stop all the same. To ${comeBack}`]
    : [
        `You have left, and the slices go on: they run on AWS Batch. To ${comeBack}`,
        `To stop them: ${command(`cancel ${run}`)}`,
      ];
  for (const line of left) screen.say(line);
  return false;
}

/** One look at every open run; the published ones are open no more. Returns what would be news if it changed. */
async function lookAt(
  { deps, command }: Workplace,
  screen: Screen,
  open: Set<string>,
  told: Set<string>,
): Promise<string> {
  const news: unknown[] = [];
  const faults: unknown[] = [];
  for await (const one of watchAll(quiet(deps), [...open])) {
    if ('fault' in one) {
      faults.push(one.fault);
      continue;
    }
    const { run, state, tally } = one;
    news.push(state.phase, tally.counts);
    const { diagnosis } = await showOn(screen, deps, run, { aged: true });
    for (const { summary, fix } of diagnosis) {
      // Minutes and counts in it go on; what it says is the same.
      const said = summary.replace(/\d+/g, '#');
      if (told.has(said)) continue;
      told.add(said);
      screen.say(`${summary}\n  ${fix}\n  More: ${command(`explain ${run}`)}`);
    }
    if (state.phase.phase === 'published') open.delete(run);
  }
  // One that cannot be looked at keeps the others from nothing.
  if (faults.length > 0) throw faults[0];
  return JSON.stringify(news);
}

/** A queue that refuses is told of once, in the words of the diagnosis, and not at every look. */
function quiet(deps: Workplace['deps']): Workplace['deps'] {
  return {
    ...deps,
    log: (event) => {
      const again = event.kind === 'array-refused' && event.fix !== undefined;
      if (!again) deps.log(event);
    },
  };
}

const oneLine = (error: unknown) =>
  error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error);
