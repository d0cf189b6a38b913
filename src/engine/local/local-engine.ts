import { totalmem } from 'node:os';
import type { Engine, JobHandle, JobImage, JobRequest, Observation, SubmitOutcome } from '../engine.ts';
import { childAttempts, childFailures, matchesOf, observeJob } from './answers.ts';
import { Images, submissionPatienceMs } from './container/images.ts';
import type { ContainerSettings } from './container/settings.ts';
import { explainJob } from './explain.ts';
import type { HostSettings } from './host.ts';
import { hostTable, isHosted, settleCancelled } from './host-table.ts';
import type { HostEvent } from './hosted-job.ts';
import type { JobRecord } from './job-record.ts';
import { type JobTable, openJobTable } from './job-table.ts';
import { readTail } from './log-tail.ts';
import { defaultPatience, type Patience } from './patience.ts';
import { refuseRequest } from './refuse-request.ts';
import { guard } from './table-trouble.ts';

export type { ContainerSettings } from './container/settings.ts';
export type { HostEvent } from './hosted-job.ts';
export type { Patience } from './patience.ts';

export interface LocalEngineOptions {
  /** Of the job table; made when it does not exist. Several processes may open the same. */
  readonly directory: string;
  /** vCPUs whose slices run at once. */
  readonly parallel: number;
  /** Program and arguments, without a shell. */
  readonly workerCommand: readonly string[];
  /** Folder that comes first on the program's PATH, by the image's name. */
  readonly imageBin?: (imageName: string) => string | undefined;
  /** Why the program of that folder is not the one that a job was submitted with: its slices then do not start. */
  readonly imageTrouble?: (image: Pick<JobImage, 'name' | 'identity'>) => string | undefined;
  /** For slices in containers, which bring their programs with them. */
  readonly containers?: ContainerSettings;
  readonly clock?: () => Date;
  readonly patience?: Partial<Patience>;
}

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
  /**
   * Builds or pulls what new jobs need of this image, however long it takes, and returns why it cannot be had;
   * `undefined` when all is well, as always without containers.
   */
  prepareImage(image: JobImage): Promise<string | undefined>;
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
    remembersDays: 0,
    listingLag: 0,
    submitSeconds: submissionPatienceMs / 1000,
    explainIsFree: true,
  };
  readonly #options: LocalEngineOptions;
  readonly #table: JobTable;
  readonly #patience: Patience;
  /** Absent when new jobs run as processes. */
  readonly #images: Images | undefined;
  readonly #closing = new AbortController();
  readonly #hosting = new Set<Promise<void>>();

  constructor(options: LocalEngineOptions) {
    this.#options = options;
    this.#table = openJobTable(options.directory);
    this.#patience = { ...defaultPatience, ...options.patience };
    const { containers } = options;
    if (containers?.forNewJobs === true) this.#images = new Images(containers, this.#table.buildFolder);
  }

  async submit(request: JobRequest): Promise<SubmitOutcome> {
    const reason = refuseRequest(request, this.limits);
    if (reason !== undefined) return { outcome: 'rejected', reason };
    return guard('submit', async () => {
      const image = `${request.image.name}@${request.image.identity}`;
      if (this.#images === undefined) return this.#add(request, { definition: `local/${image}` });
      const prepared = await this.#images.inTime(request.image);
      if (prepared === undefined) return { outcome: 'throttled' };
      if (!prepared.ok) return { outcome: 'rejected', reason: prepared.reason };
      const { container } = prepared;
      return this.#add(request, { definition: `local-container/${image}`, container });
    });
  }

  #add(request: JobRequest, how: Pick<JobRecord, 'definition' | 'container'>): SubmitOutcome {
    const { id, queue, size } = this.#table.add(request, how, this.#now());
    return { outcome: 'submitted', handle: { jobId: id, queue, size }, definition: how.definition };
  }

  async prepareImage(image: JobImage) {
    return guard('prepareImage', async () => {
      const prepared = await this.#images?.whole(image);
      return prepared?.ok === false ? prepared.reason : undefined;
    });
  }

  async find(name: string, queue: string) {
    return guard('find', () => matchesOf(this.#table, name, queue));
  }

  async observe(handles: readonly JobHandle[]) {
    return guard('observe', () => {
      const at = this.#now().toISOString();
      return new Map<string, Observation>(
        handles.map(({ jobId }) => [jobId, observeJob(this.#table, jobId, at)]),
      );
    });
  }

  async failures(handle: JobHandle, known: ReadonlySet<number>) {
    return guard('failures', () => childFailures(this.#table, handle.jobId, known));
  }

  async attempts(handle: JobHandle, children: readonly number[]) {
    return guard('attempts', () => childAttempts(this.#table, handle.jobId, children));
  }

  async cancel(handle: JobHandle, reason: string): Promise<void> {
    const { jobId } = handle;
    await guard('cancel', async () => {
      if (this.#table.job(jobId) === undefined || this.#table.isEnded(jobId)) return;
      this.#table.cancel(jobId, { reason, at: this.#now().toISOString() });
      await settleCancelled(this.#settings({}, this.#closing.signal), [jobId]);
    });
  }

  async explain(handle: JobHandle) {
    return guard('explain', () => {
      const job = this.#table.progress(handle.jobId);
      if (job === undefined) return undefined;
      const ids = this.#table.ids().filter((id) => !this.#table.isEnded(id));
      return explainJob(job, {
        directory: this.#options.directory,
        isHosted: isHosted(this.#table),
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

  jobUrl(): undefined {}

  async isHosted(): Promise<boolean> {
    return guard('isHosted', () => isHosted(this.#table));
  }

  async host(options: HostOptions = {}): Promise<void> {
    const hosting = guard('host', () => {
      const signals = [this.#closing.signal, ...(options.signal === undefined ? [] : [options.signal])];
      return hostTable(this.#settings(options, AbortSignal.any(signals)));
    });
    this.#hosting.add(hosting);
    try {
      await hosting;
    } finally {
      this.#hosting.delete(hosting);
    }
  }

  #settings({ onEvent, stay }: HostOptions, signal: AbortSignal): HostSettings {
    const { parallel, workerCommand, imageBin, imageTrouble, containers } = this.#options;
    const { grace, lifeline, retry, longestRetry, poll } = this.#patience;
    const { directory } = this.#table;
    return {
      table: this.#table,
      setup: {
        ...{ command: workerCommand, directory, containers, imageTrouble },
        imageBin: imageBin ?? (() => undefined),
      },
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

  #now(): Date {
    return this.#options.clock?.() ?? new Date();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closing.abort();
    await Promise.allSettled(this.#hosting);
  }
}
