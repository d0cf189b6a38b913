import { afterAll, describe, expect, it } from 'vitest';
import { Place } from './place.ts';

const place = new Place();
afterAll(() => place[Symbol.dispose]());
place.program('toy', 'exit 0\n');
place.write('grids/ragged.csv', 'a,b\n1,2\n3\n');

const bomb = ['a0: &a0 [x, x, x, x, x, x, x, x, x]']
  .concat(Array.from({ length: 9 }, (_, n) => `a${n + 1}: &a${n + 1} [${`*a${n}, `.repeat(8)}*a${n}]`))
  .join('\n');

const withProgram = (program: string, rest = 'parameters: { alpha: 1 }\n') =>
  `name: bad\nprogram: { image: toy, ${program} }\n${rest}`;
const withShape = (shape: string) => withProgram('command: [toy]', shape);

/** Every kind of mistake that the first issue names; each is the only one in its file. */
const mistakes: readonly (readonly [string, string, RegExp])[] = [
  ['an unknown key', withShape('parameters: { a: 1 }\ntimeuot: 4h'), /:4:1: unknown key `timeuot`\n {2}Did/],
  [
    'a wrong type',
    withShape('parameters: { a: 1 }\nretry: { attempts: many }'),
    /:4:20: `retry.attempts` must be a number, found the text `many`/,
  ],
  ['an empty axis', withShape('parameters: { a: [] }'), /:3:18: `parameters.a` needs at least 1 item/],
  [
    'zipped axes of different lengths',
    withShape('parameters: { a: [1, 2], b: [1] }\nzip: [[a, b]]'),
    /:4:7: zipped parameters have different lengths: a 2, b 1/,
  ],
  [
    'labels that collide',
    withShape('parameters: { a: [1.0001, 1.0002] }\nlabel: "{a:.2f}"'),
    /:4:8: the label `1.00` belongs to two combinations: 0 \(a=1.0001\) and 1 \(a=1.0002\)/,
  ],
  [
    'a combination twice',
    withShape('parameters: { a: [1, 1.0] }'),
    /:3:18: duplicate combinations: [^\n]*combination 0 equals combination 1/,
  ],
  [
    'a missing data file',
    withShape('parameters: { a: { file: nope.txt } }'),
    /:3:26: the file `nope.txt` is missing/,
  ],
  [
    'ragged rows',
    withShape('rows: { file: ragged.csv }'),
    /:3:15: line 3 of `grids\/ragged.csv` has 1 columns instead of 2/,
  ],
  ['an alias bomb', withShape(bomb), /:\d+:\d+: .*aliases \(`\*name`\) repeat more than 10,000 values/],
  [
    'a file of 10 MB',
    `name: x\n${'#'.repeat(10_000_000)}`,
    /: the file has 10.0 MB; a grid file has at most 1 MB/,
  ],
  ['__proto__', withShape('parameters: { __proto__: 1 }'), /:3:15: the key `__proto__` is not allowed/],
  [
    'an output outside of the work directory',
    withProgram('command: [toy], outputs: [{ path: ../../x }]'),
    /:2:\d+: The path/,
  ],
  [
    'a placeholder that names no parameter',
    withProgram('command: [toy, "{alpa}"]'),
    /:2:\d+: `\{alpa\}` names no parameter\n {2}Did you mean `\{alpha\}`\?/,
  ],
  [
    'an unquoted {alpha}',
    withProgram('command: [toy, {alpha}]'),
    /:2:\d+: `\{alpha\}` without quotes[^\n]*\n {2}Write "\{alpha\}"/,
  ],
  [
    'an expression that reaches outside',
    withShape('parameters: { a: 1, b: { derive: "process.exit(1)" } }'),
    /:3:\d+: The expression/,
  ],
  [
    'seeds that overlap',
    withShape('parameters: { a: { repeat: 30 }, seed: { unique: { stride: 10, below: 100 } } }'),
    /:3:\d+: the seeds of `seed` overlap: combinations \d+ \(a=\d+\) and \d+ \(a=\d+\)/,
  ],
];

describe.concurrent('a mistake in a grid file', () => {
  it.each(mistakes)(
    '%s ends `run` with 2 and one message, and leaves nothing',
    async (what, text, message) => {
      const path = `grids/${what.replaceAll(/[^a-z]+/gi, '-')}.yaml`;
      place.write(path, text);
      const { code, stdout, stderr } = await place.muster('run', path);
      const own = stderr.replaceAll(path, 'grids/bad.yaml');
      expect(own).toMatch(message);
      // The message, and at most one line more that says what to do.
      expect(own).toMatch(/^grids\/bad\.yaml:[^\n]*\n( {2}[^\n]*\n)?$/);
      expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
      expect(place.files('.muster/store')).toEqual([]);
    },
  );
});

describe('a grid file that cannot be read', () => {
  it('is said before `.muster` is made', async () => {
    using own = new Place();
    own.write('grids/bad.yaml', withShape('parameters: { a: 1 }\ntimeuot: 4h'));
    for (const command of ['plan', 'run', 'launch']) await own.muster(command, 'bad');
    expect(own.files('.muster')).toEqual([]);
  });

  it('is found by every command that reads the file', async () => {
    using own = new Place();
    own.write('grids/bad.yaml', withShape('parameters: { a: 1 }\ntimeuot: 4h'));
    for (const command of ['check', 'expand', 'plan', 'launch']) {
      const { code, stderr } = await own.muster(command, 'bad');
      expect(stderr).toMatch(/^grids\/bad\.yaml:4:1: unknown key `timeuot`\n[^\n]*\n$/);
      expect(code).toBe(2);
    }
  });

  it('does not keep `check` from reading the other files', async () => {
    using own = new Place();
    own.write('grids/bad.yaml', withShape('parameters: { a: 1 }\ntimeuot: 4h'));
    own.write('grids/good.yaml', withShape('parameters: { a: [1, 2] }').replace('bad', 'good'));
    const { code, stdout, stderr } = await own.muster('check');
    expect(stdout).toBe('grids/good.yaml: 2 combinations\n');
    expect(stderr).toContain('unknown key `timeuot`');
    expect(code).toBe(2);
  });
});
