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
    ['a reserved name of a column', 'rows: [{ run: 1 }]', '3:7: `run` is reserved'],
    [
      'a column and a parameter that collide in upper case',
      'rows: [{ id: 1 }]\nparameters: { ID: 1 }',
      '`id` and `ID` both become MUSTER_PARAM_ID',
    ],
    [
      'a drawn parameter that collides in upper case',
      'parameters: { A: 1 }\nsample: { method: random, num: 2, ranges: { a: [0, 1] } }',
      'both become MUSTER_PARAM_A',
    ],
    [
      'a partial match of what depends on the index',
      'parameters: { a: [1, 2, 3], k: { derive: index } }\nexclude: [{ k: 1 }]',
      '`k` is not known before points are left out',
    ],
    [
      'packing of a derived parameter',
      'parameters: { a: [1, 2], d: { derive: a, group: 2 } }',
      '`group` does not go with `derive`',
    ],
    [
      'rounding of seeds',
      'parameters: { a: [1, 2], s: { unique: { stride: 10 }, round: -2 } }',
      '`round` does not go with `unique`',
    ],
    [
      'packing of a column',
      'rows: [{ a: 1 }, { a: 2 }]\nparameters: { a: { group: 2 } }',
      '`group` does not go with columns (`a`)',
    ],
    [
      'a format that does not fit what is derived',
      'parameters: { a: [x, 1], d: { derive: a, format: .2f } }',
      "the format of `d`: The format '.2f' is for numbers, and 'x' is text",
    ],
    [
      'a year that the calendar of the machine moves to 1950',
      'parameters: { p: { dates: { start: 0050-01-01, end: 0051-01-01 } } }',
      '`0050-01-01` is not in the calendar',
    ],
    ['part of a vCPU', 'resources: { vcpus: 0.5 }', '`resources.vcpus` must be a whole number'],
    [
      'a label that is a folder of a later one',
      'label: "{a:/}"\nparameters: { a: { values: [[x], [x, y]] } }',
      '3:8: one of the labels `x` and `x/y` is a folder of the other: combinations 0 (a=["x"]) and 1 (a=["x","y"])',
    ],
    [
      'a label that lies in a later one',
      'label: "{a:/}"\nparameters: { a: { values: [[x, y, z], [x]] } }',
      'one of the labels `x/y/z` and `x` is a folder of the other',
    ],
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

  it.each([
    [
      'a key that no value has',
      '[run, [--s, "{p.strat}"]]',
      '2:47: `{p.strat}` reaches nothing: no value of `p` has `strat`',
    ],
    [
      'a format that fits only some values',
      '[run, "{a:.3f}"]',
      "{a:.3f}: The format '.3f' is for numbers, and 'x' is text",
    ],
    ['a test outside a list', '[run, "{?a}"]', '{?a} tests and prints nothing'],
    ['a test of a derived parameter outside a list', '[run, "{?d}"]', '{?d} tests and prints nothing'],
    [
      'spreading inside a text',
      '[run, "x{*l}"]',
      '{*l} makes several arguments, so it must be a whole argument',
    ],
    ['spreading what is no list', '[run, "{*a}"]', '{*a} needs a list or an object, and a is a number'],
    ['spreading a boolean in silence', '[run, "{*o}"]', '{*o} at x holds the boolean true'],
  ])('%s in a command is refused before anything runs', (_, command, message) => {
    const parameters =
      '{ a: [1, x], d: { derive: a }, l: { value: [1, 2] }, o: { value: { x: true } }, p: { chunks: { of: 2, size: 1 } } }';
    expect(
      refusal(`name: x\nprogram: { image: demo, command: ${command} }\nparameters: ${parameters}\n`),
    ).toContain(message);
  });

  it('an argument that is absent in one block is refused, and a group of arguments is not', () => {
    const grid = (command: string) =>
      `name: x\nprogram: { image: demo, command: ${command} }\nblocks: [{ parameters: { a: 1 } }, { parameters: { b: 1 } }]\n`;
    expect(refusal(grid('[run, "{b}"]'))).toContain('2:41: {b} is absent in this combination');
    expect(() => refusal(grid('[run, [--b, "{b}"]]'))).toThrow('the grid was accepted');
  });

  it('values that a filter may leave out are not held against a placeholder', () => {
    const grid =
      'program: { image: demo, command: [run, "{a:.3f}"] }\nparameters: { a: [1, x] }\nonly: "a == 1"\n';
    expect(() => refusal(`name: x\n${grid}`)).toThrow('the grid was accepted');
  });

  it.each(['timeout: "{resources.vcpus} h"', 'resources: { memory: "{slice.end} GiB" }'])(
    'what is filled in before planning cannot use the plan: %s',
    (line) => {
      expect(refusalOf(`parameters: { a: 1 }\n${line}`)).toContain('is not known here yet');
    },
  );

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

  it.each([
    ['id,id\n1,2\n', '{ file: points.csv }', 'has the column `id` twice'],
    ['id,b\n1,2\n', '{ file: points.csv, columns: [id, id], header: true }', 'has the column `id` twice'],
    ['1,2\n', '{ file: points.csv, header: false }', 'the columns of `points.csv` have no names'],
  ])('a table whose columns are not told apart is refused: %j as %s', (text, rows, message) => {
    const root = emptyRepository();
    writeFileSync(join(root, 'points.csv'), text);
    expect(refusalOf(`rows: ${rows}`, { root })).toContain(message);
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
