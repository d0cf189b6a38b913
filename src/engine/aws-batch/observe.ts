import type { JobHandle, Observation } from '../engine.ts';
import type { BatchClients } from './clients.ts';
import { describeJobs } from './describe-jobs.ts';
import { observation } from './observation.ts';

/** One call for each 100 handles: a parent's summary tells of all its children (AB 2.3). */
export async function observeJobs(
  clients: Pick<BatchClients, 'batch'>,
  handles: readonly JobHandle[],
  now: Date,
): Promise<ReadonlyMap<string, Observation>> {
  const jobs = await describeJobs(
    clients,
    handles.map(({ jobId }) => jobId),
  );
  return new Map(handles.map(({ jobId, size }) => [jobId, observation(jobs.get(jobId), size, now)]));
}
