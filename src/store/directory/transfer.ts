import { createHash } from 'node:crypto';
import {
  constants,
  createReadStream,
  mkdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { copyFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { isMissing } from '../../files/faults.ts';
import { smallFile } from '../../files/staging.ts';
import type { PutFileOutcome } from '../store.ts';
import { create, current, type Place } from './object.ts';

/**
 * Copies (the source may change afterwards, so no hard link; a reflink where the file system can) and hashes the
 * copy, so that the checksum is of the bytes kept.
 */
export async function putFile(place: Place, key: string, path: string): Promise<PutFileOutcome> {
  using staged = place.staging.path();
  await copyFile(path, staged.path, constants.COPYFILE_FICLONE);
  const size = statSync(staged.path).size;
  const sha256 = await hashFile(staged.path);
  const made = create(place, key, staged.path);
  // What is there may be our own write, of which a kill kept us from hearing.
  if (made.kind === 'taken' && !(await hasContent(made.file, size, sha256))) return { outcome: 'conflict' };
  recordChecksum(place, key, made.version, sha256);
  return { outcome: 'written', version: made.version, size, sha256 };
}

/** False when there is no such object. */
export async function getFile(place: Place, key: string, path: string): Promise<boolean> {
  for (;;) {
    const now = current(place.layout, key);
    if (now.kind !== 'held') return false;
    try {
      await copyFile(now.file, path, constants.COPYFILE_FICLONE);
      return true;
    } catch (error) {
      // Overwritten meanwhile, or the target's folder is missing.
      if (!isMissing(error) || statSync(dirname(path), { throwIfNoEntry: false }) === undefined) throw error;
    }
  }
}

/** What `putFile` noted about this version of the object. */
export function recordedChecksum(place: Place, key: string, version: string): string | undefined {
  const path = place.layout.checksum(key);
  if (statSync(path, { throwIfNoEntry: false })?.isFile() !== true) return undefined;
  const match = /^(\S+) ([0-9a-f]{64})\n$/.exec(readFileSync(path, 'utf8'));
  return match?.[1] === version ? match[2] : undefined;
}

function recordChecksum(place: Place, key: string, version: string, sha256: string): void {
  const path = place.layout.checksum(key);
  const folder = dirname(path);
  if (statSync(folder, { throwIfNoEntry: false }) === undefined) mkdirSync(folder, { recursive: true });
  writeFileSync(path, `${version} ${sha256}\n`);
}

export function forgetChecksum(place: Place, key: string): void {
  rmSync(place.layout.checksum(key), { force: true });
}

async function hasContent(file: string, size: number, sha256: string): Promise<boolean> {
  try {
    return statSync(file).size === size && (await hashFile(file)) === sha256;
  } catch (error) {
    if (isMissing(error)) return false; // Overwritten meanwhile: no longer ours in any case.
    throw error;
  }
}

async function hashFile(path: string): Promise<string> {
  const hash = createHash('sha256');
  if (statSync(path).size <= smallFile) return hash.update(readFileSync(path)).digest('hex');
  await pipeline(createReadStream(path, { highWaterMark: smallFile }), hash);
  return hash.digest('hex');
}
