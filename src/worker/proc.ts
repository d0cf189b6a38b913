import { readdirSync, readFileSync } from 'node:fs';

/** What Linux's /proc tells; on other systems every answer is "unknown" (null) or "none". */

/** Linux counts these times in USER_HZ, which is 100 on every architecture (man 5 proc). */
const ticksPerSecond = 100;

/** CPU seconds of all descendants of this process that have ended and been waited for. */
export function reapedCpuSeconds(): number | null {
  const stat = read('/proc/self/stat');
  if (stat === undefined) return null;
  // Fields 16 and 17, cutime and cstime, counted after the command's closing parenthesis (field 2).
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[13]) + Number(fields[14])) / ticksPerSecond;
}

/** Sum of the high-water marks of a process and its living descendants, in bytes; null when nothing can be read. */
export function treeMemoryBytes(pid: number): number | null {
  const status = read(`/proc/${pid}/status`);
  const kib = status === undefined ? undefined : /^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1];
  if (kib === undefined) return null;
  let total = Number(kib) * 1024;
  for (const child of childrenOf(pid)) total += treeMemoryBytes(child) ?? 0;
  return total;
}

function childrenOf(pid: number): readonly number[] {
  const threads = list(`/proc/${pid}/task`);
  const text = threads.map((thread) => read(`/proc/${pid}/task/${thread}/children`) ?? '').join(' ');
  return text.split(' ').filter(Boolean).map(Number);
}

/** Numbers of all living processes. */
export function processNumbers(): ReadonlySet<number> {
  return new Set(list('/proc').map(Number).filter(Number.isInteger));
}

/**
 * Living processes that carry `NAME=value` in their initial environment; dead but unreaped ones have none.
 * @param others numbers of processes that are known not to.
 */
export function processesMarked(marker: string, others: ReadonlySet<number>): readonly number[] {
  const wanted = Buffer.from(`\0${marker}\0`);
  const found: number[] = [];
  for (const pid of processNumbers()) {
    if (pid === process.pid || others.has(pid)) continue;
    const environ = readBytes(`/proc/${pid}/environ`);
    // The first variable has no terminator before it.
    if (environ !== undefined && Buffer.concat([Buffer.alloc(1), environ]).includes(wanted)) found.push(pid);
  }
  return found;
}

/** Times the kernel has killed in our memory group; null where there is no such group. */
export function memoryKills(): number | null {
  const events = read('/sys/fs/cgroup/memory.events');
  const count = events === undefined ? undefined : /^oom_kill (\d+)$/m.exec(events)?.[1];
  return count === undefined ? null : Number(count);
}

function read(path: string): string | undefined {
  return readBytes(path)?.toString('latin1');
}

/** Processes end while we look: what cannot be read is not there. */
function readBytes(path: string): Buffer | undefined {
  try {
    return readFileSync(path);
  } catch {
    return undefined;
  }
}

function list(path: string): readonly string[] {
  try {
    return readdirSync(path);
  } catch {
    return [];
  }
}
