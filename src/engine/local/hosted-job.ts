import { rm } from 'node:fs/promises';
import type { AttemptExit, WorkerSetup } from './attempt-command.ts';
import { type AttemptProcess, startAttempt } from './attempt-process.ts';
import { removeContainersOf } from './container/ended.ts';
import type { EventLog } from './event-log.ts';
import { applyEvent, hasEnded, type JobProgress, nextAttempt } from './job-progress.ts';
import { childId, type JobEvent, type StoppedEvent } from './job-record.ts';
import type { JobTable } from './job-table.ts';
import { bornOf } from './process-identity.ts';
import type { Leftover } from './process-search.ts';
import { endProcesses, signal } from './process-search.ts';
import { goAgain, lineUp, type RetryPause, type WaitingLine } from './schedule.ts';

/** What hosting a job needs from its surroundings. */
export interface Hosting {
  readonly table: JobTable;
  readonly setup: WorkerSetup;
  readonly clock: () => Date;
  /** Milliseconds between SIGTERM and SIGKILL. */
  readonly graceMs: number;
  /** Milliseconds that workers of a dead engine get to end by themselves. */
  readonly lifelineMs: number;
  readonly pause: RetryPause;
  /** A place became free. */
  readonly onStopped: () => void;
  readonly onFault: (fault: unknown) => void;
  readonly onEvent: (event: HostEvent) => void;
}

export type HostEvent = JobEvent & { readonly jobId: string; readonly name: string };

interface RunningAttempt {
  readonly child: number;
  readonly attempt: number;
  readonly process: AttemptProcess;
  /** Milliseconds since 1970. */
  readonly deadline: number;
  cause: StoppedEvent['cause'];
  killAt: number;
}

/** One job in the hands of the process that holds the host lock, the only writer of its events. */
export class HostedJob implements Disposable {
  readonly line: WaitingLine;
  readonly #hosting: Hosting;
  readonly #progress: JobProgress;
  readonly #log: EventLog;
  readonly #running = new Set<RunningAttempt>();

  constructor(hosting: Hosting, progress: JobProgress) {
    this.#hosting = hosting;
    this.#progress = progress;
    this.#log = hosting.table.events(progress.job.id);
    this.line = lineUp(progress, hosting.pause);
  }

  get id(): string {
    return this.#progress.job.id;
  }

  get isIdle(): boolean {
    return this.#running.size === 0;
  }

