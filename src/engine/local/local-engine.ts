import { totalmem } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { RemoteError } from '../../errors.ts';
import type { Engine, JobHandle, JobRequest, Observation, SubmitOutcome } from '../engine.ts';
import { childFailures, matchesOf, observeJob } from './answers.ts';
import { explainJob } from './explain.ts';
import { type HostSettings, workThrough } from './host.ts';
import { findHost, takeHostLock } from './host-lock.ts';
import { type HostEvent, HostedJob, recover } from './hosted-job.ts';
import { type JobTable, openJobTable } from './job-table.ts';
import { readTail } from './log-tail.ts';
import { refuseRequest } from './refuse-request.ts';

export type { HostEvent } from './hosted-job.ts';

export interface LocalEngineOptions {
  /** Of the job table; made when it does not exist. Several processes may open the same. */
  readonly directory: string;
  /** vCPUs whose slices run at once. */
  readonly parallel: number;
  /** Program and arguments, without a shell. */
  readonly workerCommand: readonly string[];
  /** Folder that comes first on the program's PATH, by the image's name. */
  readonly imageBin?: (imageName: string) => string | undefined;
  readonly clock?: () => Date;
  readonly patience?: Partial<Patience>;
}

/** All in milliseconds. */
export interface Patience {
  /** Between SIGTERM and SIGKILL: 30 s as on Batch (AB 2.8). */
  readonly grace: number;
  /** For the workers of a dead engine to notice. */
  readonly lifeline: number;
  /** Before the second attempt of a child; doubles with each. */
  readonly retry: number;
  readonly longestRetry: number;
  /** Between looks at the table for what other processes ask. */
  readonly poll: number;
}

const defaultPatience: Patience = {
  grace: 30_000,
  lifeline: 10_000,
  retry: 1_000,
  longestRetry: 30_000,
  poll: 250,
};

export interface HostOptions {
  /** Interrupts: running slices get SIGTERM and go again with the next host; the jobs stay unfinished. */
  readonly signal?: AbortSignal;
  readonly onEvent?: (event: HostEvent) => void;
  /** Stay until the signal, also when nothing is left. */
  readonly stay?: boolean;
}

export interface LocalEngine extends Engine, AsyncDisposable {
  /**
   * Works through the job table, jobs of other processes too, until nothing is left. While another process does,
   * waits for it, and takes over should it die.
   */
  host(options?: HostOptions): Promise<void>;
  /** Whether some process works through the table. */
  isHosted(): Promise<boolean>;
}

/** A small Batch on a folder: jobs outlive the processes that submit, host, watch or cancel them. */
export async function openLocalEngine(options: LocalEngineOptions): Promise<LocalEngine> {
  return guard('open', () => new FolderEngine(options));
}

class FolderEngine implements LocalEngine {
  readonly name = 'local';
  readonly limits = {
    arraySize: { min: 2, max: 10_000 },
    attempts: { min: 1, max: 10 },
    observedAtOnce: 1_000,
    remembersDays: 0,
    listingLag: 0,
  };
  readonly #options: LocalEngineOptions;
  readonly #table: JobTable;
  readonly #patience: Patience;
  readonly #closing = new AbortController();
  readonly #hosting = new Set<Promise<void>>();

  constructor(options: LocalEngineOptions) {
    this.#options = options;
    this.#table = openJobTable(options.directory);
    this.#patience = { ...defaultPatience, ...options.patience };
  }

  async submit(request: JobRequest): Promise<SubmitOutcome> {
    const reason = refuseRequest(request, this.limits);
    if (reason !== undefined) return { outcome: 'rejected', reason };
    return guard('submit', () => {
      const definition = `local/${request.image.name}@${request.image.identity}`;
      const { id, queue, size } = this.#table.add(request, definition, this.#now());
      return { outcome: 'submitted', handle: { jobId: id, queue, size }, definition };
    });
  }

