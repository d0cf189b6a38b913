import { stateKey } from '../store/keys.ts';
import { isOpen } from './array-state.ts';
import { terminateJobs } from './cancel.ts';
import type { RunDeps } from './deps.ts';
import { changeDocument } from './documents.ts';
import { type Errand, openErrand, openStep, type Step, tellLater } from './errand.ts';
import { type ArrayAt, readArrays } from './observe.ts';
import { refuseForeign } from './own-engine.ts';
import { stateSchema } from './records.ts';
import { advance } from './run-state.ts';
import { ensureStarted, type Started } from './start.ts';
import { submitRound } from './submit.ts';

/** A run whose step has begun. */
export interface Begun {
  readonly started: Started;
  readonly arrays: readonly ArrayAt[];
  readonly later: readonly string[];
}

/** Completes what is to be submitted or terminated, and reads how the arrays stand then. */
export async function begin(deps: RunDeps, runId: string, step: Step = openStep()): Promise<Begun> {
  const started = await ensureStarted(deps, runId);
  refuseForeign(deps, started.run);
  const { phase } = started.state.value;
  const arrays = await readArrays(deps, runId, started.rounds);
  if (phase.phase === 'published') return { started, arrays, later: [] };
  const done =
    phase.phase === 'cancelling'
      ? await stop(deps, started, arrays, step)
      : await completeSubmissions(deps, started, arrays, openErrand(deps, runId, step));
  if (!done.tried) return { started, arrays, later: [] };
  return { started, arrays: await readArrays(deps, runId, started.rounds), later: done.later };
}

interface Tried {
  /** False when there was nothing to do. */
  readonly tried: boolean;
  readonly later: readonly string[];
}

async function stop(deps: RunDeps, started: Started, arrays: readonly ArrayAt[], step: Step): Promise<Tried> {
  const { refused, later } = await terminateJobs(deps, started, arrays, step);
  const told = refused.map(({ message }) => `a job could not be told to stop: ${message}`);
  tellLater(deps, started.run.run, told);
  return { tried: true, later: [...told, ...later] };
}

/** Submissions that nobody has finished, and doubts about jobs of the same name, of every approved round. */
async function completeSubmissions(
  deps: RunDeps,
  { run, rounds, state }: Started,
  arrays: readonly ArrayAt[],
  errand: Errand,
): Promise<Tried> {
  let complete = true;
  let tried = false;
  for (const round of rounds) {
    if (!arrays.some((at) => at.round === round && isOpen(at.document.value))) continue;
    tried = true;
    if (!(await submitRound(deps, run, round, arrays, errand))) complete = false;
  }
  const done = { tried, later: errand.later };
  const current = rounds.at(-1);
  if (!complete || current === undefined || state.value.phase.phase !== 'launching') return done;
  await changeDocument(deps.store, stateKey(run.run), stateSchema, (value) => {
    if (value.phase.phase !== 'launching') return undefined;
    const next = advance(value, { event: 'submitted', round: current.round }, deps.clock.now());
    return next.outcome === 'moved' ? next.state : undefined;
  });
  return done;
}
