/**
 * The container's entry point: executes one slice (design, section 7). Exit codes:
 *
 *   0    every combination of the slice is settled well; also when the run is being cancelled and nothing failed (the
 *        combinations not reached stay missing), and when another job was recorded for this array: no work is done.
 *   1    settled, but at least one combination failed for good, or, of a run that is being cancelled, is not in the
 *        store; or a right is missing; or the worker was started wrongly.
 *   75   another attempt is worth it: a program ended with a code of `retry.on_exit`, or the store or disk failed.
 *   124  the slice's own deadline was reached, or every failure was a combination's timeout.
 *   143  interrupted: SIGTERM, or the engine that held our lifeline is gone. What was finished is in a fragment.
 */
import { hostname } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import type { InstanceRecord } from '../results/fragment.ts';
import type { Store } from '../store/store.ts';
import { type Assignment, readAssignment } from './assignment.ts';
import { readCombinations } from './combinations.ts';
import type { WorkerDeps } from './context.ts';
import { readSettings, type WorkerSettings } from './environment.ts';
import { exitCode } from './exit-code.ts';
import { type FragmentHeader, FragmentWriter, settledBefore } from './fragments.ts';
import { instanceOf } from './instance.ts';
import { Interrupt } from './interrupt.ts';
import { RecordError } from './read-record.ts';
import { makeScratchRoot } from './scratch-root.ts';
import { unitsOf, workThrough } from './slice.ts';
import { oneLine, troubleOf } from './trouble.ts';
import { scratchBelow } from './work-directory.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** Runs one slice and returns the exit code. Never throws. */
export async function runWorker(environment: Environment, deps: WorkerDeps): Promise<number> {
  const startedAt = new Date().toISOString();
  const read = readSettings(environment);
  if (!read.ok) {
    deps.log(read.message);
    return 1;
  }
  const interrupt = listen(read.settings, deps);
  try {
    const store = await deps.openStore(read.settings.store);
    const assignment = await readAssignment(store, read.settings);
    if (assignment === undefined) {
      deps.log(`another job than ${read.settings.parent} is recorded for this array: nothing to do`);
      return 0;
    }
    const { settings } = read;
    return await runSlice({ startedAt, environment, deps, settings, store, assignment, interrupt });
  } catch (error) {
    return exitOf(error, deps);
  }
}

interface SliceStart {
  /** ISO 8601, of this process. */
  readonly startedAt: string;
  readonly environment: Environment;
  readonly deps: WorkerDeps;
  readonly settings: WorkerSettings;
  readonly store: Store;
  readonly assignment: Assignment;
  readonly interrupt: Interrupt;
}

async function runSlice(start: SliceStart): Promise<number> {
  const { deps, settings, store, assignment, interrupt } = start;
  const { slice, grid } = assignment;
  const at = { run: settings.run, round: settings.round, slice: slice.slice };
  const [instance, settled] = await Promise.all([
    instanceOf(start.environment),
    settledBefore(store, at, deps.log),
  ]);
  const units = unitsOf(
    await readCombinations(store, settings.run, slice.indexes),
    grid.slice.per,
    settled.indexes,
  );
  const writer = new FragmentWriter(store, header(start, instance), deps.log);
  interrupt.signal.addEventListener('abort', () => writer.flush(), { once: true });
  const failures = [...settled.failures];
  const { root, remove } = makeScratchRoot(settings.workBase, `${settings.run.slice(-12)}-${slice.slice}`);
  try {
    const context = { ...start, scratch: scratchBelow(root) };
    await Promise.race([workThrough(context, units, writer, failures), interrupt.overdue]);
    const complete = interrupt.reason === undefined;
    // The engine kills us 30 s after it asked (AB 2.8): what the store has not taken by then is lost anyway.
    const stored = await Promise.race([
      writer.close(complete),
      interrupt.overdue.then(() => sleep(3000, false)),
    ]);
    return exitCode({
      interruption: interrupt.reason,
      failures,
      storeTrouble: !stored,
      denied: writer.denied,
    });
  } finally {
    tidyUp(remove, deps);
  }
}

/** What cannot be removed is no reason to call the work failed. */
function tidyUp(remove: () => void, deps: WorkerDeps): void {
  try {
    remove();
  } catch (error) {
    deps.log(`the scratch folder could not be removed: ${oneLine(error)}`);
  }
}

function header(
  { startedAt, settings, assignment, deps }: SliceStart,
  instance: InstanceRecord | undefined,
): FragmentHeader {
  return {
    startedAt,
    run: settings.run,
    round: settings.round,
    array: settings.array,
    slice: assignment.slice.slice,
    job: settings.parent,
    attempt: settings.attempt,
    worker: { version: deps.version, host: hostname(), platform: `${process.platform}/${process.arch}` },
    image: assignment.image,
    ...(instance === undefined ? {} : { instance }),
  };
}

/** Seconds before the engine's limit at which the worker ends by itself, to save what there is. */
const deadlineMargin = 30;

function listen(settings: WorkerSettings, deps: WorkerDeps): Interrupt {
  const interrupt = new Interrupt();
  deps.onTerminate(() => interrupt.raise('terminated'));
  if (settings.lifeline) deps.onLifelineClosed(() => interrupt.raise('lifeline'));
  if (settings.sliceSeconds !== undefined) {
    const seconds = Math.max(settings.sliceSeconds - deadlineMargin, settings.sliceSeconds / 2);
    // Node's timers hold 31 bits of milliseconds.
    setTimeout(() => interrupt.raise('deadline'), Math.min(seconds * 1000, 2 ** 31 - 1)).unref();
  }
  return interrupt;
}

function exitOf(error: unknown, deps: WorkerDeps): number {
  if (error instanceof RecordError) {
    deps.log(error.message);
    return 1;
  }
  const trouble = troubleOf(error);
  // A bug of ours prints where it is.
  deps.log((trouble.class === 'unknown' && error instanceof Error && error.stack) || trouble.message);
  return trouble.again ? 75 : 1;
}
