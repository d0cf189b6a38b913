import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ConfigurationError } from '../../src/errors.ts';
import { absent, type Entry, ifVersion, type PutOutcome, type Store } from '../../src/store/store.ts';

/** A store for one suite, and how to clear it away. */
export interface StoreUnderTest {
  readonly store: Store;
  dispose(): Promise<void>;
}

/**
 * What every store promises (src/store/store.ts); run against each implementation.
 * @param beyond keys that the service behind this store cannot hold, although its original can.
 */
export function describeStore(
  name: string,
  make: () => Promise<StoreUnderTest>,
  beyond: readonly string[] = [],
): void {
  describe(`${name} keeps the store contract`, () => {
    let opened: StoreUnderTest;
    let store: Store;
    let local: string;
    let count = 0;
    /** A prefix of its own for each test. */
    const fresh = () => {
      count += 1;
      return `t${String(count).padStart(3, '0')}/`;
    };

    beforeAll(async () => {
      opened = await make();
      store = opened.store;
      local = await mkdtemp(join(tmpdir(), 'muster-store-'));
    });
    afterAll(async () => {
      await opened.dispose();
      await rm(local, { recursive: true, force: true });
    });

    describe('reading', () => {
      test('gives back the bytes that were put', async () => {
        const key = `${fresh()}a.bin`;
        const bytes = Uint8Array.from({ length: 256 }, (_, index) => index);
        await put(store, key, bytes);
        expect(Buffer.from((await store.get(key))?.bytes ?? [])).toEqual(Buffer.from(bytes));
      });

      test('gives back text as UTF-8', async () => {
        const key = `${fresh()}a.txt`;
        await put(store, key, 'λ = 0.5 ☉');
        expect(await text(store, key)).toBe('λ = 0.5 ☉');
      });

      test('gives the same version that the write returned', async () => {
        const key = `${fresh()}a`;
        const version = await put(store, key, 'x');
        expect((await store.get(key))?.version).toBe(version);
        expect((await store.stat(key))?.version).toBe(version);
      });

      test('finds nothing where nothing was written', async () => {
        const key = `${fresh()}nothing`;
        expect(await store.get(key)).toBeUndefined();
        expect(await store.stat(key)).toBeUndefined();
      });

      test('takes no folder for an object', async () => {
        const at = fresh();
        await put(store, `${at}folder/a`, 'x');
        expect(await store.get(`${at}folder`)).toBeUndefined();
        expect(await store.stat(`${at}folder`)).toBeUndefined();
      });

      test('finds nothing below an object', async () => {
        const at = fresh();
        await put(store, `${at}a`, 'x');
        expect(await store.get(`${at}a/b`)).toBeUndefined();
      });

      test('holds empty objects', async () => {
        const key = `${fresh()}empty`;
        await put(store, key, '');
        expect((await store.get(key))?.bytes.length).toBe(0);
        expect((await store.stat(key))?.size).toBe(0);
      });

      test('holds an object of 5 MB', async () => {
        const key = `${fresh()}large`;
        const bytes = Buffer.alloc(5_000_000, 'muster ');
        await put(store, key, bytes);
        expect(Buffer.from((await store.get(key))?.bytes ?? []).equals(bytes)).toBe(true);
      });

      test.each([
        { start: 2, end: 5, gives: '234' },
        { start: 0, end: 1, gives: '0' },
        { start: 7, end: 100, gives: '789' },
        { start: 10, end: 20, gives: '' },
        { start: 4, end: 4, gives: '' },
      ])('reads the range [$start, $end) of ten bytes as "$gives"', async ({ start, end, gives }) => {
        const key = `${fresh()}range`;
        await put(store, key, '0123456789');
        const part = await store.get(key, { start, end });
        expect(Buffer.from(part?.bytes ?? []).toString()).toBe(gives);
      });

      test('gives the version of the whole object with a range', async () => {
        const key = `${fresh()}range`;
        const version = await put(store, key, '0123456789');
        expect((await store.get(key, { start: 1, end: 2 }))?.version).toBe(version);
      });
    });

    describe('create-only', () => {
      test('refuses a second writer and keeps the first bytes', async () => {
        const key = `${fresh()}once`;
        await put(store, key, 'first');
        expect(await store.put(key, 'other', absent)).toEqual({ outcome: 'conflict' });
        expect(await text(store, key)).toBe('first');
      });

      test('recognises its own earlier write by its bytes', async () => {
        const key = `${fresh()}once`;
        const version = await put(store, key, 'mine');
        expect(await store.put(key, 'mine', absent)).toEqual({ outcome: 'written', version });
      });

      test('refuses other bytes of the same length', async () => {
        const key = `${fresh()}once`;
        await put(store, key, 'mine');
        expect(await store.put(key, 'thei', absent)).toEqual({ outcome: 'conflict' });
      });

      test('lets exactly one of 20 writers win', async () => {
        const key = `${fresh()}race`;
        const outcomes = await Promise.all(
          range(20).map((writer) => store.put(key, `writer ${writer}`, absent)),
        );
        const winners = range(20).filter((writer) => outcomes[writer]?.outcome === 'written');
        expect(winners).toHaveLength(1);
        expect(await text(store, key)).toBe(`writer ${winners[0]}`);
      });
    });

    describe('compare-and-swap', () => {
      test('replaces the version it names', async () => {
        const key = `${fresh()}state`;
        const first = await put(store, key, 'one');
        const second = written(await store.put(key, 'two', ifVersion(first)));
        expect(second).not.toBe(first);
        expect(await text(store, key)).toBe('two');
        expect((await store.stat(key))?.version).toBe(second);
      });

      test('refuses a version that was replaced', async () => {
        const key = `${fresh()}state`;
        const first = await put(store, key, 'one');
        await store.put(key, 'two', ifVersion(first));
        expect(await store.put(key, 'three', ifVersion(first))).toEqual({ outcome: 'conflict' });
        expect(await text(store, key)).toBe('two');
      });

      test('refuses a version of an object that is not there', async () => {
        const at = fresh();
        const version = await put(store, `${at}a`, 'x');
        expect(await store.put(`${at}b`, 'y', ifVersion(version))).toEqual({ outcome: 'conflict' });
        expect(await store.get(`${at}b`)).toBeUndefined();
      });

      test('refuses the version of an object deleted since', async () => {
        const key = `${fresh()}state`;
        const version = await put(store, key, 'one');
        await store.delete(key, version);
        expect(await store.put(key, 'two', ifVersion(version))).toEqual({ outcome: 'conflict' });
        expect(await store.get(key)).toBeUndefined();
      });

      test.each([1, 2, 7])('lets exactly one of 20 writers win on version %i', async (depth) => {
        const key = `${fresh()}race`;
        const version = await putMany(store, key, depth);
        const outcomes = await Promise.all(
          range(20).map((writer) => store.put(key, `writer ${writer}`, ifVersion(version))),
        );
        const winners = range(20).filter((writer) => outcomes[writer]?.outcome === 'written');
        expect(winners).toHaveLength(1);
        expect(await text(store, key)).toBe(`writer ${winners[0]}`);
      });

      test('loses no increment of 8 concurrent counters', async () => {
        const key = `${fresh()}counter`;
        await put(store, key, '0');
        await Promise.all(range(8).map(() => incrementTimes(store, key, 5)));
        expect(await text(store, key)).toBe('40');
      });

      test('shows only the newest version after many', async () => {
        const at = fresh();
        const version = await putMany(store, `${at}state`, 25);
        expect(await collect(store.list(at))).toEqual([
          { key: `${at}state`, size: 'version 25'.length, version },
        ]);
      });
    });

    describe('deleting', () => {
      test('removes the object from get, stat and list', async () => {
        const at = fresh();
        const version = await put(store, `${at}a`, 'x');
        expect(await store.delete(`${at}a`, version)).toBe(true);
        expect(await store.get(`${at}a`)).toBeUndefined();
        expect(await store.stat(`${at}a`)).toBeUndefined();
        expect(await collect(store.list(at))).toEqual([]);
      });

      test('leaves an object whose version moved on', async () => {
        const key = `${fresh()}a`;
        const first = await put(store, key, 'one');
        await store.put(key, 'two', ifVersion(first));
        expect(await store.delete(key, first)).toBe(false);
        expect(await text(store, key)).toBe('two');
      });

      test('says false the second time', async () => {
        const key = `${fresh()}a`;
        const version = await put(store, key, 'x');
        await store.delete(key, version);
        expect(await store.delete(key, version)).toBe(false);
      });

      test('makes room for a new object, other bytes included', async () => {
        const key = `${fresh()}a`;
        await store.delete(key, await put(store, key, 'old'));
        await put(store, key, 'new');
        expect(await text(store, key)).toBe('new');
      });

      test('of the old object spares the new one', async () => {
        const key = `${fresh()}a`;
        const old = await put(store, key, 'old');
        await store.delete(key, old);
        await put(store, key, 'new');
        expect(await store.delete(key, old)).toBe(false);
        expect(await text(store, key)).toBe('new');
      });

      test('lets exactly one of 20 recreate', async () => {
        const key = `${fresh()}a`;
        await store.delete(key, await put(store, key, 'old'));
        const outcomes = await Promise.all(
          range(20).map((writer) => store.put(key, `writer ${writer}`, absent)),
        );
        expect(outcomes.filter((one) => one.outcome === 'written')).toHaveLength(1);
      });
    });

    describe('listing', () => {
      test('follows the bytes of whole keys: "/" is a character like any other', async () => {
        const at = fresh();
        const names = ['a/b', 'a-b', 'a.b', 'a0', 'ab/c', 'b', 'a/b0', 'Z', 'a!/x'];
        for (const one of names) await put(store, `${at}${one}`, one);
        expect(await keys(store, at)).toEqual(byBytes(names.map((one) => `${at}${one}`)));
      });

      test('follows UTF-8 and not UTF-16', async () => {
        const at = fresh();
        const names = ['\u{1F52D}', '\uFF5E', 'é', 'z', '\u{1F52E}/x'];
        for (const one of names) await put(store, `${at}${one}`, one);
        expect(await keys(store, at)).toEqual(byBytes(names.map((one) => `${at}${one}`)));
      });

      test('gives sizes and versions', async () => {
        const at = fresh();
        const version = await put(store, `${at}a`, 'four');
        expect(await collect(store.list(at))).toEqual([{ key: `${at}a`, size: 4, version }]);
      });

      test('cuts prefixes anywhere, not only at folders', async () => {
        const at = fresh();
        for (const one of ['run-1/a', 'run-1/b', 'run-10/a', 'run-2/a']) await put(store, `${at}${one}`, 'x');
        expect(await keys(store, `${at}run-1`)).toEqual([`${at}run-1/a`, `${at}run-1/b`, `${at}run-10/a`]);
        expect(await keys(store, `${at}run-1/`)).toEqual([`${at}run-1/a`, `${at}run-1/b`]);
        expect(await keys(store, `${at}run-1/b`)).toEqual([`${at}run-1/b`]);
      });

      test('finds nothing under a prefix nobody used', async () => {
        expect(await keys(store, `${fresh()}nothing/here`)).toEqual([]);
      });

      test('goes on after any key, written or not', async () => {
        const at = fresh();
        const names = ['a-b', 'a/b', 'a/d', 'a0', 'c/e'];
        for (const one of names) await put(store, `${at}${one}`, 'x');
        const sorted = byBytes(names.map((one) => `${at}${one}`));
        for (const after of [...sorted, `${at}a/c`, `${at}a`, `${at}a/`, at, `${at}zzz`, '']) {
          const rest = sorted.filter((key) => Buffer.compare(Buffer.from(key), Buffer.from(after)) > 0);
          expect(await keys(store, at, after), `after ${after}`).toEqual(rest);
        }
      });

      test('goes through more than a page', async () => {
        const at = fresh();
        const wanted = range(1100).map((one) => `${at}${String(one).padStart(5, '0')}`);
        for (const key of wanted) await put(store, key, key);
        expect(await keys(store, at)).toEqual(wanted);
      });

      test('may be left early', async () => {
        const at = fresh();
        for (const one of ['a', 'b', 'c']) await put(store, `${at}${one}`, 'x');
        for await (const entry of store.list(at)) {
          expect(entry.key).toBe(`${at}a`);
          break;
        }
      });
    });

    describe('files', () => {
      test('are copied in and out with their SHA-256', async () => {
        const key = `${fresh()}out/table.h5`;
        const bytes = Buffer.alloc(3_000_000, 'binary black hole ');
        const sha256 = createHash('sha256').update(bytes).digest('hex');
        const outcome = await store.putFile(key, await localFile('in', bytes));
        expect(outcome).toMatchObject({ outcome: 'written', size: bytes.length, sha256 });
        expect(await store.stat(key)).toMatchObject({ size: bytes.length, sha256 });
        expect(await store.getFile(key, join(local, 'out'))).toBe(true);
        expect((await readFile(join(local, 'out'))).equals(bytes)).toBe(true);
      });

      test('do not change with their source', async () => {
        const key = `${fresh()}a`;
        const source = await localFile('source', 'before');
        await store.putFile(key, source);
        await writeFile(source, 'after!');
        expect(await text(store, key)).toBe('before');
      });

      test('are recognised as own earlier writes', async () => {
        const key = `${fresh()}a`;
        const first = await store.putFile(key, await localFile('same', 'same'));
        expect(await store.putFile(key, await localFile('same', 'same'))).toEqual(first);
      });

      test('never replace what is there', async () => {
        const key = `${fresh()}a`;
        await store.putFile(key, await localFile('one', 'one'));
        expect(await store.putFile(key, await localFile('two', 'two'))).toEqual({ outcome: 'conflict' });
        expect(await text(store, key)).toBe('one');
      });

      test('may be empty', async () => {
        const key = `${fresh()}a`;
        await store.putFile(key, await localFile('empty', ''));
        const sha256 = createHash('sha256').digest('hex');
        expect(await store.stat(key)).toMatchObject({ size: 0, sha256 });
      });

      test('that are not there are not fetched', async () => {
        expect(await store.getFile(`${fresh()}none`, join(local, 'none'))).toBe(false);
      });

      test('lose their checksum when they are overwritten', async () => {
        const key = `${fresh()}a`;
        const first = await store.putFile(key, await localFile('one', 'one'));
        if (first.outcome !== 'written') throw new Error('not written');
        await store.put(key, 'two', ifVersion(first.version));
        const stat = await store.stat(key);
        expect([undefined, createHash('sha256').update('two').digest('hex')]).toContain(stat?.sha256);
      });

      const localFile = async (file: string, content: string | Buffer) => {
        const path = join(local, file);
        await writeFile(path, content);
        return path;
      };
    });

    describe('keys', () => {
      const odd = [
        'ünïcode/日本語/\u{1F30C}',
        'spaces and\ttabs\n',
        'controls \r\u0001\u007F',
        'percent%20 plus+ question? hash# amp& quote" \' back\\slash',
        '.hidden/..almost/...',
        'a:b|c<d>e*f',
        '-starts-with-dash',
        'alpha0.569_lambda0.10_kick217_Z0.01420_fa0.50',
        `${'n'.repeat(200)}/${'m'.repeat(200)}`,
      ];
      test.each(odd.filter((key) => !beyond.includes(key)))('may be %j', async (name) => {
        const at = fresh();
        await put(store, `${at}${name}`, 'x');
        expect(await text(store, `${at}${name}`)).toBe('x');
        expect(await keys(store, at)).toEqual([`${at}${name}`]);
      });

      test.each([
        '',
        '/absolute',
        'a//b',
        'a/',
        '../up',
        'a/../b',
        'a/./b',
        '..',
        'nul\0',
        '\ud800',
        'k'.repeat(1025),
      ])('may not be %j', async (key) => {
        await expect(store.get(key)).rejects.toThrow(ConfigurationError);
        await expect(store.put(key, 'x', absent)).rejects.toThrow(ConfigurationError);
        await expect(store.stat(key)).rejects.toThrow(ConfigurationError);
        await expect(store.delete(key, '1')).rejects.toThrow(ConfigurationError);
      });

      test('of other folders are no prefixes', async () => {
        await expect(keys(store, '../')).rejects.toThrow(ConfigurationError);
        await expect(keys(store, '/etc/')).rejects.toThrow(ConfigurationError);
      });
    });

    test('the location has no slash at its end', () => {
      expect(store.location).toMatch(/^[a-z0-9]+:\/\/.*[^/]$/);
    });

    test('a link holds the key', () => {
      expect(decodeURIComponent(store.url('runs/a/run.json'))).toContain('runs/a/run.json');
    });
  });
}

