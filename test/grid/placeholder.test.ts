import { expect, test } from 'vitest';
import type { Value } from '../../src/grid/combination.ts';
import { expandCommand } from '../../src/grid/command.ts';
import {
  fillTemplate,
  type Lookup,
  PlaceholderError,
  placeholderNames,
  quotingAdvice,
} from '../../src/grid/placeholder.ts';

const values: Readonly<Record<string, readonly [value: Value, text: string]>> = {
  alpha: [0.5689810202763907, '0.5689810202763907'],
  one: [1, '1.0'],
  name: ['spx_close', 'spx_close'],
  on: [true, 'true'],
  off: [false, 'false'],
  nothing: [null, 'null'],
  zero: [0, '0'],
  list: [[1, 0.003, 'NO', [2]], '[1.0, 3e-3, "NO", [2.0]]'],
  flags: [[true, false], '[true, false]'],
  empty: [[], '[]'],
  month: [{ start: '2000-02-01', last: '2000-02-29' }, '{"start":"2000-02-01","last":"2000-02-29"}'],
  arm: [{ '--alpha': 1, 'b-c': { d: [0] } }, '{"--alpha": 1.0, "b-c": {"d": [-0.0]}}'],
  switches: [
    { '--use-dask': true, '--quiet': false, '--size': 3 },
    '{"--use-dask": true, "--quiet": false, "--size": 3.0}',
  ],
  hole: [{ '--a': null }, '{"--a": null}'],
};

const lookup: Lookup = (name) => {
  const found = Object.hasOwn(values, name) ? values[name] : undefined;
  return found === undefined ? undefined : { value: found[0], text: found[1] };
};

function failure(run: () => unknown): PlaceholderError {
  try {
    run();
  } catch (error) {
    if (error instanceof PlaceholderError) return error;
    throw error;
  }
  throw new Error('nothing was refused');
}

test('an object spreads in its written order, whatever its keys', () => {
  const written = { value: { 5: 'b', 10: 'a', k: 1 }, text: '{"10":"a","k":1.0,"5":"b"}' };
  expect(expandCommand(['{*o}'], () => written)).toEqual(['10', 'a', 'k', '1.0', '5', 'b']);
});

test.each([
  ['{alpha}', '0.5689810202763907'],
  ['a{alpha:.3f}_b{one}', 'a0.569_b1.0'],
  ['{alpha:%.2e}', '5.69e-01'],
  ['{month.start:%Y.%j}', '2000.032'],
  ['{month.start:%Y_%B}', '2000_February'],
  ['{list}', '[1.0, 3e-3, "NO", [2.0]]'],
  ['{list:,}', '1.0,3e-3,NO,[2.0]'],
  ['{list.1}', '3e-3'],
  ['{arm.b-c.d}', '[-0.0]'],
  ['{arm.b-c.d.0}', '-0.0'],
  ['{{"a": {one}}}', '{"a": 1.0}'],
  ['{{{one}}}', '{1.0}'],
  ['$5 and $', '$5 and $'],
  ['plain', 'plain'],
  ['', ''],
])('%s becomes %s', (template, expected) => {
  expect(fillTemplate(template, lookup)).toBe(expected);
});

test('the references of a template carry name, path, format, form and place', () => {
  expect(placeholderNames('a{x} {arm.b-c:.3f} {?on} {*list:words} {{no}}')).toEqual([
    { name: 'x', path: [], spec: undefined, offset: 1, form: 'value', source: '{x}' },
    { name: 'arm', path: ['b-c'], spec: '.3f', offset: 5, form: 'value', source: '{arm.b-c:.3f}' },
    { name: 'on', path: [], spec: undefined, offset: 19, form: 'test', source: '{?on}' },
    { name: 'list', path: [], spec: 'words', offset: 25, form: 'spread', source: '{*list:words}' },
  ]);
});

