import { createHash } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { parse } from 'csv-parse/sync';
import { expect, test } from 'vitest';
import type { OutputRule } from '../../src/grid/grid.ts';
import type { Outcome } from '../../src/results/outcome.ts';
import { type MergedSet, writeMerged } from '../../src/results/write-merged.ts';
import { combination, entry, failure, run, temporaryFolder } from './fixtures.ts';

const rule = (path: string, changes: Partial<OutputRule> = {}): OutputRule => ({
  ...{ path, contains: [], required: true, min: 1, minBytes: 0 },
  ...changes,
});

const source = {
  ...{ run, round: 1, slice: 2, job: 'job-a', attempt: 2 },
  ...{ host: 'i-0123', image: 'image-a', worker: '0.1.0', definition: 'definition:3' },
};

const output = (label: string, path: string) => ({
  ...{ path, key: `runs/${run}/outputs/${label}/001-job-a-02/${path}` },
  ...{ size: path.length, sha256: createHash('sha256').update(path).digest('hex') },
});

const { state: _, failure: __, index: ___, id: ____, label: _____, ...said } = entry(0);

const succeeded: Outcome = {
  ...{ combination: combination(0), state: 'succeeded', source, ...said },
  outputs: ['program.log.gz', 'table.csv', 'COMPAS_Output/COMPAS_Output.h5'].map((path) =>
    output('alpha0.25', path),
  ),
  results: { dco: 12 },
  ...{ attempts: 2, wastedSeconds: 4, cost: 0.25 },
};
const failed: Outcome = {
  ...{ combination: combination(1), state: 'failed', source, ...said },
  outputs: ['program.log.gz', 'table.csv'].map((path) => output('alpha0.5', path)),
  failure: failure('exit code 3, "quoted",\nand more'),
  ...{ attempts: 1, wastedSeconds: 0, cost: null },
};
const missing: Outcome = {
  ...{ combination: combination(2), state: 'missing', command: [], outputs: [], results: {} },
  ...{ attempts: 0, wastedSeconds: 0, cost: null },
};

interface Written {
  readonly set: MergedSet;
  readonly text: (name: string) => string;
}

async function written(
  outcomes: readonly Outcome[],
  changes: { readonly results?: readonly string[] } = {},
): Promise<Written> {
  using folder = temporaryFolder();
  const set = await writeMerged({
    outcomes: (async function* () {
      yield* outcomes;
    })(),
    report: {
      creationTime: '2026-01-01T00:01:00.000Z',
      fragments: ['fragment-a', 'fragment-b'],
      unreadable: [],
      versions: [{ image: 'image-a', worker: '0.1.0', combinations: 2 }],
      counts: { succeeded: 1, failed: 1, missing: 1, reused: 0 },
      parameters: ['n_systems', 'alpha', 'seconds'],
    },
    run: {
      ...{ id: run, grid: 'demo', commit: 'abc123', createdAt: '2025-12-31T00:00:00.000Z' },
      outputRules: [rule('*.csv'), rule('COMPAS_Output/*.h5', { format: 'hdf5' })],
      results: changes.results ?? ['dco'],
    },
    url: (key) => `store://bucket/${key}`,
    directory: folder.path,
  });
  const texts = new Map(set.files.map(({ name, path }) => [name, readFileSync(path, 'utf8')]));
  for (const { path, size } of set.files) expect(statSync(path).size).toBe(size);
  return { set, text: (name) => texts.get(name) ?? '' };
}

const lines = (text: string) =>
  text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line));

const all = [succeeded, failed, missing];

test('the manifest has one line for every output', async () => {
  const { text } = await written(all);
  const manifest = lines(text('manifest.jsonl'));
  expect(manifest).toHaveLength(5);
  expect(manifest[2]).toEqual({
    ...{ index: 0, id: '0000000000000000', label: 'alpha0.25', state: 'succeeded', run },
    ...output('alpha0.25', 'COMPAS_Output/COMPAS_Output.h5'),
  });
  expect(manifest[3]).toMatchObject({ index: 1, state: 'failed', path: 'program.log.gz' });
});

test('outcomes are kept in full', async () => {
  const { text } = await written(all);
  expect(lines(text('outcomes.jsonl'))).toEqual(all);
});

test('the work index lists only what succeeded', async () => {
  const { text } = await written(all);
  expect(lines(text('work-index.jsonl'))).toEqual([
    { work: 'work-0', index: 0, id: '0000000000000000', outputs: succeeded.outputs },
  ]);
});

test('the table has a row for every combination', async () => {
  const { text } = await written(all);
  expect(parse(text('combinations.csv'), { columns: true })).toEqual([
    {
      ...{ index: '0', id: '0000000000000000', label: 'alpha0.25', state: 'succeeded' },
      ...{ n_systems: '1000', alpha: '0.25', 'parameter.seconds': '' },
      ...{ seconds: '9', total_seconds: '10', cpu_seconds: '8', peak_memory_mib: '1' },
      ...{ attempts: '2', cost_usd: '0.25', dco: '12', failure_class: '', failure_message: '' },
    },
    expect.objectContaining({
      ...{ state: 'failed', dco: '', cost_usd: '' },
      ...{ failure_class: 'program', failure_message: 'exit code 3, "quoted",\nand more' },
    }),
    expect.objectContaining({ state: 'missing', label: 'alpha0.75', alpha: '0.75', seconds: '' }),
  ]);
});

