import type { Attempt } from './attempt.ts';
import type { World } from './world.ts';

/** What the program in a container sees and can do. */
export interface RunningAttempt {
  /** As `AWS_BATCH_JOB_ID`: a child's has its index (AB 2.2). */
  readonly jobId: string;
  /** Id of the array; of a plain job its own. */
  readonly parent: string;
  /** Index in the array; absent in a plain job. */
  readonly child?: number | undefined;
  /** From 1. */
  readonly attempt: number;
  readonly environment: Readonly<Record<string, string>>;
  readonly image: string;
  /** Of one attempt, in milliseconds since 1970. */
  readonly startedAt: number;
  readonly instance: string;
  /** False once it has exited or was killed: nothing it does is seen any more. */
  readonly alive: boolean;
  /** A line of its output. */
  say(line: string): void;
  /** `reason` is the container's own, such as `OutOfMemoryError: ...` (AB 9). */
  exit(code: number, reason?: string): void;
  /** SIGTERM: it has 30 seconds to exit (AB 2.8). Without a callback it does not react. */
  onTerminate(callback: () => void): void;
  /** SIGKILL, or the host is gone. */
  onKilled(callback: () => void): void;
}

/** A class, not closures: an array of 10,000 makes as many. */
export class Container implements RunningAttempt {
  readonly #world: World;
  readonly #of: Attempt;
  readonly #exit: (of: Attempt, code: number, reason: string | undefined) => void;
  readonly startedAt: number;

  constructor(
    world: World,
    of: Attempt,
    exit: (of: Attempt, code: number, reason: string | undefined) => void,
  ) {
    this.#world = world;
    this.#of = of;
    this.#exit = exit;
    this.startedAt = world.timeline.now();
  }

  get jobId(): string {
    return this.#of.child.id;
  }

  get parent(): string {
    return this.#of.child.job.id;
  }

  get child(): number | undefined {
    const { job, index } = this.#of.child;
    return job.size === undefined ? undefined : index;
  }

  get attempt(): number {
    return this.#of.number;
  }

  get environment(): Record<string, string> {
    return environmentOf(this.#of);
  }

  get image(): string {
    return this.#of.child.job.definition.container.image ?? '';
  }

  get instance(): string {
    return this.#of.instance;
  }

  get alive(): boolean {
    return this.#of.isCurrent;
  }

  say(line: string): void {
    const { child, logStream = '' } = this.#of;
    if (this.alive) this.#world.logs.write(child.job.definition.logGroup, logStream, line);
  }

  exit(code: number, reason?: string): void {
    this.#exit(this.#of, code, reason);
  }

  onTerminate(callback: () => void): void {
    this.#of.onTerminate.push(callback);
  }

  onKilled(callback: () => void): void {
    this.#of.onKilled.push(callback);
  }
}

/** AB 2.2: the definition's, the submission's over them, and those of Batch. */
function environmentOf({ child, number }: Attempt): Record<string, string> {
  const { job } = child;
  const environment: Record<string, string> = {};
  for (const { name, value } of [
    ...(job.definition.container.environment ?? []),
    ...(job.request.containerOverrides?.environment ?? []),
  ])
    if (name !== undefined) environment[name] = value ?? '';
  environment.AWS_BATCH_JOB_ID = child.id;
  environment.AWS_BATCH_JOB_ATTEMPT = String(number);
  environment.AWS_BATCH_JQ_NAME = job.queue.name;
  environment.AWS_BATCH_CE_NAME = job.queue.environment.computeEnvironmentName ?? '';
  if (job.size !== undefined) environment.AWS_BATCH_JOB_ARRAY_INDEX = String(child.index);
  return environment;
}
