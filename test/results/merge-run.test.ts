import { expect, test } from 'vitest';
import { mergeRun } from '../../src/results/merge-run.ts';
import { openDirectoryStore } from '../../src/store/directory.ts';
import { combinationBlockKey, sliceFragmentsPrefix } from '../../src/store/keys.ts';
import { absent, type Store } from '../../src/store/store.ts';
import {
  bytesOf,
  collected,
  combination,
  combinations,
  entry,
  failure,
  fragment,
  keyOf,
  run,
  temporaryFolder,
} from './fixtures.ts';

const count = 1003;

async function storedRun(path: string, present = count): Promise<Store> {
  const store = openDirectoryStore(path);
  for (let block = 0; block * 1000 < present; block += 1) {
    const lines = combinations(present).slice(block * 1000, block * 1000 + 1000);
    const text = lines.map((line) => `${JSON.stringify(line)}\n`).join('');
    await store.put(combinationBlockKey(run, block), text, absent);
  }
  const fragments = [
    fragment({ combinations: [entry(0), entry(1, { state: 'failed' })] }),
    fragment({ slice: 1, combinations: [entry(1001)] }),
    fragment({ round: 1, combinations: [entry(1)] }),
    fragment({ round: 2, combinations: [entry(5)] }),
  ];
  for (const each of fragments) await store.put(keyOf(each), bytesOf(each), absent);
  return store;
}

const inputFor = (store: Store, spillDirectory: string) => ({
  ...{ store, run, count, rounds: 2, spillDirectory, engineFailures: [], reused: [] },
  recorded: () => undefined,
});

test('fragments of all rounds of a run are merged, those of later rounds are left alone', async () => {
  using folder = temporaryFolder();
  using spill = temporaryFolder();
  const store = await storedRun(folder.path);
  using merge = await mergeRun(inputFor(store, spill.path));
  const outcomes = await collected(merge.outcomes());
  expect(outcomes.map((outcome) => outcome.combination.index)).toEqual(
    combinations(count).map(({ index }) => index),
  );
  expect(outcomes.filter(({ state }) => state === 'succeeded').map((outcome) => outcome.combination)).toEqual(
    [0, 1, 1001].map(combination),
  );
});

test('what the engine recorded and what is reused is merged too', async () => {
  using folder = temporaryFolder();
  using spill = temporaryFolder();
  const store = await storedRun(folder.path);
  const source = { run: 'x', round: 0, slice: 0, job: 'j', attempt: 1, host: 'h', image: 'i', worker: 'w' };
  using merge = await mergeRun({
    ...inputFor(store, spill.path),
    engineFailures: [{ round: 0, indexes: [7], failure: failure('host lost'), attempts: 1 }],
    reused: [{ index: 8, outcome: { source, command: [], outputs: [], results: {} } }],
  });
  expect(merge.report().counts).toEqual({ succeeded: 4, failed: 1, missing: 998, reused: 1 });
});

test('each fragment and each block is read once', async () => {
  using folder = temporaryFolder();
  using spill = temporaryFolder();
  const store = await storedRun(folder.path);
  const read: string[] = [];
  const counting: Store = {
    ...store,
    get: (key, range) => {
      read.push(key);
      return store.get(key, range);
    },
    getFile: (key, path) => {
      read.push(key);
      return store.getFile(key, path);
    },
  };
  using merge = await mergeRun(inputFor(counting, spill.path));
  await collected(merge.outcomes());
  await collected(merge.outcomes());
  expect(read).toHaveLength(2 + 3);
  expect(new Set(read).size).toBe(read.length);
});

test('a fragment that is listed but cannot be had is named', async () => {
  using folder = temporaryFolder();
  using spill = temporaryFolder();
  const store = await storedRun(folder.path);
  const gone = sliceFragmentsPrefix(run, 0, 1);
  const forgetful: Store = {
    ...store,
    get: async (key, range) => (key.startsWith(gone) ? undefined : store.get(key, range)),
  };
  using merge = await mergeRun(inputFor(forgetful, spill.path));
  expect(merge.report().unreadable).toEqual([
    { key: expect.stringContaining(gone), reason: 'was listed, but is gone' },
  ]);
});

test('a missing block of combinations stops the merge with its name', async () => {
  using folder = temporaryFolder();
  using spill = temporaryFolder();
  const store = await storedRun(folder.path, 1000);
  await expect(mergeRun(inputFor(store, spill.path))).rejects.toThrow(
    /combinations\/00001\.jsonl is missing/,
  );
});
