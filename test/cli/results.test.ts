import { readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { toyPlace } from './place.ts';

/** One run whose combination 4 (`n3_left`) failed, and what is made of its outputs. */
const place = toyPlace();
let run = '';
beforeAll(async () => {
  place.write('diary.txt.broken', '3\n');
  const [conclusion] = JSON.parse((await place.muster('run', 'toy', '--json')).stdout);
  run = conclusion.run;
});
afterAll(() => place[Symbol.dispose]());

/** A file of the directory store. */
const stored = (key: string) => join(place.root, '.muster/store', key);
const outputs = () => place.files(`.muster/store/runs/${run}/outputs`);

describe('publish', () => {
  it('has written one row a combination, in order, with parameters, state and results', () => {
    const merged = place.files(`.muster/store/runs/${run}/merged`);
    const csv = merged.find((path) => path.endsWith('combinations.csv')) ?? '';
    const [header = '', ...rows] = place
      .read(`.muster/store/runs/${run}/merged/${csv}`)
      .trimEnd()
      .split('\n')
      .map((line) => line.split(','));
    const column = (name: string) => rows.map((row) => row[header.indexOf(name)]);
    expect(column('index')).toEqual(Array.from({ length: 12 }, (_, index) => String(index)));
    expect(column('state')).toEqual(
      [4, 5].reduce((all, n) => all.with(n, 'failed'), Array(12).fill('succeeded')),
    );
    expect(column('twice')).toEqual(['2', '2', '4', '4', '', '', '8', '8', '10', '10', '12', '12']);
    expect(column('side').slice(0, 3)).toEqual(['left', 'right', 'left']);
    expect(column('failure_class')[4]).toBe('program');
  });
});

describe('verify', () => {
  it('finds everything as published', async () => {
    expect(await place.good('verify', run)).toMatch(/32 files, .*: all as published/);
    expect(JSON.parse(await place.good('verify', '--read', '--json'))).toMatchObject({
      files: 32,
      problems: [],
    });
  });

  it('finds an output whose bytes changed and one that is gone, and ends with 1', async () => {
    const [changed = '', gone = ''] = outputs().filter((path) => path.endsWith('answer.json'));
    const [before, other] = [changed, gone].map((path) =>
      readFileSync(stored(`runs/${run}/outputs/${path}`)),
    );
    if (before === undefined || other === undefined) throw new Error('there are no outputs');
    writeFileSync(stored(`runs/${run}/outputs/${changed}`), before.toString().replace('2', '3'));
    rmSync(stored(`runs/${run}/outputs/${gone}`));
    try {
      const { code, stdout, stderr } = await place.muster('verify', '--read');
      expect(stderr).toContain('n1_left/answer.json: ');
      expect(stderr).toContain('n1_right/answer.json: ');
      expect(stdout).toContain('2 with problems');
      expect(code).toBe(1);
    } finally {
      writeFileSync(stored(`runs/${run}/outputs/${changed}`), before);
      writeFileSync(stored(`runs/${run}/outputs/${gone}`), other);
    }
  });
});

describe('fetch', () => {
  const fetched = () => place.files(`fetched/${run}`);

  it('says how much it is, and stops, with --dry-run', async () => {
    const { code, stderr } = await place.muster('fetch', '--dry-run');
    expect(stderr).toMatch(/^32 files of 12 combinations, .* to .*fetched\/toy-/);
    expect({ code, files: fetched() }).toEqual({ code: 0, files: [] });
  });

  it('refuses a condition that means nothing, before anything is written', async () => {
    for (const [where, message] of [
      ['m > 1', 'There is no parameter `m`.'],
      ['n >', "The expression 'n >' cannot be read"],
      ['n', '`n` gives 6, not true or false'],
    ] as const) {
      const { code, stderr } = await place.muster('fetch', '--where', where);
      expect(stderr).toContain(message);
      expect(code).toBe(2);
    }
    expect(fetched()).toEqual([]);
  });

  it('takes only what is asked for', async () => {
    await place.good('fetch', '--to', 'some', '--only', '*.json', '--where', "n > 4 and side == 'left'");
    expect(place.files('some')).toEqual([
      'ensemble_metadata.json',
      'n5_left/answer.json',
      'n6_left/answer.json',
    ]);
  });

  it('goes on where it was stopped, and mends what is not as published', async () => {
    const folder = join(place.root, 'fetched', run);
    expect(JSON.parse(await place.good('fetch', '--json'))).toEqual({
      run,
      folder,
      fetched: 32,
      kept: 0,
      problems: [],
    });
    rmSync(join(place.root, 'fetched', run, 'n1_left'), { recursive: true });
    truncateSync(join(place.root, 'fetched', run, 'n2_left/table.csv'), 3);
    writeFileSync(join(place.root, 'fetched', run, 'n2_left/answer.json.muster-partial'), '{');
    expect(JSON.parse(await place.good('fetch', '--json'))).toEqual({
      run,
      folder,
      fetched: 4,
      kept: 28,
      problems: [],
    });
    expect(await place.good('verify', '--local', `fetched/${run}`)).toContain('32 files');
    expect(place.read(`fetched/${run}/n2_left/table.csv`)).toBe('n,side\n2,left\n');
  });

  it('writes metadata whose output files open here', () => {
    const metadata = JSON.parse(place.read(`fetched/${run}/ensemble_metadata.json`));
    expect(metadata.total_runs).toBe(12);
    const runs: { status: string; output_file: string | null; params: { n: number } }[] = metadata.runs;
    const good = runs.filter(({ status }) => status === 'success');
    expect(good).toHaveLength(10);
    for (const { output_file, params } of good)
      expect(JSON.parse(readFileSync(output_file ?? '', 'utf8'))).toEqual({ twice: params.n * 2 });
  });

  it('reports a file that the store has lost, gets the others, and ends with 1', async () => {
    const [lost = ''] = outputs().filter((path) => path.startsWith('n6_left') && path.endsWith('table.csv'));
    const bytes = readFileSync(stored(`runs/${run}/outputs/${lost}`));
    rmSync(stored(`runs/${run}/outputs/${lost}`));
    try {
      const { code, stdout, stderr } = await place.muster('fetch', '--to', 'partly', '--only', 'table.csv');
      expect(stderr).toContain('n6_left/table.csv: ');
      expect(stderr).toContain('is missing from the store');
      expect(stdout).toContain('9 fetched, 0 there already, 1 with problems');
      expect(code).toBe(1);
    } finally {
      writeFileSync(stored(`runs/${run}/outputs/${lost}`), bytes);
    }
    expect(place.files('partly')).not.toContain('n6_left/table.csv');
  });
});
