import { describe, expect, test } from 'vitest';
import { RemoteError } from '../../src/errors.ts';
import { absent, ifVersion, type Store } from '../../src/store/store.ts';
import * as faults from '../aws/s3/faults.ts';
import { openPlace } from '../aws/s3/place.ts';
import { collect } from '../contract/store.ts';

describe('a create', () => {
  test('whose answer is lost is told written, not conflict', async () => {
    const { s3, store } = await openPlace({ faults: faults.first('PutObject', faults.lostAnswer) });
    expect(await store.put('a', 'mine', absent)).toMatchObject({ outcome: 'written' });
    expect(s3.counts).toEqual({ PutObject: 2, HeadObject: 1 });
  });

  test('whose request is lost is written by the next', async () => {
    const { store } = await openPlace({ faults: faults.first('PutObject', faults.lostRequest) });
    expect(await store.put('a', 'mine', absent)).toMatchObject({ outcome: 'written' });
    expect(await textOf(store, 'a')).toBe('mine');
  });

  test('that lost against another writer of the same length is a conflict', async () => {
    const { s3, store } = await openPlace();
    s3.faults = (call) => {
      // Another one writes while our answer is lost.
      if (call.operation !== 'PutObject' || call.number !== 1) return undefined;
      s3.shelf().keep('lab/a', { bytes: Buffer.from('them'), etag: '"x"', metadata: {} });
      return faults.lostRequest;
    };
    expect(await store.put('a', 'mine', absent)).toEqual({ outcome: 'conflict' });
  });

  test('knows its own bytes also where another program wrote them without a checksum', async () => {
    const { s3, store } = await openPlace();
    s3.shelf().keep('lab/a', { bytes: Buffer.from('mine'), etag: '"x"', metadata: {} });
    expect(await store.put('a', 'mine', absent)).toEqual({ outcome: 'written', version: 'x' });
    expect(await store.put('a', 'thei', absent)).toEqual({ outcome: 'conflict' });
    s3.forgetCounts();
    expect(await store.put('a', 'of another size', absent)).toEqual({ outcome: 'conflict' });
    expect(s3.counts).toEqual({ PutObject: 1, HeadObject: 1 });
  });

  test('is repeated when S3 finds it in conflict with another write (409)', async () => {
    const { s3, store } = await openPlace({
      faults: faults.first('PutObject', faults.conflict, faults.conflict),
    });
    expect(await store.put('a', 'mine', absent)).toMatchObject({ outcome: 'written' });
    expect(s3.counts).toEqual({ PutObject: 3 });
  });

  test('gives up on endless conflicts (409) with words, having written nothing', async () => {
    const { s3, store } = await openPlace({ faults: faults.always('PutObject', faults.conflict) });
    const failure = await store.put('a', 'mine', absent).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(RemoteError);
    expect(String(failure)).toMatch(/s3:\/\/ens\/lab\/a: others write the same object/);
    expect(s3.shelf().keys()).toEqual([]);
  });

  test('of a bucket that does not exist names it', async () => {
    const { store } = await openPlace({}, 's3://nowhere/lab');
    const words = /s3:\/\/nowhere\/lab\/a: there is no such bucket/;
    await expect(store.put('a', 'x', absent)).rejects.toThrow(words);
    await expect(store.put('a', 'x', ifVersion('v'))).rejects.toThrow(words);
    await expect(store.delete('a', 'v')).rejects.toThrow(words);
    await expect(store.get('a')).rejects.toThrow(words);
  });
});

