import type { AttemptDetail, JobDetail } from '@aws-sdk/client-batch';
import type { EngineAttempt, JobHandle } from '../engine.ts';
import type { BatchClients } from './clients.ts';
import { describeJobs } from './describe-jobs.ts';
import { logUrl } from './links.ts';
import type { BatchSettings } from './settings.ts';

/** `<parent>:<index>`; a plain job is its own only child (AB 2.2). */
export const childId = ({ jobId, size }: Pick<JobHandle, 'jobId' | 'size'>, child: number) =>
  size === 1 ? jobId : `${jobId}:${child}`;

/** Every finished attempt of these children, as far as Batch remembers them. */
export async function childAttempts(
  clients: Pick<BatchClients, 'batch'>,
  settings: BatchSettings,
  handle: JobHandle,
  children: readonly number[],
): Promise<ReadonlyMap<number, readonly EngineAttempt[]>> {
  const ids = children.map((child) => childId(handle, child));
  const jobs = await describeJobs(clients, ids);
  return new Map(
    children.flatMap((child) => {
      const job = jobs.get(childId(handle, child));
      return job === undefined ? [] : [[child, attemptsOf(settings, job)]];
    }),
  );
}

export const attemptsOf = (settings: BatchSettings, { attempts = [] }: JobDetail): readonly EngineAttempt[] =>
  attempts.map((attempt, index) => engineAttempt(settings, attempt, index + 1));

function engineAttempt(
  settings: BatchSettings,
  { container, statusReason, startedAt, stoppedAt }: AttemptDetail,
  attempt: number,
): EngineAttempt {
  const { exitCode, reason, logStreamName: log } = container ?? {};
  const why = [statusReason, reason].filter((text) => text !== undefined && text !== '').join('; ');
  return {
    attempt,
    ...(exitCode !== undefined && { exitCode }),
    ...(why !== '' && { reason: why }),
    ...timeOf('startedAt', startedAt),
    ...timeOf('stoppedAt', stoppedAt),
    // Only attempts that ran have a stream (AB 8).
    ...(log !== undefined && { log, logUrl: logUrl(settings, log) }),
  };
}

/** Milliseconds; 0 or absent until it has happened (AB 2.5). */
const timeOf = (key: 'startedAt' | 'stoppedAt', ms: number | undefined) =>
  ms === undefined || ms <= 0 ? {} : { [key]: new Date(ms).toISOString() };
