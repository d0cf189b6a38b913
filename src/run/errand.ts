import { RemoteError } from '../errors.ts';
import { stateKey } from '../store/keys.ts';
import type { RunDeps } from './deps.ts';
import { requireDocument } from './documents.ts';
import { stateSchema } from './records.ts';

/**
 * What the submissions of all runs share in one step: queues at which the engine gives no clear answer. What else waits
 * there is left to the next step. Else an outage would take minutes for every array, while nothing is looked at.
 */
export interface Step {
  readonly stuck: Set<string>;
  /** Answers that were lost, by queue. */
  readonly lost: Map<string, number>;
}

export const openStep = (): Step => ({ stuck: new Set(), lost: new Map() });

/** Answers lost at one queue in one step; each costs the time that a listing may lag. */
const lostAtMost = 3;

export function countLost({ stuck, lost }: Step, queue: string): void {
  const times = (lost.get(queue) ?? 0) + 1;
  lost.set(queue, times);
  if (times >= lostAtMost) stuck.add(queue);
}

/** What the submissions of one run share in one step. */
export interface Errand {
  readonly step: Step;
  readonly phase: PhaseWatch;
  /** Queues that refused an array of this run: its others wait for the next step. */
  readonly refused: Set<string>;
  /** What was left to the next step besides, in words for people. */
  readonly later: string[];
}

export const openErrand = (deps: RunDeps, run: string, step: Step = openStep()): Errand => ({
  step,
  phase: watchPhase(deps, run),
  refused: new Set(),
  later: [],
});

export const isLeft = ({ refused, step }: Errand, queue: string) =>
  refused.has(queue) || step.stuck.has(queue);

export interface PhaseWatch {
  /** Reads the phase, unless it was read since `forget`. A run never comes back from cancelling. */
  isCancelling(): Promise<boolean>;
  /** Something has happened since the phase was read. */
  forget(): void;
}

function watchPhase(deps: RunDeps, run: string): PhaseWatch {
  let known: boolean | undefined;
  return {
    async isCancelling() {
      known ??=
        (await requireDocument(deps.store, stateKey(run), stateSchema)).value.phase.phase === 'cancelling';
      return known;
    },
    forget() {
      if (known === false) known = undefined;
    },
  };
}

/** The engine failed, not the store: one array waits for it, and the run goes on. */
export class EngineTrouble extends Error {
  override readonly name = 'EngineTrouble';
}

/** For calls of the engine: what fails there must not keep the rest of a run from being looked at, or stopped. */
export async function asking<T>(asked: Promise<T>): Promise<T> {
  try {
    return await asked;
  } catch (error) {
    if (error instanceof RemoteError) throw new EngineTrouble(error.message, { cause: error });
    throw error;
  }
}

/** The same for what the next step repeats; says what is left to it. */
export async function orLater(
  deps: RunDeps,
  run: string,
  later: string[],
  what: string,
  asked: Promise<void>,
) {
  try {
    await asked;
    return true;
  } catch (error) {
    if (!(error instanceof EngineTrouble)) throw error;
    const why = `${what}: ${error.message}`;
    later.push(why);
    deps.log({ kind: 'left-for-later', run, why });
    return false;
  }
}

/** What was left to the next step elsewhere. */
export const tellLater = ({ log }: RunDeps, run: string, later: readonly string[]) => {
  for (const why of later) log({ kind: 'left-for-later', run, why });
};
