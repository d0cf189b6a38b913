import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadGrid } from '../../src/grid/load.ts';
import { emptyRepository, refusal, refusalOf } from './grid-text.ts';

const alphaBomb = ['a0: &a0 [x, x, x, x, x, x, x, x, x]']
  .concat(
    Array.from(
      { length: 9 },
      (_, level) => `a${level + 1}: &a${level + 1} [${`*a${level}, `.repeat(8)}*a${level}]`,
    ),
  )
  .join('\n');

describe('bad input', () => {
  it.each([
    [
      'an unknown key',
      'parameters: { a: 1 }\ntimeuot: 4h',
      '4:1: unknown key `timeuot`\n  Did you mean `timeout`?',
    ],
    ['an unknown form', 'parameters: { a: { linspac: 1 } }', 'Did you mean `linspace`?'],
    [
      'a wrong type',
      'parameters: { a: 1 }\nretry: { attempts: many }',
      '4:20: `retry.attempts` must be a number, found the text `many`',
    ],
    [
      'memory without a unit',
      'resources: { memory: 4096 }',
      '3:22: `resources.memory` must be text, found the number 4096',
    ],
    ['an empty axis', 'parameters: { a: [] }', '3:18: `parameters.a` needs at least 1 item'],
    [
      'zipped axes of different lengths',
      'parameters: { a: [1, 2], b: [1] }\nzip: [[a, b]]',
      '4:7: zipped parameters have different lengths: a 2, b 1',
    ],
    [
      'colliding labels',
      'parameters: { a: [1.0001, 1.0002] }\nlabel: "{a:.2f}"',
      '4:8: the label `1.00` belongs to two combinations: 0 (a=1.0001) and 1 (a=1.0002)',
    ],
    ['a value twice', 'parameters: { b: [5, 6], a: [1, 1.0] }', 'combination 0 equals combination 1'],
    [
      'a point in two blocks',
      'parameters: { a: 1 }\nblocks: [{ only: "a == 1" }, { only: "a < 2" }]',
      'combinations 0 and 1 are the same point: a=1',
    ],
    [
      'a missing data file',
      'parameters: { a: { file: nope.txt } }',
      '3:26: the file `nope.txt` is missing: looked for grids/nope.txt and nope.txt',
    ],
    ['an alias bomb', alphaBomb, 'aliases (`*name`) repeat more than 10,000 values'],
    ['__proto__', 'parameters: { __proto__: 1 }', '3:15: the key `__proto__` is not allowed'],
    ['constructor', 'parameters: { constructor: 1 }', 'the key `constructor` is not allowed'],
    ['a key twice', 'parameters: { a: 1, a: 2 }', '3:21: `a` is written twice'],
    [
      'an expression that reaches outside',
      'parameters: { a: 1, b: { derive: "process.exit(1)" } }',
      '3:47: The expression',
    ],
    [
      'an unknown name in an expression',
      'parameters: { alpha: 1, b: { derive: alpa * 2 } }',
      'Did you mean `alpha`?',
    ],
    ['derived parameters in a circle', 'parameters: { a: { derive: b }, b: { derive: a } }', 'a -> b -> a'],
    [
      'names that collide in upper case',
      'parameters: { n: 1, N: 2 }',
      '3:21: `n` and `N` both become MUSTER_PARAM_N',
    ],
    ['a reserved name', 'parameters: { slice: 1 }', '`slice` is reserved'],
    ['include', 'parameters: { a: 1 }\ninclude: [{ a: 2 }]', 'points are added by a block'],
    ['several nodes', 'resources: { nodes: 4 }', '`nodes` above 1 is not supported'],
    [
      'more combinations than allowed',
      'parameters: { a: { repeat: 2000 }, b: { repeat: 2000 } }',
      'more than 1,000,000 combinations',
    ],
    ['nothing left over', 'parameters: { a: [1, 2] }\nonly: a > 3', 'the grid has no combination'],
    [
      'an index in a filter',
      'parameters: { a: [1, 2] }\nonly: index > 3',
      '`index` is not known before points are left out',
    ],
    ['two forms', 'parameters: { a: { value: 1, repeat: 3 } }', '`a` has `value` and `repeat`'],
    ['an axis with attributes only', 'parameters: { a: { unit: km } }', '`a` has attributes and no value'],
    ['infinity', 'parameters: { a: .inf }', '`.inf` is not a finite number'],
    [
      'a rows column given twice',
      'rows: [{ a: 1 }]\nparameters: { a: 2 }',
      '`a` is given here and by the rows',
    ],
    [
      'an overlap as long as the window',
      'parameters: { a: { dates: { start: 2000-01-01, end: 2001-01-01, every: 5 days, overlap: 5 days } } }',
      'the overlap is not shorter than the window',
    ],
    [
      'a label that leaves its folder',
      'parameters: { a: [1, 2] }\nlabel: "../{a}"',
      'has an empty folder or one of dots',
    ],
    [
      'a wrong key of a form in a list',
      'parameters: { a: [1, { linspace: { start: 1, strt: 2, num: 3 } }] }',
      '`parameters.a.linspace.stop` is missing',
    ],
    [
      'a wrong architecture',
      'resources: { architecture: arm }',
      'must be `arm64` or `amd64` or `any` or text with a placeholder, found the text `arm`',
    ],
    [
      'an object as a constant',
      'parameters: { a: { beta: 1 } }',
      'An object as a value is written { value: { ... } }',
    ],
    [
      'a filter that is no condition',
      'parameters: { a: [1, 2] }\nonly: a + 1',
      'the expression gives 2, not true or false',
    ],
    [
      'rows beside blocks',
      'rows: [{ a: 1 }]\nblocks: [{ parameters: { b: 1 } }]',
      'Move `rows` into the blocks',
    ],
  ])('%s is refused with its place and the way out', (_, shape, message) => {
    expect(refusalOf(shape)).toContain(message);
  });

  const program = (text: string) => refusal(`name: x\nprogram: ${text}\nparameters: { alpha: 1 }\n`);

  it('an unquoted {alpha} is told to take quotes', () => {
    expect(program('{ image: demo, command: [run, {alpha}] }')).toMatch(
      /2:40: `\{alpha\}` without quotes[^\n]*\n {2}Write "\{alpha\}"/,
    );
  });

  it('an unquoted {*alpha} is told to take quotes', () => {
    expect(program('{ image: demo, command: [run, {*alpha}] }')).toContain('write "{*alpha}" with quotes');
  });

  it.each([
    '{ image: demo, command: [run, "$' + '{alpha}"] }',
    '{ image: demo, command: [run, $' + '{alpha}] }',
  ])('a shell variable is told how a placeholder is written: %s', (text) => {
    expect(program(text)).toContain('"{alpha}"');
  });

  it('a placeholder that names no parameter is shown at its own column', () => {
    expect(program('{ image: demo, command: [run, "--a={alpa}"] }')).toContain(
      '2:45: `{alpa}` names no parameter\n  Did you mean `{alpha}`?',
    );
  });

  it.each(['../../x', '/etc/passwd', 'a/../../b', '{alpha}/../..'])(
    'the output path %s is refused',
    (path) => {
      expect(program(`{ image: demo, command: [run], outputs: [{ path: "${path}" }] }`)).toMatch(
        /2:\d+: The path/,
      );
    },
  );

  it('everything that is wrong is said at once', () => {
    const message = refusalOf(
      'parameters: { a: { file: nope.txt } }\ntimeuot: 1\nbudget: { usd: -1 }\nresources: { memory: 3 parsecs }\n',
    );
    expect(message.match(/^grids\/test\.yaml:\d+:\d+: /gm)).toHaveLength(3);
  });

  it('a file of 10 MB is refused before it is read', () => {
    const root = emptyRepository();
    writeFileSync(join(root, 'big.yaml'), `name: x\n${'#'.repeat(10_000_000)}`);
    expect(() => loadGrid('big.yaml', { root })).toThrow(
      'the file has 10.0 MB; a grid file has at most 1 MB',
    );
  });

  it('ragged rows are refused with their line', () => {
    const root = emptyRepository();
    writeFileSync(join(root, 'points.csv'), '# stations\na,b\n1,2\n\n3\n4,5,6\n');
    const message = refusalOf('rows: { file: points.csv }', { root });
    expect(message).toContain('line 5 of `points.csv` has 1 columns instead of 2');
    expect(message).toContain('line 6 of `points.csv` has 3 columns instead of 2');
  });

  it('a table that cannot be read is the only thing said, not the names it hides', () => {
    const root = emptyRepository();
    writeFileSync(join(root, 'points.json'), '[{"a": 1},\n {"a": 1, "a": 2}]');
    const message = refusalOf('rows: { file: points.json }\nparameters: { b: { derive: a + 1 } }', { root });
    expect(message).toBe(
      'grids/test.yaml:3:15: line 2 of `points.json`: `a` is written twice, first in line 2\n  Remove one of them.',
    );
  });

  it('seeds that overlap name both combinations', () => {
    expect(
      refusalOf('parameters: { a: { repeat: 30 }, seed: { unique: { stride: 10, below: 100 } } }'),
    ).toMatch(
      /the seeds of `seed` overlap: combinations \d+ \(a=\d+\) and \d+ \(a=\d+\) both own \[\d+0, \d+0\)/,
    );
  });

  it('a data file outside the repository is refused', () => {
    expect(refusalOf('parameters: { a: { file: /etc/passwd } }')).toContain('is not a relative path');
    expect(
      refusalOf('parameters: { a: { file: ../../../../../../etc/passwd } }', { root: emptyRepository() }),
    ).toContain('lies outside the repository');
  });
});
