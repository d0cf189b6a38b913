import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { fetchFiles, partialOf } from '../../src/results/fetch.ts';
import { writeLocalMetadata } from '../../src/results/local-metadata.ts';
import { localPath } from '../../src/results/local-path.ts';
import type { Outcome } from '../../src/results/outcome.ts';
import { type FetchSelection, planFetch } from '../../src/results/plan-fetch.ts';
import { verifyFetched, verifyStored } from '../../src/results/verify-files.ts';
import { openDirectoryStore } from '../../src/store/directory.ts';
import { absent, type Store } from '../../src/store/store.ts';
import { combination, run, temporaryFolder } from './fixtures.ts';

const source = { run, round: 0, slice: 0, job: 'j', attempt: 1, host: 'h', image: 'i', worker: 'w' };

const contentOf = (index: number, path: string) => `${path} of ${index}`;

const record = (index: number, path: string) => {
  const content = contentOf(index, path);
  return {
    ...{ path, key: `runs/${run}/outputs/alpha${index}/${path}`, size: content.length },
    sha256: createHash('sha256').update(content).digest('hex'),
  };
};

const outcome = (index: number, paths: readonly string[]): Outcome => ({
  ...{ combination: combination(index), state: 'succeeded', source, command: [], results: {} },
  outputs: paths.map((path) => record(index, path)),
  ...{ attempts: 1, wastedSeconds: 0, cost: null },
});

const outcomes: readonly Outcome[] = [
  outcome(0, ['a.h5', 'logs/program.log.gz']),
  outcome(1, ['a.h5']),
  { ...outcome(2, []), state: 'missing' },
];

async function storeWith(path: string, all = outcomes): Promise<Store> {
  const store = openDirectoryStore(path);
  for (const { combination, outputs } of all) {
    for (const output of outputs)
      await store.put(output.key, contentOf(combination.index, output.path), absent);
  }
  return store;
}

/** A store with the outputs, and an empty folder to fetch into. */
async function scene(folder: string, selection: FetchSelection = {}) {
  const store = await storeWith(join(folder, 'store'));
  return { store, target: join(folder, 'target'), plan: await planFetch(outcomes, selection) };
}

const pathsOf = (files: readonly { readonly label: string; readonly path: string }[]) =>
  files.map(({ label, path }) => `${label}/${path}`);

const treeOf = (target: string) =>
  readdirSync(target, { recursive: true, withFileTypes: true })
    .filter((each) => each.isFile())
    .map((each) => join(each.parentPath, each.name).slice(target.length + 1))
    .toSorted();

test('a plan lists all files with their size', async () => {
  const plan = await planFetch(outcomes, {});
  expect(pathsOf(plan.files)).toEqual(['alpha0.25/a.h5', 'alpha0.25/logs/program.log.gz', 'alpha0.5/a.h5']);
  expect(plan.bytes).toBe('a.h5 of 0'.length + 'logs/program.log.gz of 0'.length + 'a.h5 of 1'.length);
  expect(plan.combinations).toBe(2);
});

test.each([
  ['*.h5', ['alpha0.25/a.h5', 'alpha0.5/a.h5']],
  ['*.gz', ['alpha0.25/logs/program.log.gz']],
  ['logs/*', ['alpha0.25/logs/program.log.gz']],
  ['other/*.h5', []],
])('only %s', async (only, expected) => {
  expect(pathsOf((await planFetch(outcomes, { only })).files)).toEqual(expected);
});

test('a plan takes the combinations that a predicate wants', async () => {
  const plan = await planFetch(outcomes, { where: ({ parameters }) => parameters.alpha === 0.5 });
  expect(pathsOf(plan.files)).toEqual(['alpha0.5/a.h5']);
});

test('files arrive in a readable tree and nothing else does', async () => {
  using folder = temporaryFolder();
  const { store, plan, target } = await scene(folder.path);
  expect(await fetchFiles(store, plan, target)).toEqual({ fetched: 3, kept: 0, problems: [] });
  expect(treeOf(target)).toEqual(['alpha0.25/a.h5', 'alpha0.25/logs/program.log.gz', 'alpha0.5/a.h5']);
  expect(readFileSync(join(target, 'alpha0.5/a.h5'), 'utf8')).toBe('a.h5 of 1');
});

test('progress counts files and bytes up to the plan', async () => {
  using folder = temporaryFolder();
  const { store, plan, target } = await scene(folder.path);
  const seen: (readonly [number, number])[] = [];
  await fetchFiles(store, plan, target, { onProgress: ({ files, bytes }) => seen.push([files, bytes]) });
  expect(seen.map(([files]) => files)).toEqual([1, 2, 3]);
  expect(seen.at(-1)).toEqual([3, plan.bytes]);
});

