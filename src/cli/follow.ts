import { exitCodes } from '../place/exit-codes.ts';
import type { Workplace } from '../place/workplace.ts';
import { graceSeconds } from '../worker/grace.ts';
import { conclude } from './conclude.ts';
import { followLocal } from './follow-local.ts';
import { followRemote } from './follow-remote.ts';
import type { Screen } from './screen.ts';

export interface FollowOptions {
  /** What goes on after an interruption: a command and its arguments. */
  readonly again: string;
  /** Seconds between two looks at slices that run elsewhere; without it, as often as they are worth it. */
  readonly every?: number;
  /** What it came to, for programs. */
  readonly json?: boolean;
  /** The runs are being stopped: leaving changes nothing about that. */
  readonly stopping?: boolean;
}

/**
 * Watches runs until all are published and prints what they came to. Ctrl-C ends it: on the local engine that stops
 * the slices, which save what they have; elsewhere they go on. Either says how to come back; a second Ctrl-C leaves
 * at once.
 */
export async function follow(
  place: Workplace,
  screen: Screen,
  runs: readonly string[],
  { json = false, ...options }: FollowOptions,
): Promise<number> {
  const stop = new AbortController();
  const interrupt = () => {
    if (stop.signal.aborted) process.exit(exitCodes.interrupted);
    const what =
      place.local === undefined
        ? 'Leaving.'
        : `Stopping: programs get ${graceSeconds} seconds to end; what has finished is kept.`;
    screen.say(`${what} Ctrl-C again leaves at once.`);
    stop.abort();
  };
  process.on('SIGINT', interrupt);
  process.on('SIGTERM', interrupt);
  try {
    const following = { ...options, stop: stop.signal, runs };
    const { local } = place;
    const ended =
      local === undefined
        ? await followRemote(place, screen, following)
        : await followLocal({ ...place, local }, screen, following);
    return ended ? await conclude(place, screen, runs, json) : exitCodes.interrupted;
  } finally {
    stop.abort();
    process.off('SIGINT', interrupt);
    process.off('SIGTERM', interrupt);
  }
}
