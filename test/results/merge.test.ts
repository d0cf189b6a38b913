import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, test } from 'vitest';
import { openMerge } from '../../src/results/merge.ts';
import type { OutcomeSource } from '../../src/results/outcome.ts';
import {
  bytesOf,
  collected,
  combination,
  combinations,
  entry,
  failure,
  fragment,
  keyOf,
  merged,
  run,
  temporaryFolder,
} from './fixtures.ts';

test('every combination of the plan appears once, in index order', async () => {
  const fragments = [7, 2, 5].map((index) => fragment({ slice: index, combinations: [entry(index)] }));
  const { outcomes } = await merged({ count: 9, fragments });
  expect(outcomes.map(({ combination }) => combination)).toEqual(combinations(9));
  expect(
    outcomes.filter(({ state }) => state === 'succeeded').map((outcome) => outcome.combination.index),
  ).toEqual([2, 5, 7]);
});

test('an outcome carries what the report said', async () => {
  const output = {
    path: 'a.h5',
    key: `runs/${run}/outputs/alpha0.25/000-job-a-01/a.h5`,
    size: 4,
    sha256: 'ab',
  };
  const said = entry(0, { outputs: [output], results: { dco: 12, name: 'x', nothing: null } });
  const { outcomes } = await merged({
    fragments: [fragment({ round: 1, slice: 4, attempt: 2, combinations: [said] })],
    recorded: () => ({ job: 'job-a', definition: 'definition:3' }),
  });
  expect(outcomes[0]).toEqual({
    combination: combination(0),
    state: 'succeeded',
    source: {
      run,
      round: 1,
      slice: 4,
      job: 'job-a',
      attempt: 2,
      host: 'host-a',
      image: 'image-a',
      worker: '0.1.0',
      definition: 'definition:3',
    },
    work: said.work,
    command: said.command,
    outputs: [output],
    results: said.results,
    usage: said.usage,
    startedAt: said.startedAt,
    endedAt: said.endedAt,
    attempts: 1,
    wastedSeconds: 0,
    cost: null,
  });
});

test('the definition is told only of the recorded job', async () => {
  const { outcomes } = await merged({
    fragments: [fragment({ job: 'stray', combinations: [entry(0)] })],
    recorded: () => ({ job: 'job-a', definition: 'definition:3' }),
  });
  expect(outcomes[0]?.source).not.toHaveProperty('definition');
});

test('attempts that did not become the verdict are counted as waste', async () => {
  const of = (totalSeconds: number) => ({ ...entry(0).usage, totalSeconds });
  const { outcomes } = await merged({
    fragments: [
      fragment({ combinations: [entry(0, { state: 'failed', usage: of(3.25) })] }),
      fragment({ attempt: 2, combinations: [entry(0, { usage: of(100) })] }),
      fragment({ attempt: 3, combinations: [entry(0, { state: 'failed', usage: of(0.5) })] }),
    ],
  });
  expect(outcomes[0]).toMatchObject({ attempts: 3, wastedSeconds: 3.75 });
});

test('when the engine has the last word all reports are waste', async () => {
  const { outcomes } = await merged({
    fragments: [fragment({ combinations: [entry(0, { state: 'failed' })] })],
    engineFailures: [{ round: 1, indexes: [0], failure: failure('host lost'), attempts: 2 }],
  });
  expect(outcomes[0]).toMatchObject({ attempts: 3, wastedSeconds: 10 });
});

test('costs what the machine costs that it ran on, and names its type', async () => {
  const instance = { type: 'c7a.large', capacity: 'spot' } as const;
  const { outcomes } = await merged({
    count: 2,
    price: ({ instance }) => (instance?.type === 'c7a.large' ? 0.5 : 0.1),
    fragments: [
      fragment({ instance, combinations: [entry(0)] }),
      fragment({ slice: 1, combinations: [entry(1)] }),
    ],
  });
  expect(outcomes.map(({ cost, source }) => [cost, source?.instanceType])).toEqual([
    [5, 'c7a.large'],
    [1, undefined],
  ]);
});

test('cost is the sum over all attempts at the price of their round and slice', async () => {
  const { outcomes } = await merged({
    fragments: [
      fragment({ slice: 4, combinations: [entry(0, { state: 'failed' })] }),
      fragment({ round: 1, slice: 6, combinations: [entry(0)] }),
    ],
    price: ({ index, round, slice }) => (index + 1) * (round === 0 && slice === 4 ? 0.001 : 0.03),
  });
  expect(outcomes[0]?.cost).toBe(0.31);
});

