import type { Counts, EngineAttempt, FailureClass } from '../engine.ts';
import { judgeAttempt } from './attempt-verdict.ts';
import type { JobEvent, JobRecord, StoppedEvent } from './job-record.ts';

/**
 * Where a job stands, replayed from its events: every process that reads the same events sees the same.
 * Children without an event are not listed, so that a large array costs nothing before it runs.
 */
export interface JobProgress {
  readonly job: JobRecord;
  readonly children: Map<number, ChildProgress>;
  cancelled: { readonly reason: string; readonly at: string } | undefined;
  running: number;
  succeeded: number;
  failed: number;
}

export interface ChildProgress {
  state: 'runnable' | 'running' | 'succeeded' | 'failed';
  /** Attempts that used up one of the job's attempts. */
  counted: number;
  /** When the last attempt stopped and whether it counted: decides when the next may start. */
  readonly attempts: AttemptProgress[];
  failure: { readonly class: FailureClass; readonly reason: string } | undefined;
}

export interface AttemptProgress {
  readonly attempt: number;
  readonly startedAt: string;
  stoppedAt?: string;
  exitCode?: number;
  reason?: string;
  counted?: boolean;
  process?: { readonly pid: number; readonly born: string };
}

export function newProgress(job: JobRecord): JobProgress {
  return { job, children: new Map(), cancelled: undefined, running: 0, succeeded: 0, failed: 0 };
}

export function applyEvent(progress: JobProgress, event: JobEvent): void {
  switch (event.event) {
    case 'started': {
      const child = childOf(progress, event.child);
      child.attempts.push({ attempt: event.attempt, startedAt: event.at });
      child.state = 'running';
      progress.running += 1;
      return;
    }
    case 'spawned': {
      const attempt = childOf(progress, event.child).attempts.at(-1);
      if (attempt?.attempt === event.attempt) attempt.process = { pid: event.pid, born: event.born };
      return;
    }
    case 'stopped':
      applyStop(progress, event);
      return;
    case 'cancelled':
      applyCancel(progress, event);
  }
}

function childOf(progress: JobProgress, index: number): ChildProgress {
  const known = progress.children.get(index);
  if (known !== undefined) return known;
  const child: ChildProgress = { state: 'runnable', counted: 0, attempts: [], failure: undefined };
  progress.children.set(index, child);
  return child;
}

function applyStop(progress: JobProgress, event: StoppedEvent): void {
  const child = childOf(progress, event.child);
  const attempt = child.attempts.at(-1);
  if (child.state !== 'running' || attempt?.attempt !== event.attempt) return;
  const { job } = progress;
  const verdict = judgeAttempt(event, {
    counted: child.counted + 1,
    allowed: job.attempts,
    cancelled: progress.cancelled?.reason,
    timeoutSeconds: job.timeoutSeconds,
  });
  progress.running -= 1;
  attempt.stoppedAt = event.at;
  attempt.counted = verdict.verdict !== 'again' || verdict.counted;
  if (attempt.counted) child.counted += 1;
  if (event.exitCode !== null) attempt.exitCode = event.exitCode;
  if (verdict.verdict !== 'succeeded') attempt.reason = verdict.reason;
  settle(progress, child, verdict);
}

function settle(progress: JobProgress, child: ChildProgress, verdict: ReturnType<typeof judgeAttempt>): void {
  switch (verdict.verdict) {
    case 'again':
      child.state = 'runnable';
      return;
    case 'succeeded':
      child.state = 'succeeded';
      progress.succeeded += 1;
      return;
    case 'failed':
      child.state = 'failed';
      child.failure = { class: verdict.class, reason: verdict.reason };
      progress.failed += 1;
  }
}

function applyCancel(progress: JobProgress, event: Extract<JobEvent, { event: 'cancelled' }>): void {
  if (progress.cancelled !== undefined) return;
  progress.failed += waitingOf(progress);
  progress.cancelled = { reason: event.reason, at: event.at };
  for (const child of progress.children.values()) {
    if (child.state !== 'runnable') continue;
    child.state = 'failed';
    child.failure = { class: 'cancelled', reason: event.reason };
  }
}

/** Children that have not ended and do not run. */
export function waitingOf(progress: JobProgress): number {
  return progress.job.size - progress.running - progress.succeeded - progress.failed;
}

export function hasEnded(progress: JobProgress): boolean {
  return progress.succeeded + progress.failed === progress.job.size;
}

export function countsOf(progress: JobProgress): Counts {
  const { running, succeeded, failed } = progress;
  return {
    submitted: 0,
    pending: 0,
    runnable: waitingOf(progress),
    starting: 0,
    running,
    succeeded,
    failed,
  };
}

/** The number of a child's next attempt, from 1. */
export function nextAttempt(progress: JobProgress, child: number): number {
  return (progress.children.get(child)?.attempts.at(-1)?.attempt ?? 0) + 1;
}

/** For reports, without what only the engine needs. */
export function reportAttempt(attempt: AttemptProgress, log: string): EngineAttempt {
  const { process: _process, counted: _counted, ...told } = attempt;
  return { ...told, log };
}
