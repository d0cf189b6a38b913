import { readFileSync, readSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { RemoteError } from '../errors.ts';
import { asRemoteError, isMissing, withFileErrors } from '../files/faults.ts';
import { openStaging, smallFile } from '../files/staging.ts';
import { checkDirectoryKey, layoutOf } from './directory/layout.ts';
import { newestEntry, walk } from './directory/listing.ts';
import { create, firstVersion, openCurrent, type Place, swap } from './directory/object.ts';
import { forgetChecksum, getFile, putFile, recordedChecksum } from './directory/transfer.ts';
import { checkPrefix } from './key-rule.ts';
import type { Entry, PutOutcome, Stat, Store, StoredObject } from './store.ts';

const service = 'directory store';

/**
 * A store in a folder, for one machine or a shared file system with atomic link(2) and rename(2). Objects are plain
 * files under their keys. Made on the first write. Small objects are read and written with synchronous calls, which
 * for files of a few kilobytes are several times faster than the thread pool; timers and signals get their turn.
 *
 * Unlike in S3, `a` and `a/b` cannot both be objects, names are limited to 253 bytes, and on a file system that
 * ignores case so do keys. Survives kill -9 at any line; not synced, so a power cut may lose the last seconds.
 */
export function openDirectoryStore(root: string): Store {
  const layout = layoutOf(resolve(root));
  const place: Place = { layout, staging: openStaging(layout.staging) };
  const takeTurns = turnTaker();

  /** What every method does around its work. */
  async function act<T>(operation: string, key: string, action: () => T | Promise<T>): Promise<T> {
    checkDirectoryKey(key);
    await takeTurns();
    return withFileErrors({ service, operation, what: key }, action);
  }

  return {
    location: pathToFileURL(layout.root).href.replace(/\/$/, ''),
    get: (key, range) => act('get', key, () => read(place, key, range)),
    put: (key, bytes, condition) =>
      act('put', key, async () => {
        using staged = await place.staging.write(bytes);
        if (condition.kind === 'absent') return createOnly(place, key, staged.path);
        const version = swap(place, key, condition.version, staged.path);
        return version === undefined ? { outcome: 'conflict' } : { outcome: 'written', version };
      }),
    putFile: (key, path) => act(`copy ${path} to`, key, () => putFile(place, key, path)),
    getFile: (key, path) => act(`copy to ${path} from`, key, () => getFile(place, key, path)),
    stat: (key) => act('stat', key, () => statObject(place, key)),
    delete: (key, version) =>
      act('delete', key, () => {
        const deleted = swap(place, key, version) !== undefined;
        if (deleted) forgetChecksum(place, key);
        return deleted;
      }),
    async *list(prefix, options) {
      checkPrefix(prefix);
      const entries = walk(layout, prefix, options?.after ?? '');
      for (;;) {
        const next = nextEntry(entries, prefix);
        if (next === undefined) return;
        yield next;
        await takeTurns();
      }
    },
    url: (key) => pathToFileURL(layout.plain(key)).href,
  };
}

async function read(
  place: Place,
  key: string,
  range?: { readonly start: number; readonly end: number },
): Promise<StoredObject | undefined> {
  using object = openCurrent(place.layout, key);
  if (object === undefined) return undefined;
  const start = Math.min(range?.start ?? 0, object.size);
  const end = Math.max(start, Math.min(range?.end ?? object.size, object.size));
  const bytes = Buffer.allocUnsafeSlow(end - start);
  let filled = 0;
  while (filled < bytes.length) {
    if (filled > 0) await setImmediate();
    const count = readSync(
      object.descriptor,
      bytes,
      filled,
      Math.min(bytes.length - filled, 8 * smallFile),
      start + filled,
    );
    if (count === 0) throw changedByHand(key);
    filled += count;
  }
  return { bytes, version: object.version };
}

function changedByHand(key: string): RemoteError {
  const message = `${service}: get ${key}: the file became shorter while it was read. Objects must not be edited in place`;
  return new RemoteError({ service, operation: 'get' }, message);
}

/** Of an object that is there already, the same bytes mean that it is our own earlier write. */
function createOnly(place: Place, key: string, staged: string): PutOutcome {
  for (;;) {
    const made = create(place, key, staged);
    if (made.kind === 'written') return { outcome: 'written', version: made.version };
    try {
      const same = statSync(made.file).size === statSync(staged).size && sameBytes(made.file, staged);
      return same ? { outcome: 'written', version: made.version } : { outcome: 'conflict' };
    } catch (error) {
      if (!isMissing(error)) throw error; // Overwritten or deleted meanwhile: look again.
    }
  }
}

const sameBytes = (a: string, b: string) => readFileSync(a).equals(readFileSync(b));

function statObject(place: Place, key: string): Stat | undefined {
  const plain = statSync(place.layout.plain(key), { throwIfNoEntry: false });
  const newest = newestEntry(place.layout, key);
  if (newest === 'gone' || (newest === undefined && plain?.isFile() !== true)) return undefined;
  const { size, version } = newest ?? { size: plain?.size ?? 0, version: firstVersion };
  const sha256 = recordedChecksum(place, key, version);
  return { size, version, ...(sha256 === undefined ? {} : { sha256 }) };
}

function nextEntry(entries: Iterator<Entry>, prefix: string): Entry | undefined {
  try {
    const next = entries.next();
    return next.done === true ? undefined : next.value;
  } catch (error) {
    throw asRemoteError({ service, operation: 'list', what: prefix }, error);
  }
}

/** Lets timers, signals and child processes be heard at least every 10 ms of synchronous work. */
function turnTaker(): () => Promise<void> | undefined {
  let last = performance.now();
  return () => {
    if (performance.now() - last < 10) return undefined;
    return setImmediate().then(() => {
      last = performance.now();
    });
  };
}
