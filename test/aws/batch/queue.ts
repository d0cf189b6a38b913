import type { ComputeEnvironmentDetail, JobQueueDetail } from '@aws-sdk/client-batch';
import type { Child } from './child.ts';
import type { Job } from './job.ts';
import type { QueueOptions } from './options.ts';
import { environmentDetail, queueDetail } from './queue-detail.ts';
import { longest, type World } from './world.ts';

/** A queue with one compute environment of its own: who waits, in which order, and how much may run at once. */
export class Queue {
  readonly name: string;
  readonly vcpus: number;
  /** What DescribeJobQueues and DescribeComputeEnvironments answer; a test may replace any of it. */
  detail: JobQueueDetail;
  environment: ComputeEnvironmentDetail;
  /** Why the head of the queue is not placed: a code and its text (AB 4.5), or nothing: Batch does not say. */
  hold: string | undefined;
  /** Everything that was ever submitted to it, oldest first. */
  readonly jobs: Job[] = [];
  /** By name in lower case: the filter JOB_NAME does not tell cases apart (AB 2.4). */
  readonly byName = new Map<string, Job[]>();
  /** Since when the head is where it is, in milliseconds. */
  headSince = 0;
  #head: Child | undefined;
  #used = 0;
  /** AB 2.9: a retried child goes near the front. */
  #retried: Child[] = [];
  #retriedAt = 0;
  readonly #waiting: { readonly job: Job; next: number }[] = [];
  #waitingAt = 0;

  constructor(world: World, { name, vcpus = 256, schedulingPolicy }: QueueOptions) {
    this.name = name;
    this.vcpus = vcpus;
    this.environment = environmentDetail(world, `${name}-environment`, vcpus);
    this.detail = queueDetail(world, name, this.environment, schedulingPolicy);
  }

  get arn(): string {
    return this.detail.jobQueueArn ?? '';
  }

  accept(job: Job): void {
    this.jobs.push(job);
    const name = (job.request.jobName ?? '').toLowerCase();
    const namesakes = this.byName.get(name);
    if (namesakes === undefined) this.byName.set(name, [job]);
    else namesakes.push(job);
  }

  /** All of its children are RUNNABLE now. */
  enqueue(job: Job): void {
    this.#waiting.push({ job, next: 0 });
  }

  enqueueAgain(child: Child): void {
    this.#retried.push(child);
  }

  /** The child that is placed next. AB 1.10: nothing behind it is, in a FIFO queue, before it was. */
  head(): Child | undefined {
    for (; this.#retriedAt < this.#retried.length; this.#retriedAt++) {
      const child = this.#retried[this.#retriedAt];
      if (child?.status === 'RUNNABLE') return child;
    }
    this.#retried = [];
    this.#retriedAt = 0;
    for (; this.#waitingAt < this.#waiting.length; this.#waitingAt++) {
      const entry = this.#waiting[this.#waitingAt];
      if (entry === undefined) continue;
      while (entry.next < entry.job.width && !entry.job.untouched(entry.next)) entry.next += 1;
      if (entry.next < entry.job.width) return entry.job.child(entry.next);
    }
    return undefined;
  }

  /** The children that wait, in order, at most so many. */
  waiting(most: number): Child[] {
    const retried = this.#retried.slice(this.#retriedAt).filter(({ status }) => status === 'RUNNABLE');
    const found = [...new Set(retried)];
    for (const { job, next } of this.#waiting.slice(this.#waitingAt))
      for (let index = next; index < job.width && found.length < most; index++)
        if (job.untouched(index)) found.push(job.child(index));
    return found.slice(0, most);
  }

  /** Whether the head may be placed now. */
  admits(child: Child): boolean {
    const { state, status } = this.environment;
    const works = state === 'ENABLED' && status === 'VALID';
    const fits = this.#used + child.job.vcpus <= this.vcpus;
    // AB 2.12: at the head it waits until all it needs is there.
    const has =
      child.holds ||
      child.job.needs.every(({ consumable, quantity }) => consumable.held + quantity <= consumable.total);
    return works && this.hold === undefined && fits && has;
  }

  /** To be called whenever the head may be another; tells whether it is. */
  headSeen(now: number): boolean {
    const head = this.head();
    if (head === this.#head) return false;
    this.#head = head;
    this.headSince = now;
    return true;
  }

  /** AB 4.5: a word only about the head of the queue, and about an impossible one only after a while. */
  blockedReason(world: World, child: Child): string | undefined {
    if (child !== this.#head || child.current !== undefined) return undefined;
    if (this.hold !== undefined) return this.hold === '' ? undefined : this.hold;
    const waited = world.timeline.now() - this.headSince;
    return child.job.vcpus > this.vcpus && waited >= 1000 * longest(world.lags.diagnosis)
      ? 'MISCONFIGURATION:COMPUTE_ENVIRONMENT_MAX_RESOURCE - CE(s) associated with the job queue cannot meet the CPU requirement of the job.'
      : undefined;
  }

  take(child: Child): void {
    this.#used += child.job.vcpus;
  }

  release(child: Child): void {
    this.#used -= child.job.vcpus;
  }

  get used(): number {
    return this.#used;
  }
}
