import {
  accessSync,
  constants,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { removeTree } from './remove-tree.ts';

/** The instance's disk, where the job definition mounts it (design, section 8). */
const instanceDisk = '/scratch';
const prefix = 'muster-';
const heartbeat = 'alive';
/** Milliseconds. */
const beatEvery = 60_000;
const deadAfter = 15 * 60_000;

/** A folder of this worker alone, and how to get rid of it. */
export function makeScratchRoot(
  workBase: string | undefined,
  name: string,
): { readonly root: string; remove(): void } {
  const base = workBase ?? (canWrite(instanceDisk) ? instanceDisk : tmpdir());
  mkdirSync(base, { recursive: true });
  // The instance's disk outlives containers; other places have an owner who tidies up.
  if (base === instanceDisk) removeAbandoned(base, Date.now());
  const root = mkdtempSync(join(base, `${prefix}${name}-`));
  const file = join(root, heartbeat);
  writeFileSync(file, '');
  const beat = setInterval(() => touch(file), beatEvery).unref();
  return {
    root,
    remove() {
      clearInterval(beat);
      removeTree(root);
    },
  };
}

/** Removes what containers that were killed have left, so that they do not fill the disk for those that follow. */
export function removeAbandoned(base: string, now: number): void {
  for (const name of readdirSync(base)) {
    if (!name.startsWith(prefix)) continue;
    try {
      const { mtimeMs } = statSync(join(base, name, heartbeat));
      if (now - mtimeMs > deadAfter) rmSync(join(base, name), { recursive: true, force: true });
    } catch {
      // Not ours, of another user, or removed by another worker that does the same.
    }
  }
}

function touch(file: string): void {
  try {
    const now = new Date();
    utimesSync(file, now, now);
  } catch {
    // A full disk; the next beat will do.
  }
}

function canWrite(folder: string): boolean {
  try {
    accessSync(folder, constants.W_OK | constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
