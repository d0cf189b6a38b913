import type { ComputeEnvironmentDetail, JobQueueDetail } from '@aws-sdk/client-batch';
import { serve } from '../serve.ts';
import { Account } from './account.ts';
import type { Attempt } from './attempt.ts';
import { type Call, type Faults, isDone, shown } from './faults.ts';
import { interrupt, place, vanish } from './life.ts';
import { operations } from './operations.ts';
import type { ReferenceBatchOptions } from './options.ts';
import type { Queue } from './queue.ts';
import { Refusal } from './refusal.ts';
import { requestHandler } from './wire.ts';

/**
 * AWS Batch as its documents say it is, where emulators are not. Nothing happens but through the timeline, and all
 * chance comes from `random`.
 */
export class ReferenceBatch {
  /** For `AwsSettings.requestHandler`: Batch, and the log streams of its jobs. */
  readonly requestHandler = requestHandler((service, operation, input) =>
    this.receive(service, operation, input),
  );
  /** Requests so far, by operation. */
  readonly requests = new Map<string, number>();
  /** What was asked so far, with its service: `Batch SubmitJob`. */
  readonly asked = new Set<string>();
  /** May be replaced at any time. */
  faults: Faults | undefined;
  readonly #account: Account;
  readonly #operations: ReturnType<typeof operations>;

  constructor(options: ReferenceBatchOptions) {
    this.faults = options.faults;
    this.#account = new Account(options);
    this.#operations = operations(this.#account);
  }

  /** Over HTTP, for the `AWS_ENDPOINT_URL` of another process. */
  serve(port?: number): Promise<{ readonly url: string; close(): Promise<void> }> {
    return serve(this.requestHandler, port);
  }

  /** What Batch does and answers, without a wire and without faults. Throws a `Refusal`. */
  call(operation: string, input: object): object {
    const operate = this.#operations.get(operation);
    if (operate === undefined)
      throw new Refusal('UnknownOperationException', 404, `The reference Batch has no ${operation}`);
    // The operation's own input: see `operations`.
    return operate(input as never);
  }

  /** As over the wire, with faults. Throws a `Refusal`, or `LostConnection`. */
  async receive(service: string, operation: string, input: object): Promise<object> {
    const number = (this.requests.get(operation) ?? 0) + 1;
    this.requests.set(operation, number);
    this.asked.add(`${service} ${operation}`);
    const call: Call = { service, operation, number };
    const fault = this.faults?.(call);
    if (fault === undefined) return this.call(operation, input);
    if (typeof fault === 'object') await this.#pass(fault.slow);
    const error = shown(fault, call);
    if (error === undefined) return this.call(operation, input);
    if (isDone(fault)) this.call(operation, input);
    throw error;
  }

  /**
   * The instance of a running or starting job or child goes away (AB 9): without a word, with an exit code where the
   * container got to say one, or, with `plain143`, after a drain: SIGTERM, an ordinary exit, and no telling reason.
   */
  loseHost(jobId: string, how: { readonly exitCode?: number; readonly plain143?: boolean } = {}): void {
    const attempt = this.#attempt(jobId);
    const { world } = this.#account;
    if (how.plain143 === true && attempt.startedAt !== undefined) {
      interrupt(world, attempt);
      if (attempt.isCurrent && attempt.onTerminate.length === 0)
        vanish(world, attempt, { exitCode: 143, statusReason: 'Essential container in task exited' });
      return;
    }
    const { exitCode } = how;
    vanish(world, attempt, {
      statusReason: `Host EC2 (instance ${attempt.instance}) terminated.`,
      ...(exitCode === undefined ? {} : { exitCode }),
    });
  }

  /** The head of the queue is not placed, for this reason (AB 4.5: code, space, dash, text); empty: Batch does not say. */
  hold(queue: string, reason: string): void {
    this.#queue(queue).hold = reason;
  }

  release(queue: string): void {
    const held = this.#queue(queue);
    held.hold = undefined;
    place(this.#account.world, held);
  }

  /** What DescribeJobQueues says of it; SubmitJob heeds its state and status. */
  setQueue(queue: string, detail: Partial<JobQueueDetail>): void {
    const changed = this.#queue(queue);
    changed.detail = { ...changed.detail, ...detail };
  }

  /** What DescribeComputeEnvironments says of the queue's environment; nothing is placed while it is not VALID. */
  setEnvironment(queue: string, detail: Partial<ComputeEnvironmentDetail>): void {
    const changed = this.#queue(queue);
    changed.environment = { ...changed.environment, ...detail };
    place(this.#account.world, changed);
  }

  /** As after seven days: Batch does not know the job any more. */
  forget(jobId: string): void {
    const job = this.#account.jobs.get(jobId);
    if (job === undefined) throw new Error(`There is no job ${jobId}`);
    job.forgotten = true;
  }

  /** Ids of all jobs ever made, in order. */
  get jobIds(): readonly string[] {
    return [...this.#account.jobs.keys()];
  }

  #queue(reference: string): Queue {
    return this.#account.existingQueue(reference);
  }

  #attempt(jobId: string): Attempt {
    const target = this.#account.target(jobId);
    const attempt = target?.job.child(target.index ?? 0).current;
    if (attempt === undefined) throw new Error(`${jobId} has no attempt that starts or runs`);
    return attempt;
  }

  #pass(seconds: number): Promise<void> {
    const { timeline } = this.#account.world;
    return new Promise((resolve) => timeline.at(timeline.now() + seconds * 1000, resolve));
  }
}
