import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { openS3Store } from '../../src/store/s3.ts';
import { absent, ifVersion } from '../../src/store/store.ts';
import { openPlace, settingsFor } from '../aws/s3/place.ts';
import { ReferenceS3 } from '../aws/s3/reference-s3.ts';
import { collect } from '../contract/store.ts';

describe('requests', () => {
  test('opening a store asks nothing', async () => {
    const { s3 } = await openPlace();
    expect(s3.counts).toEqual({});
  });

  test('one for a get, a put, a swap, a stat and a delete', async () => {
    const { s3, store } = await openPlace();
    const made = await store.put('a', 'one', absent);
    if (made.outcome !== 'written') throw new Error('not written');
    await store.get('a');
    await store.get('a', { start: 1, end: 2 });
    await store.stat('a');
    const swapped = await store.put('a', 'two', ifVersion(made.version));
    if (swapped.outcome !== 'written') throw new Error('not written');
    await store.delete('a', swapped.version);
    expect(s3.counts).toEqual({ PutObject: 2, GetObject: 2, HeadObject: 1, DeleteObject: 1 });
  });

  test('one for a swap that conflicts', async () => {
    const { s3, store } = await openPlace();
    await store.put('a', 'one', absent);
    s3.forgetCounts();
    await store.put('a', 'two', ifVersion('older'));
    expect(s3.counts).toEqual({ PutObject: 1 });
  });

  test('two for a create that conflicts, however large the object: nothing is read back', async () => {
    const { s3, store } = await openPlace();
    await store.put('a', 'one', absent);
    s3.forgetCounts();
    await store.put('a', 'two', absent);
    expect(s3.counts).toEqual({ PutObject: 1, HeadObject: 1 });
  });

  test('one a page for a listing', async () => {
    const { s3, store } = await openPlace({ pageSize: 4 });
    for (let index = 0; index < 10; index++) await store.put(`k${index}`, 'x', absent);
    expect(await collect(store.list('k'))).toHaveLength(10);
    expect(s3.counts.ListObjectsV2).toBe(3);
  });

  test('a listing that is left early asks for no more than the next page', async () => {
    const { s3, store } = await openPlace({ pageSize: 1 });
    for (let index = 0; index < 5; index++) await store.put(`k${index}`, 'x', absent);
    for await (const _ of store.list('k')) break;
    expect(s3.counts.ListObjectsV2).toBeLessThanOrEqual(2);
  });

  test('a page that fails after the reader has left ends nothing', async () => {
    const { s3, store } = await openPlace({ pageSize: 1 });
    for (const key of ['k1', 'k2']) await store.put(key, 'x', absent);
    s3.faults = ({ operation, number }) =>
      operation === 'ListObjectsV2' && number > 1
        ? { kind: 'refused', status: 403, code: 'AccessDenied' }
        : undefined;
    for await (const entry of store.list('k')) {
      expect(entry.key).toBe('k1');
      break;
    }
    await new Promise((resolve) => setTimeout(resolve, 20));
  });

  test('are told to whoever counts them, repeated ones included', async () => {
    const s3 = new ReferenceS3();
    const told: string[] = [];
    const aws = {
      ...settingsFor(s3),
      onRequest: (service: string, operation: string) => told.push(`${service} ${operation}`),
    };
    const store = await openS3Store('s3://ens', { aws });
    s3.faults = ({ number }) => (number === 1 ? { kind: 'lost-request' } : undefined);
    await store.get('a');
    expect(told).toEqual(['S3 GetObject', 'S3 GetObject']);
  });

  test('that write carry the SHA-256 of their bytes, for S3 to check and for us to know them by', async () => {
    const s3 = new ReferenceS3();
    const handler = s3.requestHandler;
    const seen: (string | undefined)[] = [];
    const requestHandler: typeof handler = {
      handle: (request) => {
        seen.push(request.headers['x-amz-checksum-sha256'], request.headers['x-amz-meta-sha256']);
        return handler.handle(request);
      },
    };
    const store = await openS3Store('s3://ens', { aws: { ...settingsFor(s3), requestHandler } });
    await store.put('a', 'x', absent);
    const hash = createHash('sha256').update('x');
    expect(seen).toEqual([hash.copy().digest('base64'), hash.digest('hex')]);
  });

  test('never go out more than 32 at once', async () => {
    const { s3, store } = await openPlace();
    await Promise.all(Array.from({ length: 100 }, (_, index) => store.put(`k${index}`, 'x', absent)));
    expect(s3.mostAtOnce).toBeGreaterThan(8);
    expect(s3.mostAtOnce).toBeLessThanOrEqual(32);
  });
});
