import { type JobProgress, waitingOf } from './job-progress.ts';
import type { JobRecord } from './job-record.ts';

/** The waiting children of one job, in the order in which they start. */
export interface WaitingLine {
  readonly progress: JobProgress;
  /** Children from here on have never been started, unless they are in `progress.children`. */
  fresh: number;
  /** Children that go again, near the front of the queue as on Batch (AB 2.9), but not before a pause. */
  readonly again: { readonly child: number; readonly readyAt: number }[];
}

/** Milliseconds; store trouble is seldom over at once. */
export interface RetryPause {
  readonly first: number;
  readonly longest: number;
}

export function lineUp(progress: JobProgress, pause: RetryPause): WaitingLine {
  const line: WaitingLine = { progress, fresh: 0, again: [] };
  for (const [child, { state }] of progress.children) if (state === 'runnable') goAgain(line, child, pause);
  return line;
}

/** An attempt that did not count was no fault of the child: it goes again at once. */
export function goAgain(line: WaitingLine, child: number, pause: RetryPause): void {
  const { attempts = [], counted = 0 } = line.progress.children.get(child) ?? {};
  const last = attempts.at(-1);
  const delay = last?.counted === true ? Math.min(pause.first * 2 ** (counted - 1), pause.longest) : 0;
  line.again.push({ child, readyAt: Date.parse(last?.stoppedAt ?? '') + delay || 0 });
}

/** Takes the next child that may start now out of the line. */
export function takeNext(line: WaitingLine, now: number): number | undefined {
  const ready = line.again.findIndex(({ readyAt }) => readyAt <= now);
  const [retry] = ready < 0 ? [] : line.again.splice(ready, 1);
  if (retry !== undefined) return retry.child;
  const child = nextFresh(line);
  if (child !== undefined) line.fresh = child + 1;
  return child;
}

/** Moves the cursor past children that an earlier engine had started. */
function nextFresh(line: WaitingLine): number | undefined {
  while (line.progress.children.has(line.fresh)) line.fresh += 1;
  return line.fresh < line.progress.job.size ? line.fresh : undefined;
}

function hasReady(line: WaitingLine, now: number): boolean {
  if (waitingOf(line.progress) === 0) return false;
  return line.again.some(({ readyAt }) => readyAt <= now) || nextFresh(line) !== undefined;
}

/**
 * The line whose next child starts now: first come, first served. A job at its `concurrent` limit lets others
 * pass; one that is too wide for the free vCPUs does not, or narrow jobs would keep it waiting for ever. When
 * nothing runs, anything may start: a job wider than the machine runs alone.
 */
export function pickLine(
  lines: readonly WaitingLine[],
  parallel: number,
  now: number,
): WaitingLine | undefined {
  const used = lines.reduce((sum, { progress }) => sum + progress.running * progress.job.resources.vcpus, 0);
  for (const line of lines) {
    const { vcpus, concurrent } = line.progress.job.resources;
    if (!hasReady(line, now)) continue;
    if (concurrent !== undefined && runningTogether(line, lines) >= concurrent) continue;
    const fits = used === 0 || used + vcpus <= parallel + rounding;
    return fits ? line : undefined;
  }
  return undefined;
}

/** Children that run under the same limit: of all jobs that share it. */
function runningTogether({ progress }: WaitingLine, lines: readonly WaitingLine[]): number {
  const { concurrentWith } = progress.job;
  if (concurrentWith === undefined) return progress.running;
  return lines
    .filter((other) => other.progress.job.concurrentWith === concurrentWith)
    .reduce((sum, other) => sum + other.progress.running, 0);
}

/** Fractions of vCPUs do not add up exactly. */
const rounding = 1e-9;

export function inOrder(a: JobRecord, b: JobRecord): number {
  return compare(a.createdAt, b.createdAt) || compare(a.id, b.id);
}

const compare = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);
