import { createHash, randomBytes } from 'node:crypto';
import {
  appendFileSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { RemoteError } from '../../src/errors.ts';
import { absent } from '../../src/store/store.ts';
import * as faults from '../aws/s3/faults.ts';
import { openPlace } from '../aws/s3/place.ts';

/** Bytes: a part and a bit. */
const size = 8 * 2 ** 20 + 12_345;
let local: string;
let large: string;
let bytes: Buffer;

beforeAll(() => {
  local = mkdtempSync(join(tmpdir(), 'muster-s3-files-'));
  bytes = randomBytes(size);
  large = join(local, 'large');
});
beforeEach(() => writeFileSync(large, bytes));
afterAll(() => rmSync(local, { recursive: true, force: true }));

const sha256Of = (content: Buffer) => createHash('sha256').update(content).digest('hex');

describe('a large file', () => {
  test('goes up in parts, with its checksum, and comes down as it was', async () => {
    const { s3, store } = await openPlace();
    const outcome = await store.putFile('large', large);
    const sha256 = sha256Of(bytes);
    expect(outcome).toMatchObject({ outcome: 'written', size, sha256 });
    expect(await store.stat('large')).toMatchObject({ size, sha256 });
    expect(s3.counts).toMatchObject({ CreateMultipartUpload: 1, UploadPart: 2, CompleteMultipartUpload: 1 });
    expect(await store.getFile('large', join(local, 'back'))).toBe(true);
    expect(readFileSync(join(local, 'back')).equals(bytes)).toBe(true);
  });

  test('never replaces what is there, and leaves no parts behind', async () => {
    const { s3, store } = await openPlace();
    await store.put('large', 'small', absent);
    expect(await store.putFile('large', large)).toEqual({ outcome: 'conflict' });
    expect(Buffer.from((await store.get('large'))?.bytes ?? []).toString()).toBe('small');
    expect(s3.uploads.open.size).toBe(0);
  });

  test('waits for its turn behind four others, for each holds some parts in memory', async () => {
    const { s3, store } = await openPlace();
    let most = 0;
    s3.faults = () => {
      most = Math.max(most, s3.uploads.open.size);
      return undefined;
    };
    await Promise.all(Array.from({ length: 6 }, (_, index) => store.putFile(`large-${index}`, large)));
    expect(most).toBe(4);
  });

  test('is recognised as an own earlier write', async () => {
    const { store } = await openPlace();
    const first = await store.putFile('large', large);
    expect(await store.putFile('large', large)).toEqual(first);
  });

  test('whose completion is done but its answer lost is told written, and not sent again', async () => {
    const { s3, store } = await openPlace({
      faults: faults.first('CompleteMultipartUpload', faults.lostAnswer),
    });
    expect(await store.putFile('large', large)).toMatchObject({ outcome: 'written', size });
    expect(s3.counts.UploadPart).toBe(2);
  });

  test('starts anew when S3 finds its completion in conflict (409)', async () => {
    const { s3, store } = await openPlace({
      faults: faults.first('CompleteMultipartUpload', faults.conflict),
    });
    expect(await store.putFile('large', large)).toMatchObject({ outcome: 'written', size });
    expect(s3.counts).toMatchObject({ CreateMultipartUpload: 2, UploadPart: 4 });
    expect(s3.uploads.open.size).toBe(0);
  });

  test('survives lost parts', async () => {
    const { s3, store } = await openPlace({
      faults: faults.first('UploadPart', faults.lostRequest, faults.lostAnswer),
    });
    expect(await store.putFile('large', large)).toMatchObject({
      outcome: 'written',
      sha256: sha256Of(bytes),
    });
    expect(s3.shelf().objects.get('lab/large')?.bytes.equals(bytes)).toBe(true);
  });

  test('leaves nothing behind when a part is refused', async () => {
    const { s3, store } = await openPlace({ faults: faults.always('UploadPart', faults.accessDenied) });
    await expect(store.putFile('large', large)).rejects.toThrow(/not allowed.*s3:PutObject.*lab\/large/);
    expect(s3.uploads.open.size).toBe(0);
    expect(s3.shelf().keys()).toEqual([]);
  });

  describe('that changes while it goes up', () => {
    /** More than is read ahead before the first part arrives. */
    const length = 6 * 8 * 2 ** 20;
    beforeEach(() => truncateSync(large, length));

    test('is read again: what is stored is what its checksum says', async () => {
      const { s3, store } = await openPlace();
      s3.faults = ({ operation, number }) => {
        if (operation === 'UploadPart' && number === 1) appendFileSync(large, 'more');
        return undefined;
      };
      const outcome = await store.putFile('large', large);
      const sha256 = sha256Of(readFileSync(large));
      expect(outcome).toMatchObject({ outcome: 'written', size: length + 4, sha256 });
      expect(sha256Of(s3.shelf().objects.get('lab/large')?.bytes ?? Buffer.alloc(0))).toBe(sha256);
      expect(s3.uploads.open.size).toBe(0);
    });

    test('again and again is refused', async () => {
      const { s3, store } = await openPlace();
      s3.faults = ({ operation }) => {
        if (operation === 'UploadPart') appendFileSync(large, 'more');
        return undefined;
      };
      await expect(store.putFile('large', large)).rejects.toThrow(/the file changes while it is read/);
      expect(s3.shelf().keys()).toEqual([]);
    });
  });
});

describe('a small file', () => {
  test('goes up in one request', async () => {
    const { s3, store } = await openPlace();
    const path = join(local, 'small');
    writeFileSync(path, 'few bytes');
    await store.putFile('small', path);
    expect(s3.counts).toEqual({ PutObject: 1 });
  });

  test('whose answer is lost is told written', async () => {
    const { store } = await openPlace({ faults: faults.first('PutObject', faults.lostAnswer) });
    const path = join(local, 'small');
    writeFileSync(path, 'few bytes');
    expect(await store.putFile('small', path)).toMatchObject({ outcome: 'written', size: 9 });
  });

  test('that is not there is an error of this machine', async () => {
    const { store } = await openPlace();
    const failure = await store.putFile('k', join(local, 'none')).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(RemoteError);
    expect(failure).toMatchObject({ cause: { code: 'ENOENT' } });
  });
});

describe('a file on its way down', () => {
  const some = randomBytes(1_000_000);

  test('goes on where the connection broke', async () => {
    const { s3, store } = await openPlace();
    await store.put('large', some, absent);
    s3.forgetCounts();
    s3.faults = faults.first(
      'GetObject',
      { kind: 'broken-body', after: 500_000 },
      { kind: 'short-body', after: 300_000 },
    );
    expect(await store.getFile('large', join(local, 'down'))).toBe(true);
    expect(readFileSync(join(local, 'down')).equals(some)).toBe(true);
    expect(s3.counts).toEqual({ GetObject: 3 });
  });

  test('starts anew when the object was replaced in between: no mixture', async () => {
    const { s3, store } = await openPlace();
    await store.put('large', some, absent);
    const other = Buffer.alloc(1000, 'other');
    s3.faults = ({ operation, number }) => {
      if (operation !== 'GetObject') return undefined;
      if (number === 2) s3.shelf().keep('lab/large', { bytes: other, etag: '"other"', metadata: {} });
      return number === 1 ? { kind: 'broken-body', after: 500_000 } : undefined;
    };
    await store.getFile('large', join(local, 'down'));
    expect(readFileSync(join(local, 'down')).equals(other)).toBe(true);
  });

  test('is not there when the object was deleted in between', async () => {
    const { s3, store } = await openPlace();
    await store.put('large', some, absent);
    s3.faults = ({ operation, number }) => {
      if (operation !== 'GetObject') return undefined;
      if (number === 2) s3.shelf().drop('lab/large');
      return number === 1 ? { kind: 'broken-body', after: 500_000 } : undefined;
    };
    expect(await store.getFile('large', join(local, 'gone'))).toBe(false);
    expect(existsSync(join(local, 'gone'))).toBe(false);
  });

  test('leaves no part behind when the connection never holds', async () => {
    const { s3, store } = await openPlace();
    await store.put('large', some, absent);
    s3.faults = faults.always('GetObject', { kind: 'broken-body', after: 0 });
    await expect(store.getFile('large', join(local, 'part'))).rejects.toThrow(/broke off/);
    expect(existsSync(join(local, 'part'))).toBe(false);
  });

  test('may take as many connections as it needs while each brings something', async () => {
    const { s3, store } = await openPlace();
    await store.put('k', '0123456789', absent);
    s3.faults = ({ operation, number }) =>
      operation === 'GetObject' && number < 10 ? { kind: 'broken-body', after: 1 } : undefined;
    await store.getFile('k', join(local, 'drops'));
    expect(readFileSync(join(local, 'drops'), 'utf8')).toBe('0123456789');
  });

  test('into a folder that is not there is an error of this machine', async () => {
    const { store } = await openPlace();
    await store.put('k', 'x', absent);
    const failure = await store.getFile('k', join(local, 'no/folder/k')).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(RemoteError);
    expect(failure).toMatchObject({ cause: { code: 'ENOENT' } });
  });
});
