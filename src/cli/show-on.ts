import type { Workplace } from '../place/workplace.ts';
import { readArrays } from '../run/observe.ts';
import { progressOf } from '../run/show.ts';
import { ensureStarted } from '../run/start.ts';
import type { Screen } from './screen.ts';

/** What a follower is to do. */
export interface Following {
  /** Aborted by Ctrl-C. */
  readonly stop: AbortSignal;
  readonly runs: readonly string[];
  /** What goes on after an interruption: a command and its arguments. */
  readonly again: string;
  /** Seconds between two looks at slices that run elsewhere; without it, as often as they are worth it. */
  readonly every?: number;
  /** The runs are being stopped. */
  readonly stopping?: boolean;
}

/** Shows how a run stands and returns it. */
export async function showOn(
  screen: Screen,
  deps: Workplace['deps'],
  run: string,
  { aged }: { readonly aged: boolean },
) {
  const started = await ensureStarted(deps, run);
  const arrays = await readArrays(deps, run, started.rounds);
  const progress = await progressOf(deps, started, started.state.value, arrays);
  const { combinations, done, slices, secondsLeft } = progress;
  const countsAt = arrays.flatMap(({ document: { value } }) =>
    value.state === 'submitted' && value.countsAt !== null ? [Date.parse(value.countsAt)] : [],
  );
  const age =
    aged && countsAt.length > 0 ? (deps.clock.now().getTime() - Math.min(...countsAt)) / 1000 : undefined;
  screen.progress({
    total: combinations,
    ...done,
    verified: progress.phase === 'published',
    running: slices.running + slices.starting,
    secondsLeft,
    ...(age !== undefined && { countsAge: age }),
  });
  return progress;
}
