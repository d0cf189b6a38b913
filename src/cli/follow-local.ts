import type { LocalEngine } from '../engine/local/local-engine.ts';
import type { Workplace } from '../place/workplace.ts';
import { watch } from '../run/watch.ts';
import type { Screen } from './screen.ts';
import { type Following, showOn } from './show-on.ts';

/** Seconds between two looks at a run in the foreground. */
const lookSeconds = 1;

/** Does the work of the runs in this process. True when all are published, false when it was stopped. */
export async function followLocal(
  { deps, local, command }: Workplace & { readonly local: LocalEngine },
  screen: Screen,
  { stop, runs, again }: Following,
): Promise<boolean> {
  const ended = new AbortController();
  const bell = openBell();
  const hosting = local.host({
    signal: AbortSignal.any([stop, ended.signal]),
    stay: true,
    onEvent: bell.ring,
  });
  try {
    const open = new Set(runs);
    while (open.size > 0 && !stop.aborted) {
      for (const run of open) {
        const { state } = await watch(deps, run);
        await showOn(screen, deps, run, { aged: false });
        if (state.phase.phase === 'published') open.delete(run);
      }
      if (open.size > 0) await bell.wait(lookSeconds, stop);
    }
    const interrupted = stop.aborted;
    ended.abort();
    await hosting;
    if (!interrupted) return true;
    for (const run of open) await watch(deps, run, { publish: false });
    screen.say(`Stopped. What has finished is kept; go on with: ${command(again)}`);
    return false;
  } finally {
    ended.abort();
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
