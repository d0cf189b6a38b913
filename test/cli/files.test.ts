import { afterAll, describe, expect, it } from 'vitest';
import { toyPlace } from './place.ts';

/** The commands that only read or draft grid files. */
const place = toyPlace();
afterAll(() => place[Symbol.dispose]());

const linesOf = (text: string) => text.trimEnd().split('\n');

describe('expand', () => {
  it('prints a JSON line a combination, in order', async () => {
    const lines = linesOf(await place.good('expand', 'grids/toy.yaml')).map((line) => JSON.parse(line));
    expect(lines.map(({ label }) => label)).toHaveLength(12);
    expect(lines[3]).toMatchObject({
      index: 3,
      label: 'n2_right',
      parameters: { n: 2, side: 'right', scale: 1 },
    });
  });

  it('prints a table', async () => {
    const [header, first, ...rest] = linesOf(await place.good('expand', 'toy', '--format', 'csv'));
    expect(header).toBe('index,id,label,n,side,scale');
    expect(first).toMatch(/^0,[0-9a-f]{16},n1_left,1,left,1$/);
    expect(rest).toHaveLength(11);
  });

  it.each([
    [[], '12\n'],
    [['--limit', '5'], '5\n'],
    [['--select', 'n > 4'], '4\n'],
    [['--select', '0,3-5,n6_left'], '5\n'],
    [['--select', 'n > 4', '--limit', '3'], '3\n'],
  ])('counts with %j', async (options, count) => {
    expect(await place.good('expand', 'toy', '--format', 'count', ...options)).toBe(count);
  });

  it('overrides constants, and limits what it prints', async () => {
    const text = await place.good(
      'expand',
      'toy',
      '--set',
      'scale=7',
      '--select',
      'n1_right',
      '--limit',
      '1',
    );
    expect(JSON.parse(text)).toMatchObject({ index: 1, parameters: { n: 1, scale: 7 } });
  });

  it('ends quietly when its reader has seen enough', async () => {
    place.write(
      'grids/wide.yaml',
      place
        .read('grids/toy.yaml')
        .replace('name: toy', 'name: wide')
        .replace(/n: \[.*\]/, 'n: { repeat: 200000 }'),
    );
    for (const format of ['jsonl', 'csv']) {
      const { stdout, stderr } = await place.shell(
        `$MUSTER expand wide --format ${format} | head -n 2 | wc -l`,
      );
      expect({ stdout: stdout.trim(), stderr }).toEqual({ stdout: '2', stderr: '' });
    }
  });
});

describe('check', () => {
  it('counts the combinations of a good grid, as text and for programs', async () => {
    expect(await place.good('check', 'toy')).toBe('grids/toy.yaml: 12 combinations\n');
    expect(JSON.parse(await place.good('check', 'grids/toy.yaml', '--json'))).toEqual([
      { path: 'grids/toy.yaml', combinations: 12, hints: [], problems: [] },
    ]);
  });

  it('gives programs the place of a problem, and people the message', async () => {
    place.write('broken/grids/bad.yaml', `${place.read('grids/toy.yaml')}timeuot: 1 h\n`);
    const { code, stdout, stderr } = await place.muster('check', '-C', 'broken', '--json');
    expect(code).toBe(2);
    expect(JSON.parse(stdout)).toMatchObject([
      { problems: [{ file: 'grids/bad.yaml', line: 20, column: 1, message: 'unknown key `timeuot`' }] },
    ]);
    expect(stderr).toContain('grids/bad.yaml:20:1: unknown key `timeuot`');
  });
});

describe('new', () => {
  it('drafts a grid from a command, which `plan` then understands', async () => {
    const told = await place.good(
      ...['new', 'alpha-scan', '--image', 'toy', '--output', 'answer.json', '--'],
      ...['toy', '--alpha', '0.1,0.5,1.0', '--kick', 'linspace(0,10,3)', '--seed=7', '--verbose'],
    );
    expect(told).toContain('grids/alpha-scan.yaml: 9 combinations');
    const [first] = linesOf(await place.good('expand', 'alpha-scan'));
    expect(JSON.parse(first ?? '')).toMatchObject({ text: { alpha: '0.1', kick: '0', seed: '7' } });
    expect(await place.good('plan', 'alpha-scan')).toContain('9 combinations');
  });
});

describe('plan', () => {
  it('says what would run, and writes nothing', async () => {
    const text = await place.good('plan', 'toy', '--limit', '4');
    expect(text).toContain('4 combinations');
    const plan = JSON.parse(await place.good('plan', 'toy', '--select', 'n > 3', '--json'));
    expect(plan).toMatchObject({ grid: 'toy', total: 12, combinations: 6 });
    expect(place.files('.muster/store')).toEqual([]);
  });
});
