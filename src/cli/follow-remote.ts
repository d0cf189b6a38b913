import { setTimeout as sleep } from 'node:timers/promises';
import { isRefused } from '../aws/remote-error.ts';
import { RemoteError } from '../errors.ts';
import type { Workplace } from '../place/workplace.ts';
import { duration } from '../report/format.ts';
import { watchAll } from '../run/watch.ts';
import { Pace } from './cadence.ts';
import type { Screen } from './screen.ts';
import { type Following, showOn } from './show-on.ts';
import { Stillness } from './stillness.ts';

/**
 * Looks now and then at runs whose slices work elsewhere. True when all are published; false when it was stopped,
 * which stops none of them. A service or network that is away for some minutes is waited for.
 */
export async function followRemote(place: Workplace, screen: Screen, following: Following): Promise<boolean> {
  const { stop, runs, every } = following;
  const comeBack = `come back with: ${place.command(following.again)}`;
  const began = performance.now();
  const pace = new Pace(every, () => (performance.now() - began) / 1000);
  const open = new Set(runs);
  const memory: Memory = { told: new Set(), stillness: new Stillness(), waiting: new Set() };
  while (!stop.aborted) {
    const seconds = await lookAt(place, screen, open, memory).then(
      (picture) => pace.afterLook(picture),
      (error: unknown) => {
        const delay = mayPass(error) ? pace.afterFailure() : undefined;
        if (delay !== undefined) {
          // The error to act on is told when it does not pass.
          screen.say(`${oneLine(error)} (looking again in ${duration(delay)})`);
          return delay;
        }
        const rest = goOn(open, memory) ? 'and its slices go on' : 'and AWS Batch has none of its slices';
        screen.say(`Nobody looks at the run any more, ${rest}; ${comeBack}`);
        throw error;
      },
    );
    if (open.size === 0) return true;
    // Ctrl-C ends the wait.
    await sleep(seconds * 1000, undefined, { signal: stop }).catch(() => undefined);
  }
  const held = goOn(open, memory);
  for (const line of farewell(place, [...open], { ...following, held }, comeBack)) screen.say(line);
  return false;
}

/** What a follower remembers from look to look. */
interface Memory {
  /** Reasons that were said. */
  readonly told: Set<string>;
  readonly stillness: Stillness;
  /** Runs of which the last look saw refusals, and nothing that goes on. */
  readonly waiting: Set<string>;
}

/** Whether any of the open runs has slices that go on without us, as far as anybody has looked. */
const goOn = (open: ReadonlySet<string>, { waiting }: Memory) => [...open].some((run) => !waiting.has(run));

const mayPass = (error: unknown) => error instanceof RemoteError && !isRefused(error);

function farewell(
  { command }: Workplace,
  [run = '']: readonly string[],
  { stopping = false, held }: Following & { readonly held: boolean },
  comeBack: string,
): readonly string[] {
  if (stopping) return [`You have left; the slices stop all the same. To ${comeBack}`];
  if (!held) {
    return [
      `You have left. AWS Batch refused the slices, so nothing runs; the next watch submits it once that is mended: ${comeBack}`,
      `To give it up: ${command(`cancel ${run}`)}`,
    ];
  }
  return [
    `You have left, and the slices go on: they run on AWS Batch. To ${comeBack}`,
    `To stop them: ${command(`cancel ${run}`)}`,
  ];
}

/** One look at every open run; the published ones are open no more. Returns what would be news if it changed. */
async function lookAt(
  { deps, command }: Workplace,
  screen: Screen,
  open: Set<string>,
  { told, stillness, waiting }: Memory,
): Promise<string> {
  const picture: unknown[] = [];
  const faults: unknown[] = [];
  for await (const one of watchAll(quiet(deps), [...open])) {
    if ('fault' in one) {
      faults.push(one.fault);
      continue;
    }
    const { run, state, tally, refused, withEngine } = one;
    if (refused.length > 0 && !withEngine) waiting.add(run);
    else waiting.delete(run);
    picture.push(state.phase, tally.counts);
    const { diagnosis } = await showOn(screen, deps, run, { aged: true });
    for (const { summary, fix } of diagnosis) {
      // Minutes and counts in it go on; what it says is the same.
      const said = summary.replace(/\d+/g, '#');
      if (told.has(said)) continue;
      told.add(said);
      screen.say(`${summary}\n  ${fix}\n  More: ${command(`explain ${run}`)}`);
    }
    if (stillness.noticed(run, tally.counts) && diagnosis.length === 0) {
      screen.say(
        `Nothing of ${run} runs at the moment. A start takes some minutes; why: ${command(`explain ${run}`)}`,
      );
    }
    if (state.phase.phase === 'published') open.delete(run);
  }
  // Told after the others have been looked at.
  if (faults.length > 0) throw faults[0];
  return JSON.stringify(picture);
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
