import { setTimeout as sleep } from 'node:timers/promises';
import { processesMarked } from './proc.ts';

/** Ends a process group: asks, waits for the grace (seconds), kills. */
export async function endGroup(pid: number, grace: number, exited: Promise<unknown>): Promise<void> {
  if (grace > 0) {
    signalGroup(pid, 'SIGTERM');
    const ended = await Promise.race([exited.then(() => true), sleep(grace * 1000, false, { ref: false })]);
    if (ended) return;
  }
  signalGroup(pid, 'SIGKILL');
}

function signalGroup(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-pid, signal);
  } catch {
    // ESRCH: the group has ended.
  }
}

/**
 * Kills what the program left: its group, and what left the group, found by the marker in its environment. Looks
 * again until nothing is found, because a process may fork while it is being killed.
 * @param others numbers of processes that are known to be none of the program's: they need not be looked at.
 */
export async function killLeftovers(
  pid: number,
  attemptId: string,
  others: ReadonlySet<number>,
): Promise<number> {
  signalGroup(pid, 'SIGKILL');
  const killed = new Set<number>();
  for (let round = 0; round < 200; round += 1) {
    const found = processesMarked(`MUSTER_ATTEMPT_ID=${attemptId}`, others);
    if (found.length === 0) break;
    for (const one of found) {
      killed.add(one);
      try {
        process.kill(one, 'SIGKILL');
      } catch {
        // ESRCH: it has ended by itself.
      }
    }
    await sleep(5);
  }
  return killed.size;
}
