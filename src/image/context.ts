import {
  chmodSync,
  copyFileSync,
  lutimesSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  symlinkSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { folderEntries } from './folder.ts';

/** A folder to build from; nobody else's. */
export interface BuildContext extends Disposable {
  readonly folder: string;
}

/**
 * A copy of a folder with what counts for its identity and nothing else: one time for all files, and only whether they are
 * executable. A checkout at another hour, or with another umask, gives the same layers.
 * @param time of every file, in seconds since 1970.
 * @param add what comes beside the copied files, before all get their time.
 */
export function copyContext(from: string, time: number, add?: (folder: string) => void): BuildContext {
  return newContext(time, (folder) => {
    copyEntries(from, folder);
    add?.(folder);
  });
}

/** The same of files that are written for it. */
export function newContext(time: number, fill: (folder: string) => void): BuildContext {
  const folder = mkdtempSync(join(tmpdir(), 'muster-image-'));
  const remove = () => rmSync(folder, { recursive: true, force: true });
  try {
    fill(folder);
    settle(folder, time);
    return { folder, [Symbol.dispose]: remove };
  } catch (error) {
    remove();
    throw error;
  }
}

function copyEntries(from: string, to: string): void {
  for (const entry of folderEntries(from)) {
    const target = join(to, entry.path);
    mkdirSync(dirname(target), { recursive: true });
    if (entry.kind === 'link') {
      symlinkSync(entry.target, target);
      continue;
    }
    copyFileSync(join(from, entry.path), target);
    chmodSync(target, entry.executable ? 0o755 : 0o644);
  }
}

function settle(folder: string, time: number): void {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) settle(path, time);
    else lutimesSync(path, time, time);
  }
  chmodSync(folder, 0o755);
  // Last: what is put into a folder changes its time.
  lutimesSync(folder, time, time);
}