test('what is there with the right bytes is not fetched again', async () => {
  using folder = temporaryFolder();
  const { store, plan, target } = await scene(folder.path);
  await fetchFiles(store, plan, target);
  const before = statSync(join(target, 'alpha0.25/a.h5')).ino;
  expect(await fetchFiles(store, plan, target)).toEqual({ fetched: 0, kept: 3, problems: [] });
  expect(statSync(join(target, 'alpha0.25/a.h5')).ino).toBe(before);
});

test('a local file of the right size with other bytes is fetched again', async () => {
  using folder = temporaryFolder();
  const { store, plan, target } = await scene(folder.path);
  await fetchFiles(store, plan, target);
  writeFileSync(join(target, 'alpha0.5/a.h5'), 'A.H5 OF 1');
  expect(await fetchFiles(store, plan, target)).toMatchObject({ fetched: 1, kept: 2 });
  expect(readFileSync(join(target, 'alpha0.5/a.h5'), 'utf8')).toBe('a.h5 of 1');
});

test('what a killed download left behind is in nobody’s way', async () => {
  using folder = temporaryFolder();
  const { store, plan, target } = await scene(folder.path);
  mkdirSync(join(target, 'alpha0.5'), { recursive: true });
  writeFileSync(partialOf(join(target, 'alpha0.5/a.h5')), 'a.h');
  const strict: Store = {
    ...store,
    getFile: async (key, path) => {
      expect(existsSync(path)).toBe(false);
      return store.getFile(key, path);
    },
  };
  await fetchFiles(strict, plan, target);
  expect(treeOf(target)).toEqual(['alpha0.25/a.h5', 'alpha0.25/logs/program.log.gz', 'alpha0.5/a.h5']);
});

test('an object that differs from the manifest never gets its name', async () => {
  using folder = temporaryFolder();
  const { store, plan, target } = await scene(folder.path);
  const files = plan.files.map((file, index) => (index === 2 ? { ...file, sha256: '0'.repeat(64) } : file));
  const report = await fetchFiles(store, { ...plan, files }, target);
  expect(report).toMatchObject({
    fetched: 2,
    problems: [{ reason: expect.stringMatching(/not what the manifest says/) }],
  });
  expect(treeOf(target)).toEqual(['alpha0.25/a.h5', 'alpha0.25/logs/program.log.gz']);
});

test('an object that is gone is named and does not stop the others', async () => {
  using folder = temporaryFolder();
  const { store, plan, target } = await scene(folder.path);
  const files = plan.files.map((file, index) => (index === 0 ? { ...file, key: 'runs/gone' } : file));
  const report = await fetchFiles(store, { ...plan, files }, target);
  expect(report).toMatchObject({
    fetched: 2,
    problems: [{ reason: expect.stringMatching(/runs\/gone is missing/) }],
  });
});

test.each([
  ['..', 'a'],
  ['a/../../b', 'c'],
  ['a', '../../b'],
  ['/etc', 'passwd'],
  ['a', '/etc/passwd'],
  ['a//b', 'c'],
  ['a', ''],
  ['.', 'a'],
  ['a', '..\\b'],
  ['a', 'b\u0000c'],
  ['C:', 'a'],
])('label %j with path %j cannot leave the target', async (label, path) => {
  using folder = temporaryFolder();
  expect(localPath(join(folder.path, 'deep', 'target'), label, path).kind).toBe('refused');
});

test('a refused file is a problem, and nothing is written for it', async () => {
  using folder = temporaryFolder();
  const { store, plan, target } = await scene(folder.path);
  const files = plan.files.slice(0, 1).map((file) => ({ ...file, path: '../../escaped' }));
  const report = await fetchFiles(store, { ...plan, files }, target);
  expect(report.problems).toHaveLength(1);
  expect(existsSync(join(folder.path, 'escaped'))).toBe(false);
});

test('a folder where a file belongs, or a file where a folder does, is a problem of that file only', async () => {
  using folder = temporaryFolder();
  const { store, plan, target } = await scene(folder.path);
  mkdirSync(join(target, 'alpha0.25/a.h5'), { recursive: true });
  writeFileSync(join(target, 'alpha0.25/logs'), 'mine');
  const report = await fetchFiles(store, plan, target);
  expect(report).toMatchObject({ fetched: 1, kept: 0 });
  expect(pathsOf(report.problems.map(({ file }) => file))).toEqual([
    'alpha0.25/a.h5',
    'alpha0.25/logs/program.log.gz',
  ]);
  expect(readFileSync(join(target, 'alpha0.25/logs'), 'utf8')).toBe('mine');
});

test('a target that cannot be written to is the disk’s trouble, not a bug', async () => {
  using folder = temporaryFolder();
  const { store, plan, target } = await scene(folder.path);
  const strict: Store = {
    ...store,
    getFile: async () => {
      throw Object.assign(new Error('ENOSPC'), { code: 'ENOSPC' });
    },
  };
  await expect(fetchFiles(strict, plan, target)).rejects.toThrow(/the disk is full/);
});

