import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ConfigurationError, RemoteError } from '../../src/errors.ts';
import { openDirectoryStore } from '../../src/store/directory.ts';
import { openStore } from '../../src/store/open.ts';
import { absent, ifVersion, type Store } from '../../src/store/store.ts';
import { collect } from '../contract/store.ts';

let root: string;
let store: Store;
const at = (path: string) => join(root, path);

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'muster-folder-'));
  store = openDirectoryStore(root);
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

describe('what a person finds in the folder', () => {
  test('an object is a plain file under its key', async () => {
    await store.put('runs/a/run.json', '{}', absent);
    expect(readFileSync(at('runs/a/run.json'), 'utf8')).toBe('{}');
  });

  test('an overwritten object shows its newest bytes', async () => {
    await overwrite('state.json', ['one', 'two', 'three']);
    expect(readFileSync(at('state.json'), 'utf8')).toBe('three');
  });

  test('a deleted object is not there', async () => {
    const version = await overwrite('active/a', ['one']);
    await store.delete('active/a', version);
    expect(existsSync(at('active/a'))).toBe(false);
  });

  test('an object made again after its deletion is there', async () => {
    await store.delete('active/a', await overwrite('active/a', ['one']));
    await store.put('active/a', 'two', absent);
    expect(readFileSync(at('active/a'), 'utf8')).toBe('two');
  });

  test('opening touches nothing', () => {
    openDirectoryStore(at('new'));
    expect(existsSync(at('new'))).toBe(false);
  });
});

describe('what a kill leaves', () => {
  test('a file that was never linked is no object', async () => {
    mkdirSync(at('.muster/staging'), { recursive: true });
    writeFileSync(at('.muster/staging/1-abc-1'), 'half');
    expect(await collect(store.list(''))).toEqual([]);
    expect((await store.put('a', 'x', absent)).outcome).toBe('written');
  });

  test('an abandoned file goes after a day, a younger one stays', async () => {
    mkdirSync(at('.muster/staging/chain-old'), { recursive: true });
    writeFileSync(at('.muster/staging/old'), 'half');
    writeFileSync(at('.muster/staging/young'), 'half');
    const yesterday = new Date(Date.now() - 25 * 3600 * 1000);
    utimesSync(at('.muster/staging/old'), yesterday, yesterday);
    utimesSync(at('.muster/staging/chain-old'), yesterday, yesterday);
    await store.put('a', 'x', absent);
    expect(['old', 'chain-old', 'young'].filter((name) => existsSync(at(`.muster/staging/${name}`)))).toEqual(
      ['young'],
    );
  });

  test('a plain file that still shows an older version is not believed', async () => {
    const version = await overwrite('state.json', ['one', 'two']);
    rmSync(at('state.json'));
    writeFileSync(at('state.json'), 'one');
    expect(Buffer.from((await store.get('state.json'))?.bytes ?? []).toString()).toBe('two');
    expect(await store.stat('state.json')).toMatchObject({ version, size: 3 });
  });

  test('an object whose plain file was not shown yet is listed and read', async () => {
    const version = await overwrite('b/state.json', ['one', 'two']);
    rmSync(at('b/state.json'));
    expect(await collect(store.list('b'))).toEqual([{ key: 'b/state.json', size: 3, version }]);
    expect((await store.get('b/state.json'))?.version).toBe(version);
  });

  test("a plain file left after the deletion is no object and in nobody's way", async () => {
    await store.delete('active/a', await overwrite('active/a', ['one']));
    writeFileSync(at('active/a'), 'one');
    expect(await store.get('active/a')).toBeUndefined();
    expect(await store.stat('active/a')).toBeUndefined();
    expect(await collect(store.list('active/'))).toEqual([]);
    expect((await store.put('active/a', 'two', absent)).outcome).toBe('written');
    expect(readFileSync(at('active/a'), 'utf8')).toBe('two');
  });

  test('a copy without its checksum gets it when the copy is repeated', async () => {
    writeFileSync(at('source'), 'bytes');
    await store.putFile('out/a', at('source'));
    rmSync(at('.muster/sha256'), { recursive: true });
    await store.putFile('out/a', at('source'));
    expect((await store.stat('out/a'))?.sha256).toMatch(/^[0-9a-f]{64}$/);
  });
});

describe('what a folder cannot do is said', () => {
  test('an object below another object', async () => {
    await store.put('a', 'x', absent);
    await expect(store.put('a/b', 'y', absent)).rejects.toThrow(RemoteError);
  });

  test('an object where a folder is', async () => {
    await store.put('a/b', 'x', absent);
    await expect(store.put('a', 'y', absent)).rejects.toThrow(/put a: there is a folder .* of this name/);
  });

  test('a folder takes the name of a deleted object', async () => {
    await store.delete('a', await overwrite('a', ['x']));
    const version = await overwrite('a/b', ['one', 'two']);
    expect(await collect(store.list(''))).toEqual([{ key: 'a/b', size: 3, version }]);
  });

  test('a name longer than the file system allows', async () => {
    await expect(store.put(`a/${'é'.repeat(127)}`, 'x', absent)).rejects.toThrow(/253 bytes/);
    expect((await store.put(`a/${'x'.repeat(253)}`, 'one', absent)).outcome).toBe('written');
  });

  test("keys of the store's own folder", async () => {
    await expect(store.put('.muster/staging/x', 'x', absent)).rejects.toThrow(ConfigurationError);
  });

  test.skipIf(process.getuid?.() === 0)(
    'a folder one may not write to, as a remote error with its cause',
    async () => {
      chmodSync(root, 0o500);
      const failure = await store.put('a', 'x', absent).catch((error: unknown) => error);
      chmodSync(root, 0o700);
      expect(failure).toBeInstanceOf(RemoteError);
      expect(failure).toMatchObject({
        message: expect.stringContaining('permission denied'),
        cause: { code: 'EACCES' },
      });
    },
  );
});

describe('store URLs', () => {
  test('a file URL and a plain path name the same store', async () => {
    expect((await openStore(`file://${root}/`)).location).toBe((await openStore(root)).location);
  });

  test('an unknown scheme is refused with the known ones', async () => {
    await expect(openStore('gopher://x/y', 'muster.yaml')).rejects.toThrow(
      /muster.yaml: the store gopher.*\n.*file:\/\//,
    );
  });

  test.each(['', 'file://host/path', 'FILE://elsewhere/x'])('%j is refused', async (url) => {
    await expect(openStore(url)).rejects.toThrow(ConfigurationError);
  });

  test('spaces and percent signs survive', async () => {
    const odd = openDirectoryStore(at('a b%20c'));
    await odd.put('k', 'x', absent);
    expect(await (await openStore(odd.location)).get('k')).toBeDefined();
  });
});

async function overwrite(key: string, texts: readonly string[]): Promise<string> {
  let version = '';
  for (const text of texts) {
    const outcome = await store.put(key, text, version === '' ? absent : ifVersion(version));
    if (outcome.outcome !== 'written') throw new Error('not written');
    version = outcome.version;
  }
  return version;
}