test('no column of the table hides another', async () => {
  const { text } = await written(all, { results: ['alpha', 'state', 'dco'] });
  const [header] = parse(text('combinations.csv')) as string[][];
  expect(header).toContain('parameter.seconds');
  expect(header).toContain('result.alpha');
  expect(header).toContain('result.state');
  expect(new Set(header).size).toBe(header?.length);
});

test('the digest of the set depends on nothing but its content', async () => {
  const one = await written(all);
  const other = await written(all);
  expect(other.set.sha256).toBe(one.set.sha256);
  expect(one.set.sha256).toMatch(/^[0-9a-f]{64}$/);
});

test('another verdict gives another digest', async () => {
  const one = await written(all);
  const other = await written([succeeded, failed, { ...missing, attempts: 1 }]);
  expect(other.set.sha256).not.toBe(one.set.sha256);
});

test('size and digest of each file are those of its bytes', async () => {
  const { set, text } = await written(all);
  expect(set.files.map(({ name }) => name)).toEqual([
    ...['combinations.csv', 'ensemble_metadata.json', 'manifest.jsonl', 'outcomes.jsonl', 'work-index.jsonl'],
  ]);
  for (const { name, sha256 } of set.files) {
    expect(sha256).toBe(createHash('sha256').update(text(name)).digest('hex'));
  }
});

/** What the loaders of system A do with the merged file (facts, A). */
function upstreamReader(text: string) {
  const data = JSON.parse(text);
  return {
    total: data.total_runs as number,
    files: data.runs
      .filter((run: { status: string }) => run.status === 'success')
      .map((run: { output_file: string; params: Record<string, number> }) => [
        run.output_file,
        run.params.alpha,
      ]),
    failed: data.runs.filter((run: { status: string }) => run.status === 'failed'),
  };
}

test('existing readers find status, output_file and params', async () => {
  const { text } = await written(all);
  const read = upstreamReader(text('ensemble_metadata.json'));
  const h5 = `store://bucket/runs/${run}/outputs/alpha0.25/001-job-a-02/COMPAS_Output/COMPAS_Output.h5`;
  expect(read.total).toBe(3);
  expect(read.files).toEqual([[h5, 0.25]]);
  expect(read.failed).toMatchObject([{ run_id: 'alpha0.5', error: 'exit code 3, "quoted",\nand more' }]);
});

test('a failed or missing run has an error and no output_file', async () => {
  const { text } = await written(all);
  for (const run of JSON.parse(text('ensemble_metadata.json')).runs.slice(1)) {
    expect(run).not.toHaveProperty('output_file');
    expect(run.error).not.toBe('');
  }
});

test('the fields around the runs are those of the upstream merge', async () => {
  const { text } = await written(all);
  expect(JSON.parse(text('ensemble_metadata.json'))).toMatchObject({
    creation_time: '2026-01-01T00:01:00.000Z',
    source_metadata_files: ['fragment-a', 'fragment-b'],
    n_source_files: 2,
    n_systems_per_run: 1000,
    total_runs: 3,
    muster: {
      run,
      grid: 'demo',
      commit: 'abc123',
      counts: { succeeded: 1, failed: 1, missing: 1, reused: 0 },
    },
  });
});

test('a run has params with its id, a timestamp and its provenance', async () => {
  const { text } = await written(all);
  expect(JSON.parse(text('ensemble_metadata.json')).runs[0]).toMatchObject({
    ...{ run_id: 'alpha0.25', status: 'success', timestamp: '2026-01-01T00:00:10.000Z' },
    params: { run_id: 'alpha0.25', n_systems: 1000, alpha: 0.25 },
    ...{ index: 0, id: '0000000000000000', run, commit: 'abc123', image: 'image-a' },
    ...{ definition: 'definition:3', job: 'job-a', attempt: 2, instance: 'i-0123' },
    ...{ seconds: 9, peak_memory_bytes: 1 << 20, cost_usd: 0.25, attempts: 2 },
  });
});

test('a mixed number of systems is not passed off as one', async () => {
  const other = { ...combination(1), parameters: { n_systems: 10, alpha: 0.5 } };
  const { text } = await written([succeeded, { ...failed, combination: other }]);
  expect(JSON.parse(text('ensemble_metadata.json'))).not.toHaveProperty('n_systems_per_run');
});

test('without such a parameter there is no compas_binary', async () => {
  const { text } = await written(all);
  expect(JSON.parse(text('ensemble_metadata.json'))).not.toHaveProperty('compas_binary');
});

test('a reused run does not claim the commit of this one', async () => {
  const reused = { ...succeeded, source: { ...source, run: 'other-ffffffffffff' } };
  const { text } = await written([reused]);
  expect(JSON.parse(text('ensemble_metadata.json')).runs[0]).toMatchObject({
    run: 'other-ffffffffffff',
    commit: null,
  });
});