test('a file with the longest name that a store holds is fetched', async () => {
  using folder = temporaryFolder();
  const long = outcome(0, ['x'.repeat(253)]);
  const store = await storeWith(join(folder.path, 'store'), [long]);
  const report = await fetchFiles(store, await planFetch([long], {}), join(folder.path, 'target'));
  expect(report).toMatchObject({ fetched: 1, problems: [] });
});

test('a link in the target is not followed', async () => {
  using folder = temporaryFolder();
  const { store, plan, target } = await scene(folder.path);
  const outside = join(folder.path, 'outside');
  mkdirSync(outside);
  mkdirSync(target);
  symlinkSync(outside, join(target, 'alpha0.5'));
  const report = await fetchFiles(store, plan, target);
  expect(report).toMatchObject({
    fetched: 2,
    problems: [{ reason: expect.stringMatching(/symbolic link/) }],
  });
  expect(readdirSync(outside)).toEqual([]);
});

const context = {
  ...{ run, grid: 'demo', commit: null, creationTime: '2026-01-01', sourceFiles: [], outputRules: [] },
  url: (key: string) => `store://${key}`,
};

test('the local metadata names files that open, and others by their link', async () => {
  using folder = temporaryFolder();
  const { store, plan, target } = await scene(folder.path);
  await fetchFiles(store, { ...plan, files: plan.files.slice(0, 2) }, target);
  const path = await writeLocalMetadata(outcomes, target, {}, context);
  const { runs } = JSON.parse(readFileSync(path, 'utf8'));
  expect(readFileSync(runs[0].output_file, 'utf8')).toBe('a.h5 of 0');
  expect(runs[1].output_file).toBe(`store://runs/${run}/outputs/alpha1/a.h5`);
});

test('the local metadata lists the wanted combinations, also after another fetch', async () => {
  using folder = temporaryFolder();
  await writeLocalMetadata(outcomes, folder.path, {}, context);
  const path = await writeLocalMetadata(
    outcomes,
    folder.path,
    { where: ({ index }) => index === 1 },
    context,
  );
  const { runs, total_runs } = JSON.parse(readFileSync(path, 'utf8'));
  expect(runs.map((each: { run_id: string }) => each.run_id)).toEqual(['alpha0.5']);
  expect(total_runs).toBe(1);
});

test('verification of a sound store finds nothing, with and without reading every byte', async () => {
  using folder = temporaryFolder();
  const { store, plan } = await scene(folder.path);
  for (const read of [true, false]) {
    expect(await verifyStored(store, plan.files, { read })).toEqual({
      files: 3,
      bytes: plan.bytes,
      problems: [],
    });
  }
});

test.each([
  ['gone', { key: 'runs/gone' }, /missing from the store/],
  ['of another size', { size: 5 }, /has 9 bytes instead of 5/],
  ['of other bytes', { sha256: '0'.repeat(64) }, /another SHA-256/],
])('verification of the store finds an object %s', async (_, change, reason) => {
  using folder = temporaryFolder();
  const { store, plan } = await scene(folder.path);
  const files = plan.files.map((file, index) => (index === 0 ? { ...file, ...change } : file));
  const report = await verifyStored(store, files);
  expect(report.problems).toEqual([{ file: files[0], reason: expect.stringMatching(reason) }]);
});

test('only reading every byte finds what was changed behind the recorded checksum', async () => {
  using folder = temporaryFolder();
  const { store, plan } = await scene(folder.path);
  const claimed = 'f'.repeat(64);
  const files = plan.files.map((file) => ({ ...file, sha256: claimed }));
  const lying: Store = {
    ...store,
    stat: async (key) => {
      const stat = await store.stat(key);
      return stat && { ...stat, sha256: claimed };
    },
  };
  expect((await verifyStored(lying, files)).problems).toEqual([]);
  expect((await verifyStored(lying, files, { read: true })).problems).toHaveLength(3);
});

test('verification of a fetched tree finds what is missing or differs', async () => {
  using folder = temporaryFolder();
  const { store, plan, target } = await scene(folder.path);
  await fetchFiles(store, plan, target);
  expect((await verifyFetched(target, plan.files)).problems).toEqual([]);
  writeFileSync(join(target, 'alpha0.5/a.h5'), 'changed');
  expect((await verifyFetched(target, plan.files)).problems).toMatchObject([{ file: { label: 'alpha0.5' } }]);
});

test('outputs that the combinations of a slice share are fetched once', async () => {
  const shared = outcome(0, ['a.h5']);
  const sharing: readonly Outcome[] = [shared, { ...outcome(1, []), outputs: shared.outputs }];
  const plan = await planFetch(sharing, {});
  expect(plan).toMatchObject({ combinations: 2, bytes: contentOf(0, 'a.h5').length });
  expect(plan.files.map(({ label, path }) => [label, path])).toEqual([[shared.combination.label, 'a.h5']]);
});
