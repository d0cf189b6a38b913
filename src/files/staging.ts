import { randomBytes } from 'node:crypto';
import { mkdirSync, readdirSync, rmSync, statSync, unlinkSync, writeFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isMissing } from './faults.ts';

/** Up to this size one synchronous call beats the thread pool and blocks for well under a millisecond. Bytes. */
export const smallFile = 1024 * 1024;

/** What a killed writer left is swept after this time without a change. Milliseconds (a day). */
const abandonedAfter = 24 * 60 * 60 * 1000;

/** A folder for files in the making, on the same device as where they will go. Its content means nothing. */
export interface Staging {
  readonly folder: string;
  /** A path nobody else uses, in a folder that exists; removed when disposed of. */
  path(): Disposable & { readonly path: string };
  /** The same with these bytes in it. Not synced: a killed process loses nothing, a power cut may. */
  write(bytes: Uint8Array | string): Promise<Disposable & { readonly path: string }>;
}

export function openStaging(folder: string): Staging {
  const writer = `${process.pid}-${randomBytes(6).toString('hex')}`;
  let count = 0;
  const path = () => {
    if (count === 0) prepare(folder);
    count += 1;
    const made = join(folder, `${writer}-${count}`);
    return { path: made, [Symbol.dispose]: () => removeFile(made) };
  };
  return {
    folder,
    path,
    async write(bytes) {
      const made = path();
      try {
        if (bytes.length <= smallFile) writeFileSync(made.path, bytes, { flag: 'wx' });
        else await writeFile(made.path, bytes, { flag: 'wx' });
      } catch (error) {
        made[Symbol.dispose]();
        throw error;
      }
      return made;
    },
  };
}

function prepare(folder: string): void {
  mkdirSync(folder, { recursive: true });
  for (const name of readdirSync(folder)) sweep(join(folder, name));
}

function removeFile(path: string): void {
  try {
    unlinkSync(path);
  } catch (error) {
    if (!isMissing(error)) throw error; // It was moved into place.
  }
}

function sweep(path: string): void {
  try {
    const changed = statSync(path).mtimeMs;
    if (Date.now() - changed > abandonedAfter) rmSync(path, { recursive: true, force: true });
  } catch (error) {
    if (!isMissing(error)) throw error; // Another process swept it.
  }
}