test.each<[string, RegExp, RegExp, number]>([
  // biome-ignore lint/suspicious/noTemplateCurlyInString: the mistake under test
  ['a${alpha}', /a shell's form/, /^Write \{alpha\}\.$/, 1],
  ['{alpha', /never closed/, /\{\{ for a brace/, 0],
  ['{}', /'\{\}' is not a placeholder/, /Write \{name\}/, 0],
  ['{alpha * 2}', /'\{alpha \* 2\}' is not a placeholder/, /derive/, 0],
  ['{ alpha }', /is not a placeholder/, /Write \{name\}/, 0],
  ['a}', /A lone }/, /Write }}/, 1],
  ['{absent}', /\{absent\} is absent/, /list of its own/, 0],
  ['{month.middle}', /absent/, /list of its own/, 0],
  ['{name:.3f}', /for numbers, and 'spx_close' is text/, /quotes/, 0],
  ['x{*list}', /must be a whole argument/, /\{list:,\}/, 1],
  ['{?on}', /prints nothing/, /list inside the command/, 0],
])('%s is refused with what to write', (template, message, fix, offset) => {
  const error = failure(() => fillTemplate(template, lookup));
  expect(error.message).toMatch(message);
  expect(error.fix).toMatch(fix);
  expect(error.offset).toBe(offset);
});

test.each<[string, (string | string[])[], string[]]>([
  ['arguments stay as they are', ['run', '--x={one}', ''], ['run', '--x=1.0', '']],
  ['a group is kept when its values are there', [['--alpha', '{alpha:.2f}']], ['--alpha', '0.57']],
  ['a group is dropped when a value is absent', ['run', ['--x', '{absent}']], ['run']],
  ['a group is dropped when a value is null', [['--x', '{nothing}']], []],
  ['a group is dropped when a value is false', [['--x', '{off}']], []],
  ['a group is dropped when the key inside is absent', [['--x', '{month.middle}']], []],
  ['a group is kept when a value is zero', [['--x', '{zero}']], ['--x', '0']],
  ['a test that holds prints nothing', [['--use-dask', '{?on}']], ['--use-dask']],
  ['a test that fails drops the group', [['--use-dask', '{?off}']], []],
  ['a test prints nothing within an argument either', [['{?on}--x={one}']], ['--x=1.0']],
  ['a test of a number holds', [['--x', '{?zero}']], ['--x']],
  ['a list becomes several arguments with their own text', ['{*list}'], ['1.0', '3e-3', 'NO', '[2.0]']],
  ['an empty list becomes none', ['a', '{*empty}', 'b'], ['a', 'b']],
  ['an object becomes keys and values', ['{*arm}'], ['--alpha', '1.0', 'b-c', '{"d": [-0.0]}']],
  ['bare keys stand for true and nothing for false', ['{*switches:bare}'], ['--use-dask', '--size', '3.0']],
  [
    'words stand for booleans',
    ['{*switches:words}'],
    ['--use-dask', 'TRUE', '--quiet', 'FALSE', '--size', '3.0'],
  ],
  ['words stand for booleans in lists', ['{*flags:words}'], ['TRUE', 'FALSE']],
  ['a spread in a group is dropped with it', [['--v', '{*absent}']], []],
  ['a spread in a group is kept with it', [['--v', '{*list}']], ['--v', '1.0', '3e-3', 'NO', '[2.0]']],
  ['null outside a group is a word', ['{nothing}'], ['null']],
])('%s', (_, command, expected) => {
  expect(expandCommand(command, lookup)).toEqual(expected);
});

test.each<[string, RegExp, RegExp]>([
  ['{*switches}', /at --use-dask holds the boolean true/, /\{\*switches:bare\}/],
  ['{*flags}', /holds the boolean true/, /\{\*flags:words\}/],
  ['{*flags:bare}', /holds the boolean true/, /\{\*flags:words\}/],
  ['{*hole}', /at --a holds null/, /Leave the key out/],
  ['{*one}', /needs a list or an object, and one is a number/, /Write \{one\}/],
  ['{*list:.3f}', /':\.3f' is no way/, /\{\*list:words\}/],
  ['{*absent}', /is absent/, /list of its own/],
  ['{?on}', /prints nothing/, /\[--flag/],
  ['--x={*list}', /whole argument/, /join with commas/],
])('as an argument %s is refused with what to write', (argument, message, fix) => {
  const error = failure(() => expandCommand([argument], lookup));
  expect(error.message).toMatch(message);
  expect(error.fix).toMatch(fix);
});

test('a group is judged as a whole: nothing of it is left when one value is missing', () => {
  expect(expandCommand([['--a', '{one}', '--b', '{absent}']], lookup)).toEqual([]);
});

test.each([
  ['{alpha}', '"{alpha}"'],
  ['*x', '"{*x}"'],
  // biome-ignore lint/suspicious/noTemplateCurlyInString: the mistake under test
  ['${x}', '"{x}"'],
])('%s is answered with its quoted form', (found, expected) => {
  expect(quotingAdvice(found)).toContain(expected);
});