describe('a swap', () => {
  test('whose answer is lost is told written', async () => {
    const { s3, store } = await openPlace();
    const version = await write(store, 'a', 'one');
    s3.faults = faults.first('PutObject', undefined, faults.lostAnswer);
    const outcome = await store.put('a', 'two', ifVersion(version));
    expect(outcome).toMatchObject({ outcome: 'written' });
    expect(await store.put('a', 'three', ifVersion(versionIn(outcome)))).toMatchObject({
      outcome: 'written',
    });
  });

  test('whose answer is lost, and whose repeat is in conflict with another write (409), is told written', async () => {
    const { s3, store } = await openPlace();
    const version = await write(store, 'a', 'one');
    s3.faults = faults.first('PutObject', undefined, faults.lostAnswer, faults.conflict);
    expect(await store.put('a', 'two', ifVersion(version))).toMatchObject({ outcome: 'written' });
    expect(s3.counts.PutObject).toBe(4);
  });

  test('whose answer is lost and which another one won is a conflict', async () => {
    const { s3, store } = await openPlace();
    const version = await write(store, 'a', 'one');
    s3.faults = (call) => {
      if (call.operation !== 'PutObject' || call.number !== 2) return undefined;
      s3.shelf().keep('lab/a', { bytes: Buffer.from('xyz'), etag: '"x"', metadata: {} });
      return faults.lostRequest;
    };
    expect(await store.put('a', 'two', ifVersion(version))).toEqual({ outcome: 'conflict' });
  });

  test('of an old version is a conflict even to the same bytes', async () => {
    const { store } = await openPlace();
    const first = await write(store, 'a', 'one');
    await store.put('a', 'two', ifVersion(first));
    expect(await store.put('a', 'two', ifVersion(first))).toEqual({ outcome: 'conflict' });
  });

  test('is repeated when S3 finds it in conflict with another write (409)', async () => {
    const { s3, store } = await openPlace();
    const version = await write(store, 'a', 'one');
    s3.faults = faults.first('PutObject', undefined, faults.conflict);
    expect(await store.put('a', 'two', ifVersion(version))).toMatchObject({ outcome: 'written' });
    expect(await textOf(store, 'a')).toBe('two');
  });

  test('after a conflict (409) still refuses a version that moved on', async () => {
    const { s3, store } = await openPlace();
    const version = await write(store, 'a', 'one');
    s3.faults = (call) => {
      if (call.operation !== 'PutObject' || call.number !== 2) return undefined;
      s3.shelf().keep('lab/a', { bytes: Buffer.from('xyz'), etag: '"x"', metadata: {} });
      return faults.conflict;
    };
    expect(await store.put('a', 'two', ifVersion(version))).toEqual({ outcome: 'conflict' });
    expect(await textOf(store, 'a')).toBe('xyz');
  });
});

describe('a delete', () => {
  test('whose answer is lost is told done', async () => {
    const { s3, store } = await openPlace();
    const version = await write(store, 'a', 'one');
    s3.faults = faults.first('DeleteObject', faults.lostAnswer);
    expect(await store.delete('a', version)).toBe(true);
  });

  test('whose answer is lost, and whose repeat is in conflict with a write (409), is told done', async () => {
    const { s3, store } = await openPlace();
    const version = await write(store, 'a', 'one');
    s3.faults = faults.first('DeleteObject', faults.lostAnswer, faults.conflict);
    expect(await store.delete('a', version)).toBe(true);
  });

  test('of what another one deleted is told so, also after a conflict (409)', async () => {
    const { s3, store } = await openPlace();
    const version = await write(store, 'a', 'one');
    s3.faults = (call) => {
      if (call.operation !== 'DeleteObject' || call.number !== 1) return undefined;
      s3.shelf().drop('lab/a');
      return faults.conflict;
    };
    expect(await store.delete('a', version)).toBe(false);
  });

  test('is repeated when S3 finds it in conflict with a write (409)', async () => {
    const { s3, store } = await openPlace();
    const version = await write(store, 'a', 'one');
    s3.faults = faults.first('DeleteObject', faults.conflict);
    expect(await store.delete('a', version)).toBe(true);
  });

  test('that is refused is asked once', async () => {
    const { s3, store } = await openPlace({ faults: faults.always('DeleteObject', faults.accessDenied) });
    await expect(store.delete('a', 'v')).rejects.toThrow(/needs s3:DeleteObject/);
    expect(s3.counts).toEqual({ DeleteObject: 1 });
  });
});