  get hasEnded(): boolean {
    return this.isIdle && hasEnded(this.#progress);
  }

  /** What an engine that died left running. */
  leftovers(): Leftover[] {
    return this.#orphans().map(([child, attempt]) => ({
      id: childId(this.#progress.job, child),
      ...(attempt?.process === undefined ? {} : { worker: attempt.process }),
    }));
  }

  /** Containers live on without the client that started them. None of them is ours: this job has just come in. */
  async removeContainers(): Promise<void> {
    const { container, id } = this.#progress.job;
    if (container === undefined || this.#orphans().length === 0) return;
    await removeContainersOf(this.#hosting.setup.containers?.docker ?? 'docker', id);
  }

  /** To be called once nothing of the leftovers lives: their children go again. */
  async writeOff(): Promise<void> {
    for (const [child, attempt] of this.#orphans()) {
      if (attempt === undefined) continue;
      await this.#tidy(child, attempt.attempt);
      this.#record({ event: 'stopped', ...this.#at(child, attempt.attempt), cause: 'lost', exitCode: null });
      goAgain(this.line, child, this.#hosting.pause);
    }
  }

  #orphans() {
    const running = [...this.#progress.children].filter(([, { state }]) => state === 'running');
    const ours = new Set([...this.#running].map(({ child }) => child));
    return running
      .filter(([child]) => !ours.has(child))
      .map(([child, { attempts }]) => [child, attempts.at(-1)] as const);
  }

  start(child: number): void {
    const { table, setup } = this.#hosting;
    const { job } = this.#progress;
    const attempt = nextAttempt(this.#progress, child);
    this.#record({ event: 'started', ...this.#at(child, attempt) });
    const log = table.log(job.id, child, attempt);
    const work = table.work(job.id, child, attempt);
    const process = startAttempt(setup, job, { child, attempt, log, work });
    const deadline = this.#hosting.clock().getTime() + job.timeoutSeconds * 1000;
    const running: RunningAttempt = { child, attempt, process, deadline, cause: 'exit', killAt: Infinity };
    this.#running.add(running);
    process.exited.then((exit) => this.#finish(running, exit)).catch(this.#hosting.onFault);
    const { pid } = process;
    if (pid === undefined) return;
    this.#record({ event: 'spawned', ...this.#at(child, attempt), pid, born: bornOf(pid) ?? 'ended' });
  }

  async #finish(running: RunningAttempt, exit: AttemptExit): Promise<void> {
    const { child, attempt, process } = running;
    const { pid } = process;
    // A worker ends its program's group before it exits; one that was killed could not.
    const hasLeft = pid !== undefined && signal(-pid, 'SIGKILL');
    if (pid !== undefined && (hasLeft || exit.killed)) {
      await endProcesses([{ id: childId(this.#progress.job, child), worker: { pid, born: 'ended' } }], 0);
    }
    await this.#tidy(child, attempt);
    this.#record({
      event: 'stopped',
      ...this.#at(child, attempt),
      cause: exit.exitCode === null ? 'unspawned' : running.cause,
      exitCode: exit.exitCode,
      ...(exit.detail === undefined ? {} : { detail: exit.detail }),
    });
    this.#running.delete(running);
    if (this.#progress.children.get(child)?.state === 'runnable') {
      goAgain(this.line, child, this.#hosting.pause);
    }
    this.#hosting.onStopped();
  }

  /** A worker that was killed left its work behind; the next attempt begins with a new folder. */
  async #tidy(child: number, attempt: number): Promise<void> {
    const folder = this.#hosting.table.work(this.#progress.job.id, child, attempt);
    // What cannot be removed (a program may have taken our right to) is no reason to stop the others.
    await rm(folder, { recursive: true, force: true, maxRetries: 3 }).catch(() => undefined);
  }

  /** Deadlines, graces, log sizes and wishes to cancel; a few times a second. */
  tick(): void {
    const now = this.#hosting.clock().getTime();
    for (const running of this.#running) {
      if (now >= running.deadline) this.#stop(running, 'timeout');
      if (now >= running.killAt) running.process.signal('SIGKILL');
      running.process.boundLog();
    }
    this.cancelIfAsked();
  }

  cancelIfAsked(): void {
    if (this.#progress.cancelled !== undefined) return;
    const cancel = this.#hosting.table.cancelled(this.#progress.job.id);
    if (cancel === undefined) return;
    this.#record({ event: 'cancelled', at: this.#hosting.clock().toISOString(), reason: cancel.reason });
    this.#stopAll('cancel');
  }

  /** The engine leaves: its attempts end, but the children do not. */
  interrupt(): void {
    this.#stopAll('interrupt');
  }

  #stopAll(cause: StoppedEvent['cause']): void {
    for (const running of this.#running) this.#stop(running, cause);
  }

  /** The first reason to stop stands. */
  #stop(running: RunningAttempt, cause: StoppedEvent['cause']): void {
    if (running.killAt !== Infinity) return;
    running.cause = cause;
    running.killAt = this.#hosting.clock().getTime() + this.#hosting.graceMs;
    running.process.signal('SIGTERM');
  }

  #at(child: number, attempt: number) {
    return { child, attempt, at: this.#hosting.clock().toISOString() };
  }

  #record(event: JobEvent): void {
    this.#log.append(event);
    applyEvent(this.#progress, event);
    const { id, name } = this.#progress.job;
    this.#hosting.onEvent({ ...event, jobId: id, name });
  }

  [Symbol.dispose](): void {
    this.#log[Symbol.dispose]();
  }
}

/** Makes sure that nothing of a dead engine's attempts lives, then lets their children go again. */
export async function recover(jobs: readonly HostedJob[], lifelineMs: number): Promise<void> {
  const leftovers = jobs.flatMap((job) => job.leftovers());
  if (leftovers.length === 0) return;
  await endProcesses(leftovers, lifelineMs);
  for (const job of jobs) await job.removeContainers();
  for (const job of jobs) await job.writeOff();
}
