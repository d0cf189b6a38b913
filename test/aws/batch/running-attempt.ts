import type { Attempt } from './attempt.ts';
import type { World } from './world.ts';

/** What the program in a container sees and can do. */
export interface RunningAttempt {
  /** As `AWS_BATCH_JOB_ID`: a child's has its index (AB 2.2). */
  readonly jobId: string;
  /** Id of the array; of a plain job its own. */
  readonly parent: string;
  /** Index in the array; absent in a plain job. */
  readonly child?: number;
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

export function runningAttempt(
  world: World,
  attempt: Attempt,
  exit: (code: number, reason?: string) => void,
): RunningAttempt {
  const { child } = attempt;
  const { job } = child;
  return {
    jobId: child.id,
    parent: job.id,
    ...(job.size === undefined ? {} : { child: child.index }),
    attempt: attempt.number,
    // Put together only where someone asks.
    get environment() {
      return environmentOf(attempt);
    },
    image: job.definition.container.image ?? '',
    startedAt: attempt.startedAt ?? world.timeline.now(),
    instance: attempt.instance,
    get alive() {
      return attempt.isCurrent;
    },
    say: (line) => {
      if (attempt.isCurrent) world.logs.write(job.definition.logGroup, attempt.logStream ?? '', line);
    },
    exit,
    onTerminate: (callback) => attempt.onTerminate.push(callback),
    onKilled: (callback) => attempt.onKilled.push(callback),
  };
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
