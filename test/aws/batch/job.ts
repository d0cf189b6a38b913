import type { RetryStrategy, SubmitJobRequest } from '@aws-sdk/client-batch';
import { Child } from './child.ts';
import type { Need } from './consumables.ts';
import type { Definition } from './definitions.ts';
import type { Queue } from './queue.ts';
import { noCounts, type Status, type StatusCounts, type Stop, statuses } from './status.ts';

/** What one SubmitJob made: an array with children, or a plain job, which is its own only child. */
export class Job {
  readonly id: string;
  readonly queue: Queue;
  readonly definition: Definition;
  readonly request: SubmitJobRequest;
  /** Of consumable resources, for each child. */
  readonly needs: readonly Need[];
  /** Absent: a plain job. */
  readonly size: number | undefined;
  readonly createdAt: number;
  /** From then on ListJobs shows it. */
  readonly listedAt: number;
  /** Where the children are that nothing has happened to yet. */
  phase: 'SUBMITTED' | 'PENDING' | 'RUNNABLE' = 'SUBMITTED';
  /** While children are spawned: from when to when. */
  spawning: { readonly from: number; readonly to: number } | undefined;
  /** A request to stop that was accepted. */
  stop: Stop | undefined;
  /** Of an array, once all children have ended. */
  end: { readonly status: 'SUCCEEDED' | 'FAILED'; readonly reason?: string; readonly at: number } | undefined;
  /** What DescribeJobs shows of an array. */
  summary: { readonly counts: Partial<StatusCounts>; readonly at: number } | undefined;
  summaryIsDue = false;
  forgotten = false;
  readonly #children: (Child | undefined)[] = [];
  readonly #own: StatusCounts = noCounts();

  constructor(made: {
    readonly id: string;
    readonly queue: Queue;
    readonly definition: Definition;
    readonly request: SubmitJobRequest;
    readonly needs: readonly Need[];
    readonly createdAt: number;
    readonly listedAt: number;
  }) {
    this.id = made.id;
    this.queue = made.queue;
    this.definition = made.definition;
    this.request = made.request;
    this.needs = made.needs;
    this.size = made.request.arrayProperties?.size;
    this.createdAt = made.createdAt;
    this.listedAt = made.listedAt;
  }

  /** Children; 1 of a plain job. */
  get width(): number {
    return this.size ?? 1;
  }

  get vcpus(): number {
    return Number(this.resource('VCPU') ?? 1);
  }

  resource(type: 'VCPU' | 'MEMORY' | 'GPU'): string | undefined {
    const { containerOverrides } = this.request;
    const asked = containerOverrides?.resourceRequirements?.find((one) => one.type === type);
    const defined = this.definition.container.resourceRequirements?.find((one) => one.type === type);
    return (asked ?? defined)?.value;
  }

  /** AB 2.9: the strategy of the submission replaces the definition's as a whole. */
  get retryStrategy(): RetryStrategy | undefined {
    return this.request.retryStrategy ?? this.definition.request.retryStrategy;
  }

  get timeoutSeconds(): number | undefined {
    return (this.request.timeout ?? this.definition.request.timeout)?.attemptDurationSeconds;
  }

  /** Made when something happens to it: an array of 10,000 that waits costs nothing. */
  child(index: number): Child {
    const made = this.#children[index] ?? new Child(this, index);
    this.#children[index] = made;
    return made;
  }

  untouched(index: number): boolean {
    return this.#children[index]?.status === undefined;
  }

  statusOf(index: number): Status {
    return this.#children[index]?.status ?? this.phase;
  }

  /** For `Child` alone: what it is now, instead of before. */
  moved(from: Status | undefined, to: Status): void {
    if (from !== undefined) this.#own[from] -= 1;
    this.#own[to] += 1;
  }

  /** The truth about the children. AB 2.3: those not yet spawned are in no status. */
  counts(now: number): StatusCounts {
    const counts = { ...this.#own };
    const touched = statuses.reduce((sum, status) => sum + counts[status], 0);
    const untouched = Math.max(0, this.spawned(now) - touched);
    if (untouched > 0) counts[this.phase] += untouched;
    return counts;
  }

  /** Children that exist. */
  spawned(now: number): number {
    if (this.size === undefined || this.phase === 'RUNNABLE') return this.width;
    if (this.spawning === undefined) return 0;
    const { from, to } = this.spawning;
    return to <= from ? this.width : Math.floor((this.width * (now - from)) / (to - from));
  }

  /** Milliseconds; children are spawned in the order of their indexes. */
  spawnedAt(index: number): number {
    const { from, to } = this.spawning ?? { from: this.createdAt, to: this.createdAt };
    return Math.round(from + ((to - from) * (index + 1)) / this.width);
  }

  childrenEnded(): boolean {
    return this.#own.SUCCEEDED + this.#own.FAILED === this.width;
  }

  anyFailed(): boolean {
    return this.#own.FAILED > 0;
  }

  /** Of the job as a whole. AB 2.3: a parent is never RUNNABLE, STARTING or RUNNING. */
  get status(): Status {
    if (this.size === undefined) return this.statusOf(0);
    if (this.end !== undefined) return this.end.status;
    return this.phase === 'SUBMITTED' ? 'SUBMITTED' : 'PENDING';
  }

  get stoppedAt(): number | undefined {
    return this.size === undefined ? this.childStoppedAt(0) : this.end?.at;
  }

  childStoppedAt(index: number): number | undefined {
    return this.#children[index]?.stoppedAt;
  }
}
