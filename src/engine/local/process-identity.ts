import { execFileSync } from 'node:child_process';
import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';

/** Tells a process from a later one that got the same number. */
export interface ProcessIdentity {
  readonly pid: number;
  /** Opaque; when the process started. */
  readonly born: string;
  /** Opaque; where the number means something: one boot of one machine, one container. */
  readonly machine: string;
}

const isLinux = process.platform === 'linux';

/** When a living process started; undefined when there is none, or only the zombie of one. */
export function bornOf(pid: number): string | undefined {
  return isLinux ? bornFromProc(pid) : bornFromPs(pid);
}

function bornFromProc(pid: number): string | undefined {
  const { isAlive, born } = readStat(pid) ?? { isAlive: false, born: undefined };
  return isAlive ? born : undefined;
}

/** Linux: fields 3, 5 and 22 of `stat`; the name (field 2) may hold spaces and parentheses. */
export function readStat(pid: number): { isAlive: boolean; group: number; born: string } | undefined {
  let stat: string;
  try {
    stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
  } catch {
    return undefined;
  }
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  // A zombie is dead: it holds nothing but its number, until its parent has looked.
  const isAlive = fields[0] !== 'Z' && fields[0] !== 'X';
  return { isAlive, group: Number(fields[2]), born: fields[19] ?? '' };
}

function bornFromPs(pid: number): string | undefined {
  try {
    const text = execFileSync('ps', ['-o', 'stat=,lstart=', '-p', String(pid)], { encoding: 'utf8' }).trim();
    const [state, ...born] = text.split(/\s+/);
    return state === undefined || state === '' || state.startsWith('Z') ? undefined : born.join(' ');
  } catch {
    return undefined;
  }
}

export function thisMachine(): string {
  if (!isLinux) return hostname();
  const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  return `${boot} ${readlinkSync('/proc/self/ns/pid')}`;
}

export function thisProcess(): ProcessIdentity {
  return { pid: process.pid, born: bornOf(process.pid) ?? 'unknown', machine: thisMachine() };
}