test('cost is unknown when the price of any attempt is', async () => {
  const { outcomes } = await merged({
    fragments: [
      fragment({ combinations: [entry(0, { state: 'failed' })] }),
      fragment({ round: 1, combinations: [entry(0)] }),
    ],
    price: ({ round }) => (round === 0 ? null : 1),
  });
  expect(outcomes[0]?.cost).toBeNull();
});

test('an engine failure tells where it comes from', async () => {
  const source: OutcomeSource = {
    ...{ run, round: 0, slice: 3, job: 'job-a', attempt: 3 },
    ...{ host: 'i-1', image: 'image-a', worker: '' },
  };
  const { outcomes } = await merged({
    count: 3,
    engineFailures: [{ round: 0, indexes: [0, 2], failure: failure('host lost'), attempts: 3, source }],
  });
  expect(outcomes.map(({ state, source }) => [state, source])).toEqual([
    ['failed', source],
    ['missing', undefined],
    ['failed', source],
  ]);
});

test('creation time is that of the newest fragment, as an instant', async () => {
  const { report } = await merged({
    fragments: ['2026-01-01T10:00:00Z', '2026-01-01T10:00:00.500Z', '2026-01-01T11:00:00+02:00'].map(
      (writtenAt, part) => fragment({ part, writtenAt }),
    ),
  });
  expect(report.creationTime).toBe('2026-01-01T10:00:00.500Z');
});

test('without fragments there is no creation time', async () => {
  expect((await merged({})).report.creationTime).toBeNull();
});

test('versions are counted over verdicts', async () => {
  const { report } = await merged({
    count: 3,
    fragments: [
      fragment({ image: 'image-old', combinations: [entry(0, { state: 'failed' }), entry(1), entry(2)] }),
      fragment({ round: 1, image: 'image-new', combinations: [entry(0)] }),
    ],
  });
  expect(report.versions).toEqual([
    { image: 'image-new', worker: '0.1.0', combinations: 1 },
    { image: 'image-old', worker: '0.1.0', combinations: 2 },
  ]);
});

test('counts say how many succeeded, failed and are missing', async () => {
  const { report } = await merged({
    count: 6,
    fragments: [fragment({ combinations: [entry(0), entry(1), entry(2, { state: 'failed' })] })],
    engineFailures: [{ round: 0, indexes: [3], failure: failure('host lost'), attempts: 1 }],
  });
  expect(report.counts).toEqual({ succeeded: 2, failed: 2, missing: 2, reused: 0 });
});

test('a fragment that is given twice counts once', async () => {
  const once = fragment({ combinations: [entry(0)] });
  const { outcomes, report } = await merged({ fragments: [once, once] });
  expect(outcomes[0]?.attempts).toBe(1);
  expect(report.fragments).toEqual([keyOf(once)]);
});

const good = fragment({ combinations: [entry(0), entry(1)] });
const garbage: readonly (readonly [string, Uint8Array, RegExp])[] = [
  ['cut off', bytesOf(good).subarray(0, 100), /^not JSON/],
  ['empty', Buffer.alloc(0), /^not JSON/],
  ['not UTF-8', Buffer.from([0x22, 0xff, 0x22]), /^not JSON/],
  ['another document', bytesOf({ hello: 'world' }), /^not a fragment: .* at schema/],
  ['of a later schema', bytesOf({ ...good, schema: 2 }), /^not a fragment: .* at schema/],
  [
    'with a text for a number',
    bytesOf({ ...good, combinations: [{ ...entry(0), index: '0' }] }),
    /^not a fragment: .* at combinations\.0\.index/,
  ],
  ['of another run', bytesOf({ ...good, run: 'other-0123456789ab' }), /^written by run other-0123456789ab/],
  [
    'with another id for a combination',
    bytesOf({ ...good, combinations: [entry(0), entry(1, { id: 'ffffffffffffffff' })] }),
    /combination 1 alpha0\.5 \(ffffffffffffffff\)/,
  ],
  [
    'with another label for a combination',
    bytesOf({ ...good, combinations: [entry(0), entry(1, { label: 'alpha9' })] }),
    /combination 1 alpha9/,
  ],
  ['beyond the plan', bytesOf({ ...good, combinations: [entry(2)] }), /combination 2/],
  ['before the plan', bytesOf({ ...good, combinations: [entry(0, { index: -1 })] }), /combination -1/],
  [
    'between two combinations',
    bytesOf({ ...good, combinations: [entry(0, { index: 0.5 })] }),
    /combination 0.5/,
  ],
  ['that lies in another round', bytesOf({ ...good, round: 1 }), /round 1, slice 0/],
  ['that lies in another slice', bytesOf({ ...good, slice: 1 }), /round 0, slice 1/],
];

