import type { JobDetail } from '@aws-sdk/client-batch';
import type { ChildFailure, JobHandle } from '../engine.ts';
import { isClientException } from './asked.ts';
import { attemptsOf, childId } from './attempts.ts';
import { classifyFailure } from './classify/classify.ts';
import { childEvidence } from './classify/evidence.ts';
import type { BatchClients } from './clients.ts';
import { describeJobs } from './describe-jobs.ts';
import { batchLimits } from './limits.ts';
import { jobUrl } from './links.ts';
import { listJobs } from './list-jobs.ts';
import type { BatchSettings } from './settings.ts';

type Clients = Pick<BatchClients, 'batch'>;

/** What ended as failed, of a plain job or of an array's children, except what is known; in the order of the children. */
export async function failedChildren(
  clients: Clients,
  settings: BatchSettings,
  handle: JobHandle,
  known: ReadonlySet<number>,
): Promise<readonly ChildFailure[]> {
  const failed = handle.size === 1 ? [0] : await listFailed(clients, handle);
  if (failed.length === 0 && known.size === 0) return neverMade(clients, settings, handle);
  const fresh = failed.filter((child) => !known.has(child)).sort((a, b) => a - b);
  const jobs = await describeJobs(
    clients,
    fresh.map((child) => childId(handle, child)),
  );
  return fresh.flatMap((child) => {
    const job = jobs.get(childId(handle, child));
    return job?.status === 'FAILED' ? [childFailure(settings, handle, child, job)] : [];
  });
}

async function listFailed(clients: Clients, { jobId }: JobHandle): Promise<readonly number[]> {
  try {
    const request = { arrayJobId: jobId, jobStatus: 'FAILED', maxResults: 1_000 } as const;
    const listed = await listJobs(clients, request);
    const indexes = listed.flatMap(({ arrayProperties }) => arrayProperties?.index ?? []);
    // While children move, one may be listed twice (AB 2.4).
    return [...new Set(indexes)];
  } catch (error) {
    // Whether the children of an unknown job are an error is not documented.
    if (isClientException(error) && !(await describeJobs(clients, [jobId])).has(jobId)) return [];
    throw error;
  }
}

function childFailure(
  settings: BatchSettings,
  handle: JobHandle,
  child: number,
  job: JobDetail,
): ChildFailure {
  const { class: kind, reason, advice } = classifyFailure(childEvidence(job));
  return {
    ...{ child, class: kind, reason },
    attempts: attemptsOf(settings, job),
    ...(advice !== undefined && { advice }),
    url: jobUrl(settings, childId(handle, child)),
  };
}

/** An array may fail, or be cancelled, before its children are made: then all of them failed, for its reason. */
async function neverMade(
  clients: Clients,
  settings: BatchSettings,
  handle: JobHandle,
): Promise<readonly ChildFailure[]> {
  const first = childId(handle, 0);
  const jobs = await describeJobs(clients, [handle.jobId, first]);
  const parent = jobs.get(handle.jobId);
  if (parent?.status !== 'FAILED' || jobs.has(first)) return [];
  // Children of an array that is older may have been there, and be forgotten.
  const age = (settings.clock?.() ?? new Date()).getTime() - (parent.createdAt ?? 0);
  if (age > batchLimits.remembersDays * 24 * 3600 * 1000) return [];
  const failure = childFailure(settings, handle, 0, parent);
  const url = jobUrl(settings, handle.jobId);
  return Array.from({ length: handle.size }, (_, child) => ({ ...failure, child, url }));
}
