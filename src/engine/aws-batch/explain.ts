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
 * each may be refused without the others; those about machines only where Batch itself does not know.
 */
export async function explainJob(
  clients: BatchClients,
  { clock = () => new Date() }: Pick<BatchSettings, 'clock'>,
  handle: JobHandle,
): Promise<Diagnosis | undefined> {
  return diagnose(await gatherEvidence(clients, handle, clock().getTime()));
}

async function gatherEvidence(clients: BatchClients, handle: JobHandle, now: number): Promise<Evidence> {
  const asking = new Asking();
  const known = await batchEvidence(clients.batch, handle, now, asking);
  const { job, environments = [] } = known;
  const moves = job !== undefined && (job.ended || job.counts.running > 0);
  if (moves) return { ...known, notSeen: asking.notSeen };
  if (job !== undefined && job.counts.starting > 0) {
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
