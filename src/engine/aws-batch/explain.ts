import type { Diagnosis, JobHandle } from '../engine.ts';
import type { BatchClients } from './clients.ts';
import { diagnose, diagnoseCertain } from './diagnose/diagnose.ts';
import { takesJobs } from './diagnose/queue.ts';
import { Asking } from './evidence/ask.ts';
import { batchEvidence } from './evidence/batch.ts';
import type { Evidence } from './evidence/evidence.ts';
import { machineEvidence } from './evidence/machines.ts';
import { startingTasks } from './evidence/starting.ts';
import type { BatchSettings } from './settings.ts';

/**
 * Why nothing of this job moves; `undefined` when it has ended or something of it runs. At most some 30 calls, of which
 * each may be refused without the others, but for the first; those about machines only where Batch itself does not
 * know. Throws `RemoteError` where the job itself cannot be looked at.
 */
export async function explainJob(
  clients: BatchClients,
  { region, clock = () => new Date() }: Pick<BatchSettings, 'region' | 'clock'>,
  handle: JobHandle,
): Promise<Diagnosis | undefined> {
  return diagnose(await gatherEvidence(clients, handle, { region, now: clock().getTime() }));
}

async function gatherEvidence(
  clients: BatchClients,
  handle: JobHandle,
  at: Pick<Evidence, 'region' | 'now'>,
): Promise<Evidence> {
  const asking = new Asking();
  const known = await batchEvidence(clients.batch, handle, at, asking);
  const { job, environments = [] } = known;
  if (job === undefined || job.ended || job.counts.running > 0) return { ...known, notSeen: asking.notSeen };
  if (job.counts.starting > 0) {
    const tasks = await startingTasks(clients, handle, asking);
    return { ...known, job: { ...job, ...(tasks !== undefined && { tasks }) }, notSeen: asking.notSeen };
  }
  const usable = environments.filter(takesJobs);
  if (usable.length === 0 || diagnoseCertain({ ...known, notSeen: [] }) !== undefined) {
    return { ...known, notSeen: asking.notSeen };
  }
  const machines = await machineEvidence(clients, usable, asking);
  return { ...known, ...machines, notSeen: asking.notSeen };
}
