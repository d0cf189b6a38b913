/**
 * Where slices run. A job is an array of `size` slices (children 0..size-1), or a plain job when `size` is 1.
 * No method but `submit` changes anything on a repeat; all throw `RemoteError` when the service fails.
 */
export interface Engine {
  readonly name: string;
  readonly limits: EngineLimits;

  /** One call, never repeated inside: after `ambiguous` only `find` tells whether the job exists. */
  submit(request: JobRequest): Promise<SubmitOutcome>;

  /** Every job of exactly this name that the queue still remembers, in any state. May lag by `limits.listingLag`. */
  find(name: string, queue: string): Promise<readonly FoundJob[]>;

  /** Counts by state, keyed by job id, one entry per handle. Counts may lag: `countsAt` is their age. */
  observe(handles: readonly JobHandle[]): Promise<ReadonlyMap<string, Observation>>;

  /** What is known of the children that ended as failed, except those whose index is in `known`. */
  failures(handle: JobHandle, known: ReadonlySet<number>): Promise<readonly ChildFailure[]>;

  /**
   * Every attempt the engine knows of these children, in order, by child index; a child it knows nothing of has no
   * entry, one that never started an empty one. For what fragments cannot tell: attempts whose host went away before
   * they wrote one.
   */
  attempts(
    handle: JobHandle,
    children: readonly number[],
  ): Promise<ReadonlyMap<number, readonly EngineAttempt[]>>;

  /** Asks every unfinished child to stop (SIGTERM, then SIGKILL after the grace). Returns before they have. */
  cancel(handle: JobHandle, reason: string): Promise<void>;

  /** Why nothing moves, in plain words; `undefined` when there is nothing to say. */
  explain(handle: JobHandle): Promise<Diagnosis | undefined>;

  /** The last lines of the worker's own output for one child; empty when there is none. */
  logTail(handle: JobHandle, child: number, lines: number): Promise<readonly string[]>;

  /** Where a person looks at the job, or at one child of it; `undefined` where there is no such page. */
  jobUrl(handle: JobHandle, child?: number): string | undefined;

  /** A command of the service's own tools that shows the same, where there is one. */
  jobCommand?(handle: JobHandle, child?: number): string;
}

export interface EngineLimits {
  /** Slices of one array, inclusive; below the minimum a plain job is submitted. */
  readonly arraySize: { readonly min: number; readonly max: number };
  readonly attempts: { readonly min: number; readonly max: number };
  /** Days after which the engine may forget a job that ended; 0 means that `gone` is final at once. */
  readonly remembersDays: number;
  /** Seconds by which `find` may lag behind `submit`. */
  readonly listingLag: number;
  /**
   * Seconds from a call of `submit` until nothing of it can make a job any more. A submitter's lease must outlast it, or
   * two would submit at once: at most `leaseReserveSeconds`.
   */
  readonly submitSeconds: number;
  /**
   * `explain` costs no call of a service: it is asked at every look, also about what seems to run. Otherwise it is asked
   * about what stands still, and now and then.
   */
  readonly explainIsFree: boolean;
}

export interface JobRequest {
  readonly name: string;
  /** The engine's own id of the queue: on AWS Batch its ARN. */
  readonly queue: string;
  /** Slices. */
  readonly size: number;
  readonly image: JobImage;
  readonly resources: JobResources;
  /**
   * Jobs with the same word here share `resources.concurrent`: so many slices of all of them run at once. Absent: the
   * job has it for itself. At most 100 letters, digits, `-` and `_`.
   */
  readonly concurrentWith?: string;
  /** Attempts of one slice, at least 1. */
  readonly attempts: number;
  /** Of one attempt of one slice. */
  readonly timeoutSeconds: number;
  /** For the worker: `MUSTER_*`; the engine adds its own (see `workerEnvironment`). */
  readonly environment: Readonly<Record<string, string>>;
  readonly tags: Readonly<Record<string, string>>;
}

export interface JobImage {
  /** As the grid says: a folder of `docker/`, or a reference. */
  readonly name: string;
  /** Content identity without the worker layer: 64 hex digits. */
  readonly identity: string;
  /** Reference with the index digest, once built and pushed; absent where the engine needs none. */
  readonly reference?: string;
}

