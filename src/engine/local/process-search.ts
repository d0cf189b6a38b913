import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { workerEnvironment } from '../engine.ts';
import { bornOf } from './process-identity.ts';

/**
 * Finds what attempts left behind. A worker's program has a process group of its own, so the worker's group is not
 * all of it; but every descendant inherits the child's job id in its environment, and no two jobs share one.
 */
export interface Leftover {
  /** The child's job id. */
  readonly id: string;
  /** The worker, leader of its process group, where it was recorded. */
  readonly worker?: { readonly pid: number; readonly born: string };
}

/** Processes of these children, by the mark in their environment. Elsewhere than on Linux: only the groups. */
function findProcesses(leftovers: readonly Leftover[]): number[] {
  if (process.platform !== 'linux') return [];
  const ids = new Set(leftovers.map(({ id }) => id));
  const numbers = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return numbers.map(Number).filter((pid) => ids.has(jobIdOf(pid) ?? ''));
}

function jobIdOf(pid: number): string | undefined {
  try {
    // Empty for a zombie; refused for processes of other users.
    const environment = readFileSync(`/proc/${pid}/environ`, 'latin1');
    const prefix = `${workerEnvironment.jobId}=`;
    return environment
      .split('\0')
      .find((line) => line.startsWith(prefix))
      ?.slice(prefix.length);
  } catch {
    return undefined;
  }
}

/** Signals a process (or, negative, a group); false when there is none. */
export function signal(pid: number, name: NodeJS.Signals | 0): boolean {
  try {
    process.kill(pid, name);
    return true;
  } catch {
    return false;
  }
}

/** Its group as a target for a signal, unless another process has got its leader's number by now. */
function groupOf({ worker }: Leftover): number[] {
  if (worker === undefined) return [];
  const born = bornOf(worker.pid);
  return born === undefined || born === worker.born ? [-worker.pid] : [];
}

/** Waits until nothing of these children lives; after `patienceMs` it kills, every time it looks. */
export async function endProcesses(leftovers: readonly Leftover[], patienceMs: number): Promise<void> {
  const patientUntil = performance.now() + patienceMs;
  for (;;) {
    const targets = [...findProcesses(leftovers), ...leftovers.flatMap(groupOf)];
    const alive = targets.filter((target) => signal(target, 0));
    if (alive.length === 0) return;
    if (performance.now() >= patientUntil) for (const target of alive) signal(target, 'SIGKILL');
    await sleep(20);
  }
}
