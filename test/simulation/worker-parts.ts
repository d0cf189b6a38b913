import { createHash } from 'node:crypto';
import type { FragmentEntry } from '../../src/results/fragment.ts';
import { outputPrefix } from '../../src/store/keys.ts';
import { absent } from '../../src/store/store.ts';
import type { SliceContext, Unit, WorkerDeps } from '../../src/worker/context.ts';
import { entriesOf } from '../../src/worker/entries.ts';

/**
 * What the simulation puts in place of the parts of the worker that run programs (`combination.ts`, `scratch-root.ts`,
 * `work-directory.ts`; see `hooks.ts`). Assignment, fragments, deadlines and exit codes are the worker's own.
 */

/** How the execution of a combination goes. */
export interface Fate {
  readonly seconds: number;
  readonly end: 'succeeds' | 'fails' | 'fails, may be tried again';
}

/** The container around a worker. */
export interface ModelDeps extends WorkerDeps {
  /** Called when a combination begins. */
  begin(index: number): Fate;
  /** Waits so long, or until the signal. */
  wait(seconds: number, signal: AbortSignal): Promise<void>;
}

export class Interrupted extends Error {
  override readonly name = 'Interrupted';
}

export async function workOn(context: SliceContext, unit: Unit): Promise<readonly FragmentEntry[]> {
  const deps = context.deps as ModelDeps; // the simulation's containers give no others
  const { settings, interrupt, store } = context;
  const { index, label } = unit.first;
  const startedAt = new Date();
  const fate = deps.begin(index);
  await deps.wait(fate.seconds, interrupt.signal);
  if (interrupt.reason !== undefined) throw new Interrupted();
  const bytes = `combination ${index}`;
  const key = `${outputPrefix(settings.run, label, { ...settings, job: settings.parent })}program.log`;
  try {
    await store.put(key, bytes, absent);
  } catch {
    return entriesOf(unit.combinations, { ...finding(startedAt, fate), outputs: [], failure: notStored });
  }
  const outputs = [
    {
      ...{ path: 'program.log', key, size: bytes.length },
      sha256: createHash('sha256').update(bytes).digest('hex'),
    },
  ];
  const failure =
    fate.end === 'succeeds' ? null : { ...exitedBadly, again: fate.end === 'fails, may be tried again' };
  return entriesOf(unit.combinations, { ...finding(startedAt, fate), outputs, failure });
}

const exitedBadly = {
  class: 'program',
  message: 'exited with 3',
  exitCode: 3,
  signal: null,
  tail: 'boom',
} as const;
const notStored = {
  class: 'store',
  message: 'the store does not answer',
  exitCode: null,
  signal: null,
  tail: '',
  again: true,
} as const;

const finding = (startedAt: Date, { seconds }: Fate) => ({
  ...{ work: 'the same', command: ['true'], startedAt, endedAt: new Date(), results: {} },
  ...{ seconds, totalSeconds: (Date.now() - startedAt.getTime()) / 1000 },
  ...{ cpuSeconds: seconds, peakMemoryBytes: 1000, diskBytes: 10 },
});

export const makeScratchRoot = () => ({ root: '', remove() {} });
export const scratchBelow = () => ({});

/** What the metadata service of an instance would say. */
export const instanceOf = async () => ({ type: 'c7a.4xlarge', capacity: 'spot' }) as const;
