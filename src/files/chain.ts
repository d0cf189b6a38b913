import { randomBytes } from 'node:crypto';
import { linkSync, mkdirSync, readdirSync, renameSync, rmSync, statSync, unlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { errorCode, isMissing } from './faults.ts';

/**
 * A file with versions that change by compare-and-swap, without locks.
 *
 * A chain is a folder that holds one folder named after the newest version, `held-<number>-<id>` or
 * `gone-<number>-<id>`, with that version's bytes inside. To advance, a writer links its bytes into the head folder
 * and renames that folder: rename(2) fails when the folder no longer has the name the writer expects, and no name
 * ever returns, so exactly one of several writers succeeds. A kill at any line leaves the old head or the new one.
 *
 * Numbered files that are only ever added (`link` the next number, EEXIST = lost) would be simpler, but could never
 * be pruned: a writer that slept since it read number n would find n+1 free again.
 *
 * All calls are synchronous: each is a few system calls of microseconds, a tenth of what the thread pool costs.
 */
export interface Head {
  readonly kind: 'held' | 'gone';
  /** `<number>-<16 hex>`; never used twice in a chain. */
  readonly version: string;
  readonly number: number;
  /** The folder that carries the version in its name. */
  readonly folder: string;
  /** The bytes. Gone once the head has moved: whoever gets ENOENT asks for the head again. */
  readonly file: string;
}

/** More tries than any real contention needs; afterwards the folder is broken and someone must look. */
const patience = 10_000;

/** The newest version; `undefined` when the chain was never started. */
export function head(chain: string): Head | undefined {
  for (let attempt = 0; attempt < patience; attempt++) {
    // Asking first is cheaper than the exception that reading a missing folder costs.
    if (statSync(chain, { throwIfNoEntry: false }) === undefined) return undefined;
    const heads = readdirSync(chain)
      .map((name) => parseHead(chain, name))
      .filter((found) => found !== undefined);
    // POSIX lets readdir show both names of an entry that is being renamed, or neither.
    const newest = heads.sort((a, b) => b.number - a.number)[0];
    if (newest !== undefined) return newest;
  }
  throw new Error(`${chain} holds no version`);
}

export interface Start {
  /** Number of the first version in the chain. */
  readonly number: number;
  /** Bytes of that version, a file on the same device; absent for a version that says "deleted". */
  readonly content?: string;
  /** Kept as `first`: identifies the file that stood for the object before the chain did. */
  readonly first?: string;
  /** Folder on the same device in which to prepare the chain. */
  readonly staging: string;
}

/** Makes the chain unless there is one; `undefined` when somebody else was first. */
export function start(chain: string, from: Start): Head | undefined {
  const draft = join(from.staging, `chain-${newId()}`);
  const made = headOf(draft, from.content === undefined ? 'gone' : 'held', from.number);
  mkdirSync(made.folder, { recursive: true });
  try {
    if (from.first !== undefined) linkSync(from.first, join(draft, 'first'));
    if (from.content !== undefined) linkSync(from.content, made.file);
    mkdirSync(dirname(chain), { recursive: true });
    // rename(2) onto a folder that is not empty fails; a chain never is.
    renameSync(draft, chain);
  } catch (error) {
    rmSync(draft, { recursive: true, force: true });
    if (errorCode(error) === 'ENOTEMPTY' || errorCode(error) === 'EEXIST') return undefined;
    throw error;
  }
  return headOf(chain, made.kind, made.number, made.version);
}

/** Replaces the head `from`; `undefined` when it is no longer the head. Without content the version says "deleted". */
export function advance(chain: string, from: Head, content?: string): Head | undefined {
  const next = headOf(chain, content === undefined ? 'gone' : 'held', from.number + 1);
  try {
    if (content !== undefined) linkSync(content, join(from.folder, next.version));
    renameSync(from.folder, next.folder);
  } catch (error) {
    if (isMissing(error) && statSync(chain, { throwIfNoEntry: false }) !== undefined) return undefined;
    throw error;
  }
  prune(next);
  return next;
}

/** Whether `file` is what stood for the object before the chain did. */
export function isFirst(chain: string, file: string): boolean {
  const first = statSync(join(chain, 'first'), { throwIfNoEntry: false, bigint: true });
  return first !== undefined && first.ino === statSync(file, { bigint: true }).ino;
}

/**
 * Removes older versions and what losers left. Only numbers up to the head's own: a higher one belongs to a writer
 * that is about to rename the folder. Once it has, the paths below no longer exist and pruning ends by itself.
 */
function prune(newest: Head): void {
  try {
    for (const name of readdirSync(newest.folder)) {
      if (name !== newest.version && Number.parseInt(name, 10) <= newest.number) {
        unlinkSync(join(newest.folder, name));
      }
    }
  } catch {
    // The version is written; what could not be removed now goes with the next one.
  }
}

function headOf(chain: string, kind: Head['kind'], number: number, version = `${number}-${newId()}`): Head {
  const folder = join(chain, `${kind}-${version}`);
  return { kind, version, number, folder, file: join(folder, version) };
}

function parseHead(chain: string, name: string): Head | undefined {
  const match = /^(held|gone)-((\d+)-[0-9a-f]{16})$/.exec(name);
  if (match === null) return undefined;
  return headOf(chain, match[1] === 'held' ? 'held' : 'gone', Number(match[3]), match[2]);
}

const newId = () => randomBytes(8).toString('hex');
