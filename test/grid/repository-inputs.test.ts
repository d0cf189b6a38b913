import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { loadGridText } from '../../src/grid/load.ts';

let root: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'muster-inputs-'));
  mkdirSync(join(root, 'grids/tables/deep'), { recursive: true });
  writeFileSync(join(root, 'grids/tables/a.txt'), 'a');
  writeFileSync(join(root, 'grids/tables/deep/b.txt'), 'b');
});
afterEach(() => rmSync(root, { recursive: true }));

const load = (from: string) =>
  loadGridText(
    `name: x
program: { image: x, command: [run], inputs: [{ from: "${from}", to: in/ }] }
parameters: { n: [1, 2] }
`,
    'grids/x.yaml',
    { root },
  );

describe('inputs that lie in the repository', () => {
  test('are found beside the grid and named from the root, with their digest', () => {
    const { grid, data } = load('tables/a.txt');
    expect(grid.program.inputs).toEqual([{ from: 'grids/tables/a.txt', to: 'in/' }]);
    expect(data).toEqual([
      {
        path: 'grids/tables/a.txt',
        sha256: 'ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb',
        use: 'program',
      },
    ]);
  });

  test('may be a folder: everything below it is kept', () => {
    const { grid, data } = load('tables/');
    expect(grid.program.inputs[0]?.from).toBe('grids/tables/');
    expect(data.map(({ path }) => path)).toEqual(['grids/tables/a.txt', 'grids/tables/deep/b.txt']);
  });

  test('leave links in a folder out, which may lead outside', () => {
    symlinkSync('/etc/passwd', join(root, 'grids/tables/link'));
    expect(load('tables/').data).toHaveLength(2);
  });

  test.each([
    ['tables/none.txt', '`tables/none.txt` is missing'],
    ['tables/none/', '`tables/none/` is missing'],
    ['tables/a.txt/', 'is a file'],
    ['tables', 'is a folder'],
    ['../../etc/passwd', 'lies outside the repository'],
    ['tables/{n}.txt', 'cannot hold placeholders'],
  ])('%s is refused', (from, message) => {
    expect(() => load(from)).toThrow(message);
  });

  test('two program files of one name are refused: one would be lost in the work directory', () => {
    writeFileSync(join(root, 'grids/tables/deep/a.txt'), 'other');
    const text =
      'name: x\nprogram: { image: x, command: [run], files: [tables/a.txt, tables/deep/a.txt] }\nparameters: { n: 1 }\n';
    expect(() => loadGridText(text, 'grids/x.yaml', { root })).toThrow(
      '`grids/tables/deep/a.txt` and `grids/tables/a.txt` would both be `a.txt` in the work directory',
    );
  });

  test('elsewhere keep their placeholders', () => {
    expect(load('s3://bucket/{n}/').grid.program.inputs).toEqual([{ from: 's3://bucket/{n}/', to: 'in/' }]);
  });
});
