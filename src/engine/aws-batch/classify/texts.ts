import type { FailureClass } from '../../engine.ts';
import { adviceFor, rerunCommand } from './advice.ts';
import type { Asked } from './evidence.ts';

/** One text of Batch or ECS and what it means (AB 9). Matched on the beginning, or anywhere where that says `contains`. */
export interface FailureText {
  /** `status`: statusReason of the job or attempt; `container`: the container's reason. */
  readonly field: 'status' | 'container' | 'either';
  readonly prefix?: string;
  /** All of them, anywhere. */
  readonly contains?: readonly string[];
  readonly class: FailureClass;
  readonly reason: string;
  readonly advice?: (asked: Asked) => string | undefined;
}

const again = (asked: Asked) => `Run it again: ${rerunCommand(asked)}.`;

/** Begins the status of an attempt whose machine went away: a Spot reclaim, mostly (AB 9). */
export const hostLost = 'Host EC2';

/** In the order of AB 9.1: the first that matches decides. Who stopped a job, and pulls, are told apart elsewhere. */
export const beforePulls: readonly FailureText[] = [
  {
    field: 'status',
    prefix: 'Job attempt duration',
    class: 'timeout',
    reason: 'ran longer than its timeout',
    advice: (asked) => adviceFor('timeout', asked),
  },
  {
    field: 'status',
    prefix: hostLost,
    class: 'host',
    reason: 'its machine was taken away or died',
    advice: (asked) => adviceFor('host', asked),
  },
  {
    field: 'container',
    prefix: 'OutOfMemoryError',
    class: 'memory',
    reason: 'used more memory than it had asked for',
    advice: (asked) => adviceFor('memory', asked),
  },
];

export const afterPulls: readonly FailureText[] = [
  {
    field: 'container',
    prefix: 'DockerTimeoutError',
    class: 'host',
    reason: 'Docker on its machine was overloaded and did not answer',
    advice: (asked) =>
      `${again(asked)} If it comes often: smaller images, or faster volumes for the machines.`,
  },
  {
    field: 'container',
    prefix: 'AGENT',
    class: 'host',
    reason: 'the ECS agent of its machine failed or lost its connection',
    advice: again,
  },
  {
    field: 'container',
    prefix: 'CannotInspect',
    class: 'host',
    reason: 'the ECS agent lost track of the container; the work may be done all the same',
    advice: (asked) => `Results that were written count. The rest: ${rerunCommand(asked)}.`,
  },
  {
    field: 'either',
    contains: ['AccessDenied', 'logs:CreateLogStream'],
    class: 'start',
    reason: 'it may not write logs',
    advice: () =>
      'Give the execution role (or the instance role, where there is none) logs:CreateLogStream and logs:PutLogEvents on the log group.',
  },
  {
    field: 'either',
    contains: ['unable to assume the role'], // [MEM]
    class: 'start',
    reason: 'ECS could not take on the job role or the execution role',
    advice: () =>
      'Both roles must trust ecs-tasks.amazonaws.com, exist, and be the ones named in `muster.yaml`; who registers the definition needs iam:PassRole on them.',
  },
  {
    field: 'status',
    prefix: 'Container Overrides length must be at most', // AB 2.6
    class: 'start',
    reason: 'the environment that Muster sent is too long for ECS',
    advice: () =>
      'This is a mistake of Muster, which keeps it short: please report it. Shorter values under `environment` in the grid help meanwhile.',
  },
  {
    field: 'status',
    prefix: 'Dependent Job failed',
    class: 'start',
    reason: 'a job that it waited for has failed',
    advice: again,
  },
  {
    field: 'status',
    prefix: 'Array Child Job failed', // of a parent only: its children know more
    class: 'unknown',
    reason: 'slices of the array have failed',
    advice: () => 'Look at the slices themselves: their own reasons are recorded with them.',
  },
  {
    field: 'either',
    prefix: 'ResourceInitializationError',
    class: 'start',
    reason: 'secrets, log driver, volumes or network of the container could not be set up',
    advice: (asked) =>
      `Look at the rights of the execution role and at the network of the subnets (endpoints or NAT); then ${rerunCommand(asked)}.`,
  },
  {
    field: 'container',
    contains: ['no space left on device'],
    class: 'disk',
    reason: 'the disk of its machine was full before it started',
    advice: (asked) => adviceFor('disk', asked),
  },
  {
    field: 'container',
    prefix: 'CannotStartContainerError',
    class: 'start',
    reason: 'the container could not be started',
    advice: () =>
      'Look at the entry point of the image, and at what is mounted: a path or device may be missing.',
  },
  {
    field: 'container',
    prefix: 'CannotCreateContainerError',
    class: 'start',
    reason: 'the container could not be made',
    advice: () => 'Look at what is mounted, at `ulimits`, and at the disk of the machines.',
  },
  {
    field: 'status',
    prefix: 'Task failed to start',
    class: 'start',
    reason: 'ECS could not start the container',
    advice: again,
  },
];
