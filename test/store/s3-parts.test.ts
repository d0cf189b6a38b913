import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import type { HttpHandlerOptions, HttpRequest } from '@smithy/types';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openS3Store } from '../../src/store/s3.ts';
import { settingsFor } from '../aws/s3/place.ts';
import { ReferenceS3 } from '../aws/s3/reference-s3.ts';

/** Bytes. */
const part = 5 * 2 ** 20;
/** Ten parts. */
const bytes = randomBytes(9 * part + 1);
let local: string;
let large: string;

beforeAll(() => {
  local = mkdtempSync(join(tmpdir(), 'muster-s3-parts-'));
  large = join(local, 'large');
  writeFileSync(large, bytes);
});
afterAll(() => rmSync(local, { recursive: true, force: true }));

describe('a file of ten parts', () => {
  test('arrives as it was, through the memory of four', async () => {
    const { store, s3, memory, mostAtOnce } = await openSlowPlace(10);
    await store.putFile('large', large);
    expect(s3.shelf().objects.get('lab/large')?.bytes.equals(bytes)).toBe(true);
    expect(s3.counts.UploadPart).toBe(10);
    expect(memory.size).toBe(4);
    expect(mostAtOnce()).toBe(4);
  });

  test('announces to AWS what checksum its parts have, and says it of each at the end', async () => {
    const sums: unknown[] = [];
    const { store } = await openPlaceThrough(({ query, headers, body }) => {
      if (query?.uploads !== undefined) sums.push(headers['x-amz-checksum-algorithm']);
      else if (query?.partNumber !== undefined) sums.push(headers['x-amz-checksum-crc32']);
      else sums.push(...[...String(body).matchAll(/<ChecksumCRC32>(.*?)</g)].map(([, sum]) => sum));
    });
    await store.putFile('large', large);
    const parts = Array.from({ length: 10 }, (_, at) => crcOf(bytes.subarray(at * part, (at + 1) * part)));
    expect(sums).toEqual(['CRC32', ...parts, ...parts]);
  });
});

/** A store whose requests are looked at before they are answered. */
async function openPlaceThrough(see: (request: HttpRequest) => Promise<void> | void) {
  const s3 = new ReferenceS3();
  const requestHandler = {
    async handle(request: HttpRequest, options?: HttpHandlerOptions) {
      await see(request);
      return await s3.requestHandler.handle(request, options);
    },
  };
  const store = await openS3Store('s3://ens/lab', { aws: { ...settingsFor(s3), requestHandler } });
  return { s3, store };
}

/** Answers a part only when three more of `parts` have been sent. */
async function openSlowPlace(parts: number) {
  const memory = new Set<unknown>();
  const waiting = new Map<number, PromiseWithResolvers<void>>();
  let mostAtOnce = 0;
  const place = await openPlaceThrough(async ({ query, body }) => {
    const part = Number(query?.partNumber ?? 0);
    if (part === 0) return;
    memory.add(body.buffer);
    const turn = Promise.withResolvers<void>();
    waiting.set(part, turn);
    mostAtOnce = Math.max(mostAtOnce, waiting.size);
    const last = Math.max(...waiting.keys());
    for (const [number, { resolve }] of waiting) if (last >= Math.min(number + 3, parts)) resolve();
    await turn.promise;
    waiting.delete(part);
  });
  return { ...place, memory, mostAtOnce: () => mostAtOnce };
}

/** As S3 writes it. */
function crcOf(content: Buffer): string {
  const sum = Buffer.alloc(4);
  sum.writeUInt32BE(crc32(content));
  return sum.toString('base64');
}
