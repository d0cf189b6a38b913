import { describe, expect, it } from 'vitest';
import type { ResultRule } from '../../src/grid/grid.ts';
import { extractResults } from '../../src/results/extract.ts';
import { aFile, compasBytes, haveCompasFile } from './hdf5-file.ts';

async function extract(rule: ResultRule, bytes: string | Uint8Array, name = rule.file) {
  const file = aFile(name, bytes);
  return await extractResults({ x: rule }, (path) => (path === rule.file ? file : undefined));
}

describe('a value of a JSON file', () => {
  const rule: ResultRule = { kind: 'key', file: 'r.json', key: 'perf.days' };

  it.each([
    ['is a number', '{"perf": {"days": 12.5}}', 12.5],
    ['may be text', '{"perf": {"days": "N/A"}}', 'N/A'],
    ['may be a truth', '{"perf": {"days": true}}', 'true'],
    ['is null when it is absent', '{"perf": {}}', null],
    ['is null when it is a list', '{"perf": {"days": [1]}}', null],
    ['is null when the file cannot be read', '{"perf"', null],
  ])('%s', async (_, text, expected) => expect((await extract(rule, text)).values).toEqual({ x: expected }));

  it('keeps the first 200 characters of a long text', async () => {
    const { values } = await extract(rule, JSON.stringify({ perf: { days: 'x'.repeat(1e6) } }));
    expect(values.x).toBe(`${'x'.repeat(197)}...`);
  });

  it('that is null comes with the reason', async () => {
    expect((await extract(rule, '{}')).notes).toEqual(['result x: not in r.json']);
  });

  it('of a file that is not there is null and names the file', async () => {
    const { values, notes } = await extractResults({ x: rule }, () => undefined);
    expect(values).toEqual({ x: null });
    expect(notes).toEqual(['result x: there is no r.json']);
  });
});

describe('a column of a table', () => {
  const table = 'm,q\n4,a\n1,\nNaN,b\n2,c\n';
  it.each([
    ['mean', 7 / 3],
    ['min', 1],
    ['max', 4],
    ['sum', 7],
    ['median', 2],
    ['last', 2],
    ['count', 3],
  ] as const)('has its %s over the cells that are numbers', async (reduce, expected) => {
    const rule: ResultRule = { kind: 'column', file: 't.csv', column: 'm', reduce };
    expect((await extract(rule, table)).values.x).toBeCloseTo(expected, 12);
  });

  it('has a median between the middle two when their number is even', async () => {
    const rule: ResultRule = { kind: 'column', file: 't.csv', column: 'm', reduce: 'median' };
    expect((await extract(rule, 'm\n1\n10\n2\n4\n')).values).toEqual({ x: 3 });
  });

  it('has no mean without numbers', async () => {
    const rule: ResultRule = { kind: 'column', file: 't.csv', column: 'q', reduce: 'mean' };
    expect((await extract(rule, table)).values).toEqual({ x: null });
  });

  it('that is not there gives null', async () => {
    const rule: ResultRule = { kind: 'column', file: 't.csv', column: 'z', reduce: 'count' };
    expect((await extract(rule, table)).values).toEqual({ x: null });
  });
});

describe('rows', () => {
  it('of a table do not count its header', async () => {
    expect((await extract({ kind: 'rows', file: 't.csv', rows: '' }, 'a\n1\n2\n')).values).toEqual({ x: 2 });
  });

  it.runIf(haveCompasFile)('of an HDF5 group are those of its datasets', async () => {
    const rule: ResultRule = { kind: 'rows', file: 'C.h5', rows: 'BSE_Double_Compact_Objects' };
    expect((await extract(rule, compasBytes())).values).toEqual({ x: 9 });
  });

  it.runIf(haveCompasFile)('of a group that is not there are null, not an error', async () => {
    const rule: ResultRule = { kind: 'rows', file: 'C.h5', rows: 'nope' };
    expect((await extract(rule, compasBytes())).values).toEqual({ x: null });
  });
});
