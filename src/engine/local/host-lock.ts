import { randomUUID } from 'node:crypto';
import {
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { isAbsent } from './event-log.ts';
import { bornOf, type ProcessIdentity, thisMachine, thisProcess } from './process-identity.ts';

/**
 * Who hosts the job table: the highest numbered file of a folder. A new holder links the next number, which only
 * one can; letting go links the next number too, with no holder. So a kill leaves nothing behind that has to be
 * removed before the next can hold it: a dead holder is simply outnumbered.
 */
export interface HostLock {
  /**
   * Shows processes that cannot see this one (another container, another machine) that it still lives. False when
   * one of them took over, because this process had slept too long.
   */
  beat(): boolean;
  release(): void;
}

/** Of a holder that cannot be looked up here; it beats every few seconds. */
const silentMs = 60_000;

const entrySchema = z.object({
  holder: z.object({ pid: z.number(), born: z.string(), machine: z.string() }).nullable(),
});

/** Undefined when a living process holds it. */
export function takeHostLock(folder: string): HostLock | undefined {
  mkdirSync(folder, { recursive: true });
  for (;;) {
    const newest = newestEntry(folder);
    if (newest !== undefined && isHeld(folder, newest)) return undefined;
    const lock = claim(folder, (newest?.number ?? 0) + 1);
    if (lock !== undefined) return lock;
  }
}

/** The lock under this number; undefined when another was faster, be it by several numbers. */
export function claim(folder: string, number: number): HostLock | undefined {
  if (!link(folder, number, thisProcess())) return undefined;
  // A slow contender may have linked a number that was cleaned away under a higher one: it holds nothing.
  if (numbersIn(folder).at(-1) !== number) {
    rmSync(pathOf(folder, number), { force: true });
    return undefined;
  }
  removeBelow(folder, number);
  return { beat: () => beat(folder, number), release: () => void link(folder, number + 1, null) };
}

/** The living process that hosts, if any. */
export function findHost(folder: string): ProcessIdentity | undefined {
  const newest = newestEntry(folder);
  if (newest === undefined || newest.holder === null || !isHeld(folder, newest)) return undefined;
  return newest.holder;
}

interface Entry {
  readonly number: number;
  readonly holder: ProcessIdentity | null;
}

function isHeld(folder: string, { number, holder }: Entry): boolean {
  if (holder === null) return false;
  if (holder.machine === thisMachine()) return bornOf(holder.pid) === holder.born;
  const beaten = statSync(pathOf(folder, number), { throwIfNoEntry: false })?.mtimeMs ?? 0;
  return Date.now() - beaten < silentMs;
}

function newestEntry(folder: string): Entry | undefined {
  for (;;) {
    const number = numbersIn(folder).at(-1);
    if (number === undefined) return undefined;
    try {
      return { number, holder: parseHolder(readFileSync(pathOf(folder, number), 'utf8')) };
    } catch (cause) {
      if (!isAbsent(cause)) throw cause;
    }
  }
}

/** Entries appear whole; only a loss of power leaves another, and no holder outlives that. */
function parseHolder(text: string): ProcessIdentity | null {
  try {
    return entrySchema.parse(JSON.parse(text)).holder;
  } catch {
    return null;
  }
}

function numbersIn(folder: string): number[] {
  try {
    const names = readdirSync(folder).filter((name) => /^\d+\.json$/.test(name));
    return names.map((name) => Number.parseInt(name, 10)).sort((a, b) => a - b);
  } catch (cause) {
    if (isAbsent(cause)) return [];
    throw cause;
  }
}

const pathOf = (folder: string, number: number) => join(folder, `${String(number).padStart(6, '0')}.json`);

/** Create-only and whole: the file appears under its number with its content, or not at all. */
function link(folder: string, number: number, holder: ProcessIdentity | null): boolean {
  const draft = join(folder, `${randomUUID()}.draft`);
  writeFileSync(draft, `${JSON.stringify({ holder })}\n`);
  try {
    linkSync(draft, pathOf(folder, number));
    return true;
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'EEXIST') return false;
    throw cause;
  } finally {
    rmSync(draft, { force: true });
  }
}

function removeBelow(folder: string, number: number): void {
  for (const older of numbersIn(folder)) {
    if (older < number) rmSync(pathOf(folder, older), { force: true });
  }
}

function beat(folder: string, number: number): boolean {
  if (numbersIn(folder).at(-1) !== number) return false;
  const now = new Date();
  utimesSync(pathOf(folder, number), now, now);
  return true;
}