describe('a read', () => {
  test('whose body breaks is asked again', async () => {
    const { s3, store } = await openPlace();
    await write(store, 'a', '0123456789');
    s3.faults = faults.first(
      'GetObject',
      { kind: 'broken-body', after: 4 },
      { kind: 'short-body', after: 4 },
    );
    expect(await textOf(store, 'a')).toBe('0123456789');
    expect(s3.counts.GetObject).toBe(3);
  });

  test('whose body always breaks is an error, not a part', async () => {
    const { s3, store } = await openPlace();
    await write(store, 'a', '0123456789');
    s3.faults = faults.always('GetObject', { kind: 'short-body', after: 4 });
    await expect(store.get('a')).rejects.toThrow(/lab\/a: no answer .*broke off 5 times/);
  });

  test('survives requests to slow down', async () => {
    const { s3, store } = await openPlace();
    await write(store, 'a', 'x');
    s3.faults = faults.first('GetObject', faults.slowDown);
    expect(await textOf(store, 'a')).toBe('x');
  });

  test('of a missing object without the right to list says that this looks like a refusal', async () => {
    const { store } = await openPlace({ mayList: false });
    await expect(store.get('a')).rejects.toThrow(
      /not allowed.*s3:GetObject.*s3:\/\/ens\/lab\/a.*s3:ListBucket/,
    );
    await expect(store.stat('a')).rejects.toThrow(/s3:ListBucket/);
  });

  test('that a proxy answers with a page of its own is no missing object', async () => {
    const { store } = await openPlace({
      faults: faults.always('GetObject', { kind: 'foreign', status: 404 }),
    });
    await expect(store.get('a')).rejects.toThrow(/answer \(HTTP 404\) is none of AWS's.*proxy/);
  });

  test('with credentials that have expired says so', async () => {
    const { store } = await openPlace({ faults: faults.always('GetObject', faults.expiredToken) });
    await expect(store.get('a')).rejects.toThrow(/expired.*aws sso login.*request id REF/);
  });

  test('of size and version with expired credentials says so, too, although HEAD gives no reason', async () => {
    const { store } = await openPlace({ faults: () => faults.expiredToken });
    await expect(store.stat('a')).rejects.toThrow(/have expired/);
  });

  test.each(['get', 'stat'] as const)('in a bucket of another region (%s) names both', async (method) => {
    const { store } = await openPlace({ region: 'eu-west-1' });
    await expect(store[method]('a')).rejects.toThrow(/is in eu-west-1, but us-east-1 was asked/);
  });

  test('refused by the bucket is an error with the action', async () => {
    const { store } = await openPlace({ faults: faults.always('ListObjectsV2', faults.accessDenied) });
    await expect(collect(store.list('runs/'))).rejects.toThrow(
      /needs s3:ListBucket on s3:\/\/ens\/lab\/runs\//,
    );
  });
});

describe('two writers', () => {
  test('of one counter are never told the same number when answers are lost and S3 is busy', async () => {
    const { s3, store } = await openPlace();
    await write(store, 'n', '0');
    s3.faults = ({ operation, number }) => {
      if (operation !== 'PutObject') return undefined;
      if (number % 5 === 3) return faults.conflict;
      return number % 7 === 4 ? faults.lostAnswer : undefined;
    };
    const told = await Promise.all([count(store, 'ana', 15), count(store, 'ben', 15)]);
    expect(new Set(told.flat()).size).toBe(30);
  });
});

/** The numbers it has written; signed, so that nobody takes the other's for their own. */
async function count(store: Store, name: string, times: number): Promise<readonly number[]> {
  const told: number[] = [];
  while (told.length < times) {
    const seen = await store.get('n');
    if (seen === undefined) throw new Error('the counter is gone');
    const next = Number.parseInt(Buffer.from(seen.bytes).toString(), 10) + 1;
    const outcome = await store.put('n', `${next} ${name}`, ifVersion(seen.version));
    if (outcome.outcome === 'written') told.push(next);
  }
  return told;
}

function versionIn(outcome: Awaited<ReturnType<Store['put']>>): string {
  if (outcome.outcome !== 'written') throw new Error('not written');
  return outcome.version;
}

const write = async (store: Store, key: string, content: string) =>
  versionIn(await store.put(key, content, absent));

async function textOf(store: Store, key: string): Promise<string | undefined> {
  const object = await store.get(key);
  return object && Buffer.from(object.bytes).toString();
}