  async find(name: string, queue: string) {
    return guard('find', () => matchesOf(this.#table, name, queue));
  }

  async observe(handles: readonly JobHandle[]) {
    return guard('observe', () => {
      const at = this.#now().toISOString();
      return new Map<string, Observation>(
        handles.map(({ jobId }) => [jobId, observeJob(this.#table.progress(jobId), at)]),
      );
    });
  }

  async failures(handle: JobHandle, known: ReadonlySet<number>) {
    return guard('failures', () => childFailures(this.#table, handle.jobId, known));
  }

  async cancel(handle: JobHandle, reason: string): Promise<void> {
    await guard('cancel', () => {
      const { jobId } = handle;
      if (this.#table.job(jobId) === undefined || this.#table.isEnded(jobId)) return;
      this.#table.cancel(jobId, { reason, at: this.#now().toISOString() });
    });
    await this.#settleCancelled([handle.jobId]);
  }

  async explain(handle: JobHandle) {
    return guard('explain', () => {
      const job = this.#table.progress(handle.jobId);
      if (job === undefined) return undefined;
      const ids = this.#table.ids().filter((id) => !this.#table.isEnded(id));
      return explainJob(job, {
        directory: this.#options.directory,
        isHosted: this.#isHosted(),
        parallel: this.#options.parallel,
        memoryMib: Math.floor(totalmem() / 2 ** 20),
        unfinished: ids.flatMap((id) => this.#table.progress(id) ?? []),
      });
    });
  }

  async logTail(handle: JobHandle, child: number, lines: number) {
    return guard('logTail', () => {
      const attempt = this.#table.progress(handle.jobId)?.children.get(child)?.attempts.at(-1)?.attempt;
      return attempt === undefined ? [] : readTail(this.#table.log(handle.jobId, child, attempt), lines);
    });
  }

  async isHosted(): Promise<boolean> {
    return guard('isHosted', () => this.#isHosted());
  }

  async host(options: HostOptions = {}): Promise<void> {
    const hosting = guard('host', () => this.#host(options));
    this.#hosting.add(hosting);
    try {
      await hosting;
    } finally {
      this.#hosting.delete(hosting);
    }
  }

  async #host(options: HostOptions): Promise<void> {
    const signal = AbortSignal.any([this.#closing.signal, ...(options.signal ? [options.signal] : [])]);
    const settings = this.#settings(options, signal);
    while (!signal.aborted && (settings.stay || !this.#isDone())) {
      const lock = takeHostLock(this.#lockFolder);
      if (lock === undefined) {
        await sleep(settings.pollMs, undefined, { signal }).catch(() => undefined);
        continue;
      }
      try {
        await workThrough(settings, lock);
      } finally {
        lock.release();
        // A wish that came while the lock was still held, after the last look.
        await this.#settleCancelled(this.#table.ids());
      }
    }
  }

  #isDone(): boolean {
    return this.#table.ids().every((id) => this.#table.isEnded(id));
  }

  /** A living host sees the wish by itself; without one, whoever cancels settles the job. */
  async #settleCancelled(ids: readonly string[]): Promise<void> {
    await guard('cancel', async () => {
      for (const id of ids) {
        if (this.#table.isEnded(id) || this.#table.cancelled(id) === undefined) continue;
        const lock = takeHostLock(this.#lockFolder);
        if (lock === undefined) return;
        try {
          await this.#settle(id);
        } finally {
          lock.release();
        }
      }
    });
  }

  async #settle(id: string): Promise<void> {
    const progress = this.#table.replay(id);
    if (progress === undefined) return;
    const settings = this.#settings({}, this.#closing.signal);
    using job = new HostedJob(
      { ...settings, onStopped: () => undefined, onFault: () => undefined },
      progress,
    );
    await recover([job], settings.lifelineMs);
    job.cancelIfAsked();
    if (job.hasEnded) this.#table.end(id);
  }

  #settings({ onEvent, stay }: HostOptions, signal: AbortSignal): HostSettings {
    const { parallel, workerCommand, imageBin } = this.#options;
    const { grace, lifeline, retry, longestRetry, poll } = this.#patience;
    const { directory } = this.#table;
    return {
      table: this.#table,
      setup: { command: workerCommand, directory, imageBin: imageBin ?? (() => undefined) },
      clock: () => this.#now(),
      graceMs: grace,
      lifelineMs: lifeline,
      pause: { first: retry, longest: longestRetry },
      pollMs: poll,
      onEvent: onEvent ?? (() => undefined),
      parallel,
      stay: stay ?? false,
      signal,
    };
  }

  get #lockFolder(): string {
    return join(this.#table.directory, 'host');
  }

  #isHosted(): boolean {
    return findHost(this.#lockFolder) !== undefined;
  }

  #now(): Date {
    return this.#options.clock?.() ?? new Date();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closing.abort();
    await Promise.allSettled(this.#hosting);
  }
}

/** Trouble with the folder is the engine's trouble, with the place and the cause; anything else is a bug. */
async function guard<T>(operation: string, act: () => T | Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (cause) {
    if (!(cause instanceof Error && 'syscall' in cause)) throw cause;
    const at = { service: 'local engine', operation };
    throw new RemoteError(at, `The job table cannot be used: ${cause.message}`, { cause });
  }
}
