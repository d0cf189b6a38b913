import { expect, test } from 'vitest';
import type { OutputRule } from '../../src/grid/grid.ts';
import { mainOutput } from '../../src/results/main-output.ts';

const rule = (path: string, changes: Partial<OutputRule> = {}): OutputRule => ({
  ...{ path, contains: [], required: true, min: 1, minBytes: 0 },
  ...changes,
});
const record = (path: string) => ({ path, key: path, size: 1, sha256: '' });

const cases: readonly (readonly [string, readonly string[], readonly OutputRule[], string | undefined])[] = [
  [
    'the first declared HDF5 output, though others are declared before',
    ['log.txt', 'b.h5', 'a.h5'],
    [rule('log.txt'), rule('a.h5', { format: 'hdf5' }), rule('b.h5', { format: 'hdf5' })],
    'a.h5',
  ],
  ['the first declared output without HDF5', ['b.csv', 'a.csv'], [rule('a.csv'), rule('b.csv')], 'a.csv'],
  [
    'the next declared output when an optional HDF5 one was not made',
    ['a.csv'],
    [rule('a.h5', { format: 'hdf5' }), rule('a.csv')],
    'a.csv',
  ],
  ['a file of a folder by glob', ['program.log.gz', 'out/x/y.h5'], [rule('out/**')], 'out/x/y.h5'],
  [
    'a path with a placeholder',
    ['program.log.gz', 'run-17/out.h5'],
    [rule('run-{combination.index}/out.h5', { format: 'hdf5' })],
    'run-17/out.h5',
  ],
  ['an archive by its name', ['all.tar.gz'], [rule('many/**', { archive: 'all.tar.gz' })], 'all.tar.gz'],
  ['never the log when another file is there', ['program.log.gz', 'x'], [], 'x'],
  ['nothing when there is only the log', ['program.log.gz'], [rule('a.csv')], undefined],
];

test.each(cases)('%s', (_, paths, rules, expected) => {
  expect(mainOutput(paths.map(record), rules)?.path).toBe(expected);
});
