import { statSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { OutputRule } from '../../src/grid/grid.ts';
import { checkOutput, countProblem, type FoundFile } from '../../src/results/check-output.ts';
import { aFile } from './hdf5-file.ts';

const rule = (of: Partial<OutputRule>): OutputRule => ({
  path: 'out',
  contains: [],
  required: true,
  min: 1,
  minBytes: 0,
  ...of,
});

function found(name: string, text: string): FoundFile {
  const file = aFile(name, text);
  return { path: name, file, size: statSync(file).size, changed: 0 };
}

const problems = async (of: Partial<OutputRule>, name: string, text: string) =>
  await checkOutput(rule(of), [found(name, text)]);

describe('the number of files', () => {
  it.each([
    ['a required one that is absent', { required: true, min: 1 }, 0, 'out was not written'],
    ['fewer than needed', { min: 800 }, 799, 'out matches 799 files, 800 are needed'],
    ['none of many', { min: 800 }, 0, 'out matches 0 files, 800 are needed'],
    ['as many as needed', { min: 800 }, 800, undefined],
    ['an optional one that is absent', { required: false, min: 5 }, 0, undefined],
    [
      'an optional set that is there in part',
      { required: false, min: 5 },
      4,
      'out matches 4 files, 5 are needed',
    ],
    ['a required one although min says 0', { min: 0 }, 0, 'out was not written'],
  ])('%s', (_, of, count, expected) => expect(countProblem(rule(of), count)).toBe(expected));
});

describe('the size', () => {
  it('is at least what the rule says', async () => {
    expect(await problems({ minBytes: 5 }, 'a.bin', '1234')).toEqual(['a.bin has 4 bytes, 5 are needed']);
    expect(await problems({ minBytes: 4 }, 'a.bin', '1234')).toEqual([]);
  });

  it('of a binary file is not zero', async () => {
    expect(await problems({ format: 'binary' }, 'a.bin', '')).toEqual(['a.bin is empty']);
  });
});

describe('json', () => {
  it('parses as a whole', async () => {
    expect(await problems({ format: 'json' }, 'a.json', '{"a": [1, 2')).toEqual([
      expect.stringMatching(/^a\.json is not JSON: /),
    ]);
  });

  it('holds the keys, also inside', async () => {
    const text = '{"run": {"energy": null, "steps": [5]}, "a.b": 1}';
    const of = {
      format: 'json',
      contains: ['run.energy', 'run.steps.0', 'a.b', 'run.mass', 'toString'],
    } as const;
    expect(await problems(of, 'a.json', text)).toEqual([
      'a.json has no key "run.mass"',
      'a.json has no key "toString"',
    ]);
  });
});

describe('csv', () => {
  it.each([
    ['has a header and rows', 'a,b\n1,2\n', []],
    ['may have comments and no final newline', '# made by x\na,b\n1,2', []],
    ['is not empty', '', ['t.csv is empty']],
    ['has rows', 'a,b\n', ['t.csv has a header but no rows']],
    ['has the columns', 'a,c\n1,2\n', ['t.csv has no column "b"']],
  ])('%s', async (_, text, expected) => {
    expect(
      await problems({ format: 'csv', contains: ['a', 'b'].slice(0, text === '' ? 0 : 2) }, 't.csv', text),
    ).toEqual(expected);
  });

  it('has as many cells in every row', async () => {
    expect(await problems({ format: 'csv' }, 't.csv', 'a,b\n1,2\n3\n')).toEqual([
      expect.stringMatching(/^t\.csv is not a CSV table: /),
    ]);
  });
});

describe('text', () => {
  it('contains what is declared', async () => {
    expect(await problems({ format: 'text', contains: ['converged', 'NaN'] }, 'log', 'it converged')).toEqual(
      ['log does not contain "NaN"'],
    );
  });

  it('is found across the boundary of what is read at once', async () => {
    const text = `${'x'.repeat(1024 * 1024 - 4)}converged`;
    expect(await problems({ contains: ['converged'] }, 'log', text)).toEqual([]);
  });
});

describe('several files of one rule', () => {
  it('are each checked and named', async () => {
    const files = [found('a.json', '{}'), found('b.json', '{'), found('c.json', '[')];
    const lines = await checkOutput(rule({ format: 'json' }), files);
    expect(lines.map((line) => line.split(' ')[0])).toEqual(['b.json', 'c.json']);
  });
});
