import type { JobDetail } from '@aws-sdk/client-batch';

/** What Batch says of a child (or a plain job) that ended as failed, as far as it decides what kind of end it was. */
export interface ChildEvidence {
  /** Of the job; an attempt has its own. */
  readonly statusReason?: string;
  /** Somebody cancelled or terminated it: a flag of Batch, present only when true (AB 2.4). */
  readonly stopped: boolean;
  /** Oldest first. Empty: no container was ever started. */
  readonly attempts: readonly AttemptEvidence[];
  readonly asked: Asked;
}

export interface AttemptEvidence {
  /** Absent when the container never exited by itself (AB 2.5). */
  readonly exitCode?: number;
  readonly statusReason?: string;
  readonly containerReason?: string;
}

/** What was asked for: advice is made of it. */
export interface Asked {
  /** `MUSTER_RUN` of the child's environment. */
  readonly run?: string;
  readonly memoryMib?: number;
  /** Of one attempt. */
  readonly timeoutSeconds?: number;
}

/** The evidence in an answer of DescribeJobs. */
export function childEvidence(job: JobDetail): ChildEvidence {
  const { statusReason, attempts = [], container } = job;
  const ended = attempts.map(({ statusReason, container }) => ({
    ...(container?.exitCode !== undefined && { exitCode: container.exitCode }),
    ...(statusReason !== undefined && { statusReason }),
    ...(container?.reason !== undefined && { containerReason: container.reason }),
  }));
  // The container of the job itself describes the latest attempt (AB 2.5).
  const latest = container?.reason === undefined ? [] : [{ containerReason: container.reason }];
  return {
    ...(statusReason !== undefined && { statusReason }),
    stopped: job.isCancelled === true || job.isTerminated === true,
    attempts: ended.length > 0 ? ended : latest,
    asked: askedOf(job),
  };
}

function askedOf({ container, timeout }: JobDetail): Asked {
  const run = container?.environment?.find(({ name }) => name === 'MUSTER_RUN')?.value;
  const memory = Number(container?.resourceRequirements?.find(({ type }) => type === 'MEMORY')?.value);
  const timeoutSeconds = timeout?.attemptDurationSeconds;
  return {
    ...(run !== undefined && { run }),
    ...(memory > 0 && { memoryMib: memory }),
    ...(timeoutSeconds !== undefined && { timeoutSeconds }),
  };
}
