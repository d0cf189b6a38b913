import { setTimeout as sleep } from 'node:timers/promises';
import { type HostSettings, workThrough } from './host.ts';
import { findHost, takeHostLock } from './host-lock.ts';
import { HostedJob, recover } from './hosted-job.ts';
import type { JobTable } from './job-table.ts';

/**
 * Works through the table until nothing is left or the signal aborts. While another process does, waits for it, and
 * takes over should it die.
 */
export async function hostTable(settings: HostSettings): Promise<void> {
  const { table, signal, stay, pollMs } = settings;
  while (!signal.aborted && (stay || !isDone(table))) {
    const lock = takeHostLock(table.hostFolder);
    if (lock === undefined) {
      await sleep(pollMs, undefined, { signal }).catch(() => undefined);
      continue;
    }
    try {
      await workThrough(settings, lock);
    } finally {
      lock.release();
    }
    // Wishes that came while the lock was still held, but after the last look.
    await settleCancelled(settings, table.ids());
  }
}

function isDone(table: JobTable): boolean {
  return table.ids().every((id) => table.isEnded(id));
}

export function isHosted(table: JobTable): boolean {
  return findHost(table.hostFolder) !== undefined;
}

/** A living host sees a wish to cancel by itself; without one, whoever cancels settles the job. */
export async function settleCancelled(settings: HostSettings, ids: readonly string[]): Promise<void> {
  const { table } = settings;
  for (const id of ids) {
    if (table.isEnded(id) || table.cancelled(id) === undefined) continue;
    const lock = takeHostLock(table.hostFolder);
    if (lock === undefined) return;
    try {
      await settle(settings, id);
    } finally {
      lock.release();
    }
  }
}

/** Nothing of the job lives afterwards, and what had not ended is cancelled. Only under the host lock. */
async function settle(settings: HostSettings, id: string): Promise<void> {
  const progress = settings.table.replay(id);
  if (progress === undefined) return;
  using job = new HostedJob({ ...settings, onStopped: () => undefined, onFault: () => undefined }, progress);
  await recover([job], settings.lifelineMs);
  job.cancelIfAsked();
  if (job.hasEnded) settings.table.end(id);
}
