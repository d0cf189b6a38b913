import { setTimeout as sleep } from 'node:timers/promises';
import { RemoteError } from '../../errors.ts';
import type { HostLock } from './host-lock.ts';
import { HostedJob, type Hosting, recover } from './hosted-job.ts';
import { inOrder, pickLine, takeNext } from './schedule.ts';

export interface HostSettings extends Omit<Hosting, 'onStopped' | 'onFault'> {
  readonly parallel: number;
  readonly pollMs: number;
  /** Do not leave when nothing is left: more may come. */
  readonly stay: boolean;
  readonly signal: AbortSignal;
}

/** Works through the job table as the holder of its lock, until nothing is left or the signal aborts. */
export async function workThrough(settings: HostSettings, lock: HostLock): Promise<void> {
  const host = new Host(settings, lock);
  try {
    await host.work();
  } finally {
    await host.leave();
  }
}

/** How often a holder shows other machines that it lives. */
const beatMs = 5_000;

class Host {
  readonly #settings: HostSettings;
  readonly #lock: HostLock;
  readonly #hosting: Hosting;
  readonly #jobs = new Map<string, HostedJob>();
  /** Jobs that ended before: never read again. */
  readonly #past = new Set<string>();
  #beaten = performance.now();
  #faults: unknown[] = [];
  #wake = Promise.withResolvers<void>();

  constructor(settings: HostSettings, lock: HostLock) {
    this.#settings = settings;
    this.#lock = lock;
    this.#hosting = {
      ...settings,
      onStopped: () => this.#onStopped(),
      onFault: (fault) => {
        this.#faults.push(fault);
        this.#wake.resolve();
      },
    };
  }

  async work(): Promise<void> {
    const { signal, stay } = this.#settings;
    const wake = () => this.#wake.resolve();
    signal.addEventListener('abort', wake);
    try {
      while (!signal.aborted) {
        await this.#step();
        if (this.#jobs.size === 0 && !stay) return;
        await this.#rest();
      }
    } finally {
      signal.removeEventListener('abort', wake);
    }
  }

  async #step(): Promise<void> {
    if (this.#faults.length > 0) throw this.#faults[0];
    this.#showLife();
    await this.#welcome();
    for (const [id, job] of this.#jobs) {
      job.tick();
      if (job.hasEnded) this.#part(id, job);
    }
    this.#fill();
  }

  /** Takes in the jobs that appeared since, in the order in which they were submitted. */
  async #welcome(): Promise<void> {
    const { table, lifelineMs } = this.#settings;
    const newcomers = table.ids().flatMap((id) => {
      if (this.#jobs.has(id) || this.#past.has(id)) return [];
      const progress = table.isEnded(id) ? undefined : table.replay(id);
      if (progress === undefined) this.#past.add(id);
      return progress ?? [];
    });
    newcomers.sort((a, b) => inOrder(a.job, b.job));
    const jobs = newcomers.map((progress) => new HostedJob(this.#hosting, progress));
    for (const job of jobs) this.#jobs.set(job.id, job);
    await recover(jobs, lifelineMs);
  }

  #part(id: string, job: HostedJob): void {
    this.#settings.table.end(id);
    job[Symbol.dispose]();
    this.#jobs.delete(id);
    this.#past.add(id);
  }

  /** Starts whatever may start now. Called at every end of an attempt, so that no place stays empty until a poll. */
  #fill(): void {
    if (this.#settings.signal.aborted) return;
    const jobs = [...this.#jobs.values()];
    for (;;) {
      const now = this.#settings.clock().getTime();
      const line = pickLine(
        jobs.map((job) => job.line),
        this.#settings.parallel,
        now,
      );
      const child = line === undefined ? undefined : takeNext(line, now);
      if (child === undefined) return;
      jobs.find((job) => job.line === line)?.start(child);
    }
  }

  #onStopped(): void {
    if (this.#faults.length > 0) return;
    this.#fill();
    const hasNews = this.#settings.signal.aborted || [...this.#jobs.values()].some((job) => job.hasEnded);
    if (hasNews) this.#wake.resolve();
  }

  async #rest(): Promise<void> {
    const timer = new AbortController();
    const poll = sleep(this.#settings.pollMs, undefined, { signal: timer.signal }).catch(() => undefined);
    await Promise.race([this.#wake.promise, poll]);
    timer.abort();
    this.#wake = Promise.withResolvers();
  }

  #showLife(): void {
    if (performance.now() - this.#beaten < beatMs) return;
    this.#beaten = performance.now();
    if (!this.#lock.beat()) {
      throw new RemoteError(
        { service: 'local engine', operation: 'host' },
        `Another machine took over ${this.#settings.table.directory} while this process slept. It goes on there.`,
      );
    }
  }

  /** Stops what runs and closes the books; unfinished jobs stay in the table for the next host. */
  async leave(): Promise<void> {
    for (const job of this.#jobs.values()) job.interrupt();
    while ([...this.#jobs.values()].some((job) => !job.isIdle)) {
      if (this.#faults.length > 0) break;
      await this.#rest();
      for (const job of this.#jobs.values()) job.tick();
    }
    for (const [id, job] of this.#jobs) {
      if (job.hasEnded) this.#settings.table.end(id);
      job[Symbol.dispose]();
    }
  }
}
