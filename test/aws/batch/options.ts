import type { Faults } from './faults.ts';
import type { RunningAttempt } from './running-attempt.ts';
import type { Timeline } from './timeline.ts';

export interface ReferenceBatchOptions {
  readonly timeline: Timeline;
  readonly queues: readonly QueueOptions[];
  /** Called when a container starts. */
  readonly start: (attempt: RunningAttempt) => void;
  readonly region?: string;
  /** Twelve digits. */
  readonly account?: string;
  readonly lags?: Partial<Lags>;
  readonly faults?: Faults;
  /** From 0 to 1, exclusive: the only source of chance. Absent: a generator with a fixed seed. */
  readonly random?: () => number;
  /** Why an image cannot be pulled, as the container's `reason`; absent: all can. */
  readonly pull?: (image: string) => string | undefined;
  /** Whether pages of a listing may be short or empty although more follow (AB 2.4, 8). Absent: they are. */
  readonly raggedPages?: boolean;
}

export interface QueueOptions {
  readonly name: string;
  /** What runs at once. */
  readonly vcpus?: number;
  /** Name of a scheduling policy: the queue then wants a share identifier (AB 2.12). */
  readonly schedulingPolicy?: string;
}

/** Seconds: always the same, or anything from the first to the second. */
export type Lag = number | readonly [least: number, most: number];

/** How long things take. No lag of what is only shown late may exceed 60 s: that is the bound the control plane assumes. */
export interface Lags {
  /** In SUBMITTED, before children are spawned. */
  readonly submitted: Lag;
  /** In PENDING, while children are spawned. */
  readonly pending: Lag;
  /** In STARTING: a new instance, the pull of the image. */
  readonly starting: Lag;
  /** From a request to terminate to SIGTERM (AB 2.10). */
  readonly stopping: Lag;
  /** From the end of the last child to the end of the parent. */
  readonly parent: Lag;
  /** From a child's change to the parent's `statusSummary` (AB 2.3). Zero: always true. */
  readonly summary: Lag;
  /** From SubmitJob to the job's first appearance in ListJobs (AB 2.11). */
  readonly listing: Lag;
  /** From an impossible job's arrival at the head of its queue to Batch's word on it (AB 4.5). */
  readonly diagnosis: Lag;
}

export const defaultLags: Lags = {
  submitted: [0, 3],
  pending: [0, 5],
  starting: [5, 90],
  stopping: [0, 5],
  parent: [0, 30],
  summary: [0, 60],
  listing: [0, 60],
  diagnosis: [600, 900],
};

/** Everything happens at once and is seen at once. */
export const noLags: Lags = {
  submitted: 0,
  pending: 0,
  starting: 0,
  stopping: 0,
  parent: 0,
  summary: 0,
  listing: 0,
  diagnosis: 0,
};