export interface JobResources {
  readonly vcpus: number;
  readonly memoryMib: number;
  readonly gpus: number;
  readonly architecture: 'arm64' | 'amd64';
  readonly capacity: 'spot' | 'spot-first' | 'on-demand';
  readonly scratchGib?: number;
  /** Slices at once, at most; see `concurrentWith`. */
  readonly concurrent?: number;
  readonly ulimits: Readonly<Record<string, number>>;
}

export interface JobHandle {
  readonly jobId: string;
  readonly queue: string;
  /** Slices. */
  readonly size: number;
}

export type SubmitOutcome =
  | { readonly outcome: 'submitted'; readonly handle: JobHandle; readonly definition: string }
  /** Refused before anything was made; the same call may be made again after a while. */
  | { readonly outcome: 'throttled' }
  /**
   * Refused before anything was made, until a person mends something: a disabled queue, a missing permission. `fix` is
   * what mends it, and empty where the reason says so; that nothing was made, and how it goes on, is for others to say.
   */
  | { readonly outcome: 'refused'; readonly reason: string; readonly fix: string }
  /** Refused for good: the request itself is wrong. */
  | { readonly outcome: 'rejected'; readonly reason: string }
  /** No answer: the job may or may not exist. */
  | { readonly outcome: 'ambiguous'; readonly reason: string };

export interface FoundJob {
  readonly handle: JobHandle;
  readonly definition: string;
  /** At least the `MUSTER_*` variables of the request. */
  readonly environment: Readonly<Record<string, string>>;
  readonly ended: boolean;
  /** Somebody asked it to stop, whether it has ended yet or not. */
  readonly stopped?: true;
  /** ISO 8601, where the engine says so. */
  readonly createdAt?: string;
}

export interface Counts {
  readonly submitted: number;
  readonly pending: number;
  readonly runnable: number;
  readonly starting: number;
  readonly running: number;
  readonly succeeded: number;
  readonly failed: number;
}

export const noCounts: Counts = {
  submitted: 0,
  pending: 0,
  runnable: 0,
  starting: 0,
  running: 0,
  succeeded: 0,
  failed: 0,
};

export type Observation =
  | {
      readonly state: 'gone';
      /** The job was made by another machine, so that nothing is known of it here; in words for people. */
      readonly elsewhere?: string;
    }
  | {
      readonly state: 'active' | 'ended';
      readonly counts: Counts;
      /** ISO 8601; when the counts were true. */
      readonly countsAt: string;
      /** The engine's word on the whole job, if any. */
      readonly reason?: string;
    };

export interface ChildFailure {
  /** Child index, 0 for a plain job. */
  readonly child: number;
  readonly class: FailureClass;
  /** In words, for people. */
  readonly reason: string;
  readonly attempts: readonly EngineAttempt[];
  /** What to do about it, where the engine can tell. */
  readonly advice?: string;
  /** A page that shows the child. */
  readonly url?: string;
}

/** AB 9: what kind of end it was decides the advice. */
export type FailureClass =
  | 'program'
  | 'output'
  | 'memory'
  | 'disk'
  | 'timeout'
  | 'host'
  | 'image'
  | 'start'
  | 'store'
  | 'input'
  | 'cancelled'
  | 'unknown';

export interface EngineAttempt {
  /** From 1. */
  readonly attempt: number;
  readonly exitCode?: number;
  readonly reason?: string;
  /** ISO 8601. */
  readonly startedAt?: string;
  readonly stoppedAt?: string;
  /** Where `logTail` and people find the worker's output. */
  readonly log?: string;
  /** A page that shows it. */
  readonly logUrl?: string;
  readonly instance?: string;
}

export interface Diagnosis {
  readonly code: string;
  readonly summary: string;
  readonly fix: string;
  /** Nothing is wrong: patience is all it takes. */
  readonly wait?: true;
}

/**
 * What every engine tells the worker, with `MUSTER_STORE`, `MUSTER_RUN`, `MUSTER_ROUND` and `MUSTER_ARRAY` from the
 * request: on AWS Batch these are the variables that Batch itself sets (AB 2.2), elsewhere the engine sets the same.
 */
export const workerEnvironment = {
  /** `<parent>` or `<parent>:<index>`. */
  jobId: 'AWS_BATCH_JOB_ID',
  /** From 1. */
  attempt: 'AWS_BATCH_JOB_ATTEMPT',
  /** Absent in a plain job. */
  arrayIndex: 'AWS_BATCH_JOB_ARRAY_INDEX',
} as const;
