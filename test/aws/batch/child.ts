import type { Attempt } from './attempt.ts';
import type { Job } from './job.ts';
import type { Status, Stop } from './status.ts';

/** What runs in a container: a child of an array, or a plain job. */
export class Child {
  readonly job: Job;
  readonly index: number;
  /** Absent: nothing has happened to it, it is where its array is. */
  #status: Status | undefined;
  statusReason: string | undefined;
  /** An accepted request to stop this child, or its array while it had not ended. */
  stop: Stop | undefined;
  stoppedAt: number | undefined;
  /** The one that was placed and has not ended. */
  current: Attempt | undefined;
  /** AB 2.12: it has what its job needs of consumable resources: from STARTING to its end, retries included. */
  holds = false;
  readonly finished: Attempt[] = [];

  constructor(job: Job, index: number) {
    this.job = job;
    this.index = index;
  }

  /** AB 2.2: `<parent>:<index>`; a plain job has the job's id. */
  get id(): string {
    return this.job.size === undefined ? this.job.id : `${this.job.id}:${this.index}`;
  }

  get status(): Status | undefined {
    return this.#status;
  }

  move(to: Status): void {
    this.job.moved(this.#status, to);
    this.#status = to;
  }

  get ended(): boolean {
    return this.#status === 'SUCCEEDED' || this.#status === 'FAILED';
  }

  get latest(): Attempt | undefined {
    return this.current ?? this.finished.at(-1);
  }
}
