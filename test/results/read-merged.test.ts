import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openMerge } from '../../src/results/merge.ts';
import { readManifest, readOutcomes, readReusable, readWorkIndex } from '../../src/results/read-merged.ts';
import { storeMerged, writeMerged } from '../../src/results/write-merged.ts';
import { openDirectoryStore } from '../../src/store/directory.ts';
import { mergedPrefix } from '../../src/store/keys.ts';
import { absent } from '../../src/store/store.ts';
import {
  bytesOf,
  collected,
  combinations,
  entry,
  fragment,
  keyOf,
  run,
  temporaryFolder,
} from './fixtures.ts';

const output = {
  path: 'a.h5',
  key: `runs/${run}/outputs/alpha0.25/000-job-a-01/a.h5`,
  size: 4,
  sha256: 'ab',
};

/** Three combinations: one succeeded, one failed, one missing; merged, written and put into a store. */
async function published(folder: string) {
  const local = join(folder, 'local');
  mkdirSync(local);
  using merge = await openMerge({
    ...{ run, count: 3, recorded: () => undefined, spillDirectory: folder },
    combinations: () => combinations(3),
  });
  const one = fragment({
    combinations: [
      entry(0, { outputs: [output], results: { dco: 3, 'µ ü 漢': null } }),
      entry(1, { state: 'failed' }),
    ],
  });
  merge.add(keyOf(one), bytesOf(one));
  const store = openDirectoryStore(join(folder, 'store'));
  const set = await writeMerged({
    ...{ outcomes: merge.outcomes(), report: merge.report(), directory: local, url: (key) => store.url(key) },
    run: { id: run, grid: 'demo', commit: null, createdAt: '2026-01-01', outputRules: [], results: ['dco'] },
  });
  await storeMerged(store, run, set);
  return { store, set, place: { run, sha256: set.sha256 }, outcomes: await collected(merge.outcomes()) };
}

test('outcomes are read back as they were merged', async () => {
  using folder = temporaryFolder();
  const { store, place, outcomes } = await published(folder.path);
  expect(await collected(readOutcomes(store, place))).toEqual(outcomes);
});

test('the manifest is read back', async () => {
  using folder = temporaryFolder();
  const { store, place } = await published(folder.path);
  expect(await collected(readManifest(store, place))).toMatchObject([{ index: 0, ...output, run }]);
});

test('the work index is read back', async () => {
  using folder = temporaryFolder();
  const { store, place } = await published(folder.path);
  expect(await collected(readWorkIndex(store, place))).toMatchObject([{ work: 'work-0', outputs: [output] }]);
});

test('a set is stored again without harm', async () => {
  using folder = temporaryFolder();
  const { store, set } = await published(folder.path);
  await storeMerged(store, run, set);
  const key = `${mergedPrefix(run, set.sha256)}manifest.jsonl`;
  const manifest = set.files.find(({ name }) => name === 'manifest.jsonl');
  expect(Buffer.from((await store.get(key))?.bytes ?? [])).toEqual(readFileSync(manifest?.path ?? ''));
});

test.each([
  ['a shorter text', () => 'x'],
  ['another text of the same length', (manifest: string) => manifest.replace(/^./, 'x')],
  ['a longer text', (manifest: string) => `${manifest}x`],
])('a set whose place holds %s is not passed over', async (_, other) => {
  using folder = temporaryFolder();
  const { store, set } = await published(folder.path);
  const moved = { ...set, sha256: '0'.repeat(64) };
  const manifest = set.files.find(({ name }) => name === 'manifest.jsonl');
  const text = readFileSync(manifest?.path ?? '', 'utf8');
  await store.put(`${mergedPrefix(run, moved.sha256)}manifest.jsonl`, other(text), absent);
  await expect(storeMerged(store, run, moved)).rejects.toThrow(/manifest\.jsonl has other content/);
});

test('of the wanted outcomes only what succeeded may be taken over', async () => {
  using folder = temporaryFolder();
  const { store, place, outcomes } = await published(folder.path);
  const reusable = await collected(readReusable(store, place, new Set([0, 1, 2])));
  expect(reusable.map(({ from }) => from)).toEqual([0]);
  expect(reusable[0]?.outcome).toEqual({
    source: outcomes[0]?.source,
    ...{ work: 'work-0', command: ['simulate', 'alpha0.25'], outputs: [output] },
    results: { dco: 3, 'µ ü 漢': null },
    usage: entry(0).usage,
    ...{ startedAt: '2026-01-01T00:00:00.000Z', endedAt: '2026-01-01T00:00:10.000Z' },
  });
});

test('what nobody wants is not taken over', async () => {
  using folder = temporaryFolder();
  const { store, place } = await published(folder.path);
  expect(await collected(readReusable(store, place, new Set([1])))).toEqual([]);
});

test('a run that was never published is said to be missing', async () => {
  using folder = temporaryFolder();
  const store = openDirectoryStore(folder.path);
  await expect(collected(readOutcomes(store, { run, sha256: 'none' }))).rejects.toThrow(
    /was the run published/,
  );
});

test('a damaged line is named', async () => {
  using folder = temporaryFolder();
  const store = openDirectoryStore(join(folder.path, 'store'));
  const path = join(folder.path, 'manifest.jsonl');
  writeFileSync(path, '{"index":0}\n');
  await store.putFile(`${mergedPrefix(run, 'x')}manifest.jsonl`, path);
  await expect(collected(readManifest(store, { run, sha256: 'x' }))).rejects.toThrow(
    /manifest\.jsonl, line 1/,
  );
});

test('lines longer than a block are read whole', async () => {
  using folder = temporaryFolder();
  const store = openDirectoryStore(join(folder.path, 'store'));
  const line = (work: string) => ({ work, index: 0, id: 'x', outputs: [] });
  // Characters of two bytes, so that some block ends inside one.
  const long = [line('ü'.repeat(3 << 20)), line(`x${'ü'.repeat(3 << 20)}`), line('last')];
  const path = join(folder.path, 'works');
  writeFileSync(path, long.map((each) => `${JSON.stringify(each)}\n`).join(''));
  await store.putFile(`${mergedPrefix(run, 'x')}work-index.jsonl`, path);
  const read = await collected(readWorkIndex(store, { run, sha256: 'x' }));
  expect(read.every(({ work }, index) => work === long[index]?.work)).toBe(true);
  expect(read).toHaveLength(3);
});
