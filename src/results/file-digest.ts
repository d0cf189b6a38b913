import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import type { Store } from '../store/store.ts';

/** Bytes of one request. */
const blockBytes = 8 << 20;

/** SHA-256 of a local file, streamed. */
export async function fileDigest(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path, { highWaterMark: 1 << 20 }), hash);
  return hash.digest('hex');
}

/** SHA-256 of an object's bytes as they are now, read in parts; `undefined` when it went away meanwhile. */
export async function objectDigest(store: Store, key: string, size: number): Promise<string | undefined> {
  const hash = createHash('sha256');
  for (let start = 0; start < size; start += blockBytes) {
    const object = await store.get(key, { start, end: Math.min(start + blockBytes, size) });
    if (object === undefined) return undefined;
    hash.update(object.bytes);
  }
  return hash.digest('hex');
}