function written(outcome: PutOutcome): string {
  if (outcome.outcome !== 'written') throw new Error(`expected a write, got ${outcome.outcome}`);
  return outcome.version;
}

const put = async (store: Store, key: string, bytes: Uint8Array | string) =>
  written(await store.put(key, bytes, absent));

async function putMany(store: Store, key: string, depth: number): Promise<string> {
  let version = await put(store, key, 'version 1');
  for (let next = 2; next <= depth; next++) {
    version = written(await store.put(key, `version ${next}`, ifVersion(version)));
  }
  return version;
}

async function incrementTimes(store: Store, key: string, times: number): Promise<void> {
  for (let done = 0; done < times; ) {
    const seen = await store.get(key);
    if (seen === undefined) throw new Error(`${key} is gone`);
    const next = String(Number(Buffer.from(seen.bytes).toString()) + 1);
    if ((await store.put(key, next, ifVersion(seen.version))).outcome === 'written') done += 1;
  }
}

/** Everything a listing gives. */
export async function collect(entries: AsyncIterable<Entry>): Promise<readonly Entry[]> {
  const found: Entry[] = [];
  for await (const entry of entries) found.push(entry);
  return found;
}

async function text(store: Store, key: string): Promise<string | undefined> {
  const object = await store.get(key);
  return object === undefined ? undefined : Buffer.from(object.bytes).toString();
}

const keys = async (store: Store, prefix: string, after = '') =>
  (await collect(store.list(prefix, { after }))).map((entry) => entry.key);
const range = (length: number) => Array.from({ length }, (_, index) => index);
const byBytes = (list: readonly string[]) =>
  [...list].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
