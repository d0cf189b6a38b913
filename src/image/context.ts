import {
  chmodSync,
  copyFileSync,
  lutimesSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { compiledByPython } from './identity.ts';

/** A folder to build from. */
export interface BuildContext extends Disposable {
  readonly folder: string;
}

/**
 * A copy of a folder with what counts for its identity and nothing else: no `__pycache__`, one time for all files, and
 * only whether they are executable. A checkout at another hour, or with another umask, gives the same layers.
 * @param time of every file, in seconds since 1970.
 */
export function copyContext(from: string, time: number): BuildContext {
  const folder = mkdtempSync(join(tmpdir(), 'muster-image-'));
  const remove = () => rmSync(folder, { recursive: true, force: true });
  try {
    copyFolder(from, folder, time);
    return { folder, [Symbol.dispose]: remove };
  } catch (error) {
    remove();
    throw error;
  }
}

function copyFolder(from: string, to: string, time: number): void {
  for (const entry of readdirSync(from, { withFileTypes: true })) {
    if (entry.name === compiledByPython) continue;
    const source = join(from, entry.name);
    const target = join(to, entry.name);
    if (entry.isDirectory()) {
      mkdirSync(target);
      copyFolder(source, target, time);
    } else if (entry.isSymbolicLink()) {
      symlinkSync(readlinkSync(source), target);
      lutimesSync(target, time, time);
    } else if (entry.isFile()) {
      copyFileSync(source, target);
      chmodSync(target, (statSync(source).mode & 0o111) === 0 ? 0o644 : 0o755);
      lutimesSync(target, time, time);
    }
  }
  // Last: what is put into a folder changes its time.
  if (to !== from) lutimesSync(to, time, time);
  chmodSync(to, 0o755);
}
