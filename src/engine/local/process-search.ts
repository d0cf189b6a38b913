import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { workerEnvironment } from '../engine.ts';
import { bornOf, readStat } from './process-identity.ts';

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

/**
 * Living processes of these children, as targets for a signal. On Linux by their mark, with the groups they are in:
 * a program may have cleared the environment of its own children. Elsewhere only the workers' groups.
 */
function findProcesses(leftovers: readonly Leftover[]): number[] {
  const workers = leftovers.flatMap(groupOf);
  if (process.platform !== 'linux') return workers.map((group) => -group).filter((group) => signal(group, 0));
  const ids = new Set(leftovers.map(({ id }) => id));
  const alive = livingProcesses();
  const marked = alive.filter(({ pid }) => ids.has(jobIdOf(pid) ?? ''));
  const groups = new Set([...workers, ...marked.map(({ group }) => group)]);
  const own = new Set(alive.filter(({ pid }) => pid === process.pid).map(({ group }) => group));
  const pids = new Set(marked.map(({ pid }) => pid));
  for (const { pid, group } of alive) if (groups.has(group) && !own.has(group)) pids.add(pid);
  return [...pids];
}

function livingProcesses(): { readonly pid: number; readonly group: number }[] {
  const numbers = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return numbers.map(Number).flatMap((pid) => {
    const stat = readStat(pid);
    return stat?.isAlive === true ? [{ pid, group: stat.group }] : [];
  });
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

/** The worker's group, unless another process has got its leader's number by now. */
function groupOf({ worker }: Leftover): number[] {
  if (worker === undefined) return [];
  const born = bornOf(worker.pid);
  return born === undefined || born === worker.born ? [worker.pid] : [];
}

/** Waits until nothing of these children lives; after `patienceMs` it kills, every time it looks. */
export async function endProcesses(leftovers: readonly Leftover[], patienceMs: number): Promise<void> {
  const patientUntil = performance.now() + patienceMs;
  for (;;) {
    const alive = findProcesses(leftovers);
    if (alive.length === 0) return;
    if (performance.now() >= patientUntil) for (const target of alive) signal(target, 'SIGKILL');
    await sleep(20);
  }
}
