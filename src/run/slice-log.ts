import type { JobHandle } from '../engine/engine.ts';
import { sliceWith } from '../plan/slices.ts';
import { failuresKey } from '../store/keys.ts';
import type { RunDeps } from './deps.ts';
import { readFailures } from './failures.ts';
import { type ArrayAt, readArrays } from './observe.ts';
import { ensureStarted } from './start.ts';

/** The newest job that was to do a combination. */
export interface SliceJob {
  readonly at: ArrayAt;
  readonly slice: number;
  readonly handle: JobHandle;
  readonly child: number;
}

/** What people can look at of it. */
export interface SlicePages {
  readonly job?: string;
  readonly log?: string;
  /** A command that shows the job, too. */
  readonly command?: string;
}

/** `undefined`: no slice with it was submitted. */
export async function sliceJobOf(deps: RunDeps, run: string, index: number): Promise<SliceJob | undefined> {
  const { rounds } = await ensureStarted(deps, run);
  const newest = [...rounds].reverse().find(({ groups }) => sliceWith(groups, index) !== undefined);
  const slice = newest && sliceWith(newest.groups, index);
  if (newest === undefined || slice === undefined) return undefined;
  const arrays = await readArrays(deps, run, [newest]);
  const at = arrays.find(
    ({ array: { firstSlice, slices } }) => slice >= firstSlice && slice < firstSlice + slices,
  );
  if (at === undefined) return undefined;
  const { value } = at.document;
  const submission = 'submission' in value ? value.submission : null;
  if (submission === null) return undefined;
  return { at, slice, handle: submission.handle, child: slice - at.array.firstSlice };
}

/** Of a job that failed the log of its last attempt is recorded: Batch forgets the job, the log stays (AB 2.3, 8). */
export async function pagesOfSlice(deps: RunDeps, run: string, job: SliceJob): Promise<SlicePages> {
  const { at, handle, child } = job;
  const { lines } = await readFailures(deps, failuresKey(run, at.round.round, at.array.array));
  const log = lines.find((line) => line.child === child)?.attempts.at(-1)?.logUrl;
  const page = deps.engine.jobUrl(handle, child);
  const command = deps.engine.jobCommand?.(handle, child);
  return {
    ...(page !== undefined && { job: page }),
    ...(log !== undefined && { log }),
    ...(command !== undefined && { command }),
  };
}