test.each(garbage)('a fragment %s is named with the reason and skipped whole', async (_, bytes, reason) => {
  const key = keyOf(good);
  const { outcomes, report } = await merged({ count: 2, stored: [{ key, bytes }] });
  expect(report.unreadable).toEqual([{ key, reason: expect.stringMatching(reason) }]);
  expect(report.fragments).toEqual([]);
  expect(outcomes.map(({ state }) => state)).toEqual(['missing', 'missing']);
});

test('a fragment that cannot be read does not stop the others', async () => {
  const { outcomes } = await merged({
    stored: [
      { key: 'bad', bytes: Buffer.from('{') },
      { key: keyOf(good), bytes: bytesOf({ ...good, combinations: [entry(0)] }) },
    ],
  });
  expect(outcomes[0]?.state).toBe('succeeded');
});

test('fragments are listed by key, whatever their order', async () => {
  const stored = ['b', 'a', 'c'].map((key) => ({ key, bytes: Buffer.from('{') }));
  const fragments = [2, 0, 1].map((part) => fragment({ part }));
  const { report } = await merged({ stored, fragments });
  expect(report.unreadable.map(({ key }) => key)).toEqual(['a', 'b', 'c']);
  expect(report.fragments).toEqual([0, 1, 2].map((part) => keyOf(fragment({ part }))));
});

test('names of parameters are gathered in order of first appearance', async () => {
  expect((await merged({})).report.parameters).toEqual(['n_systems', 'alpha']);
});

test('a plan that is shorter than said is refused', async () => {
  using folder = temporaryFolder();
  const opened = openMerge({
    run,
    count: 3,
    combinations: () => combinations(2),
    recorded: () => undefined,
    spillDirectory: folder.path,
  });
  await expect(opened).rejects.toThrow('3 combinations expected, found 2');
});

const elsewhere: OutcomeSource = {
  ...{ run: 'sparse-ffffffffffff', round: 0, slice: 1, job: 'job-x', attempt: 1 },
  ...{ host: 'host-x', image: 'image-x', worker: '0.0.9' },
};

async function mergedWithReused(fragments: readonly ReturnType<typeof fragment>[]) {
  using folder = temporaryFolder();
  using merge = await openMerge({
    run,
    count: 1,
    combinations: () => combinations(1),
    recorded: () => undefined,
    price: () => 1,
    spillDirectory: folder.path,
  });
  merge.addReused(0, {
    source: elsewhere,
    work: 'reused',
    command: [],
    outputs: [],
    results: { dco: 3 },
    usage: entry(0).usage,
  });
  for (const each of fragments) merge.add(keyOf(each), bytesOf(each));
  const outcomes = await collected(merge.outcomes());
  return { outcome: outcomes[0], report: merge.report() };
}

test('a reused combination succeeded in the run it comes from, and cost nothing here', async () => {
  const { outcome, report } = await mergedWithReused([]);
  expect(outcome).toMatchObject({
    ...{ state: 'succeeded', source: elsewhere, results: { dco: 3 } },
    ...{ attempts: 0, wastedSeconds: 0, cost: 0 },
  });
  expect(report.counts).toEqual({ succeeded: 1, failed: 0, missing: 0, reused: 1 });
});

test('what this run computed itself takes the place of what it reused', async () => {
  const { outcome, report } = await mergedWithReused([
    fragment({ combinations: [entry(0, { work: 'own' })] }),
  ]);
  expect(outcome?.work).toBe('own');
  expect(report.counts.reused).toBe(0);
});

test('a failure here does not take the place of what was reused', async () => {
  const { outcome } = await mergedWithReused([fragment({ combinations: [entry(0, { state: 'failed' })] })]);
  expect(outcome).toMatchObject({
    state: 'succeeded',
    source: elsewhere,
    attempts: 1,
    wastedSeconds: 10,
    cost: 10,
  });
});

test('a merge gives its memory back when it is disposed, without waiting for a collection', async () => {
  using folder = temporaryFolder();
  const count = 200_000;
  const all = Array.from({ length: count }, (_, index) => combination(index));
  const merge = await openMerge({
    ...{ run, count, combinations: () => all },
    ...{ recorded: () => undefined, spillDirectory: folder.path },
  });
  // What nobody holds any more must not be taken for ours.
  setFlagsFromString('--expose-gc');
  (runInNewContext('gc') as () => void)(); // of the flag above
  const open = process.memoryUsage().arrayBuffers;
  merge[Symbol.dispose]();
  // Bytes: 41 a combination.
  expect(open - process.memoryUsage().arrayBuffers).toBeGreaterThan(40 * count);
});
