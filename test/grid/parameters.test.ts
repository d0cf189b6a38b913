import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { emptyRepository, load, textsOf, valuesOf } from './grid-text.ts';

const values = (form: string) => valuesOf(load(`parameters: { p: ${form} }`), 'p');
const texts = (form: string) => textsOf(load(`parameters: { p: ${form} }`), 'p');

describe('literals', () => {
  it('keep their text, also inside lists', () => {
    expect(texts('[1.0, 3e-3, -0.5, 0x1F, TRUE]')).toEqual(['1.0', '3e-3', '-0.5', '0x1F', 'TRUE']);
    expect(values('[1.0, 3e-3, -0.5, 0x1F, TRUE]')).toEqual([1, 0.003, -0.5, 31, true]);
    expect(texts('{ value: [1.0, -0.0, [3e-3]] }')).toEqual(['[1.0,-0.0,[3e-3]]']);
  });

  it('that a number or a boolean would garble are text', () => {
    const written = ['01022500', 'NO', 'on', '12:30', '2020-01-01', '12345678901234567890'];
    expect(values(`[${written.join(', ')}]`)).toEqual(written);
  });

  it('are text when quoted or when the type says so', () => {
    expect(values('["1.0", "true"]')).toEqual(['1.0', 'true']);
    expect(values('{ values: [1.0, 2], type: text }')).toEqual(['1.0', '2']);
  });

  it('of JSON files follow the same rules', () => {
    expect(texts('[1.50, "x"]')).toEqual(['1.50', 'x']);
  });
});

describe('spacings', () => {
  it('linspace has exact ends, and leaves the end out without endpoint', () => {
    expect(values('{ linspace: { start: 0, stop: 1, num: 5 } }')).toEqual([0, 0.25, 0.5, 0.75, 1]);
    expect(values('{ linspace: { start: 0, stop: 1, num: 4, endpoint: false } }')).toEqual([
      0, 0.25, 0.5, 0.75,
    ]);
    expect(values('{ linspace: { start: 0.1, stop: 0.7, num: 4 } }').at(-1)).toBe(0.7);
  });

  it('count is another name for num', () => {
    expect(values('{ linspace: { start: 0, stop: 1, count: 2 } }')).toEqual([0, 1]);
  });

  it('logspace takes exponents and a base', () => {
    expect(values('{ logspace: { start: -1, stop: 2, num: 4 } }')).toEqual([0.1, 1, 10, 100]);
    expect(values('{ logspace: { start: 0, stop: 3, num: 4, base: 2 } }')).toEqual([1, 2, 4, 8]);
  });

  it('a logspace that looks like end points gets a hint', () => {
    const hints = (form: string) => load(`parameters: { p: ${form} }`).hints.map(({ message }) => message);
    expect(hints('{ logspace: { start: 0.1, stop: 5, num: 4 } }')[0]).toContain('logspace takes exponents');
    expect(hints('{ logspace: { start: -1, stop: 2, num: 4 } }')).toEqual([]);
  });

  it('geomspace may run through negative numbers', () => {
    const [first, middle, last] = values('{ geomspace: { start: -1, stop: -100, num: 3 } }');
    expect([first, last]).toEqual([-1, -100]);
    expect(middle).toBeCloseTo(-10, 12);
  });

  it('range excludes its stop and does not accumulate', () => {
    expect(values('{ range: { start: 0, stop: 1, step: 0.25 } }')).toEqual([0, 0.25, 0.5, 0.75]);
    expect(values('{ range: { start: 1, stop: 1.3, step: 0.1 } }')).toEqual([1, 1.1, 1.2]);
    expect(values('{ range: { start: 3, stop: 0, step: -1 } }')).toEqual([3, 2, 1]);
  });

  it('repeat counts from zero', () => {
    expect(values('{ repeat: 3 }')).toEqual([0, 1, 2]);
  });

  it('a list of forms is their union', () => {
    expect(values('[7, { range: { stop: 2 } }, { linspace: { start: 3, stop: 4, num: 2 } }]')).toEqual([
      7, 0, 1, 3, 4,
    ]);
  });
});

describe('attributes', () => {
  it('go with each form of a list, and with seeds a format', () => {
    const mixed = load(
      'parameters: { x: [{ range: { stop: 2 }, format: .1f }, { range: { start: 5, stop: 8 }, group: 2 }] }',
    );
    expect(textsOf(mixed, 'x')).toEqual(['0.0', '1.0', '[5,6]', '[7]']);
    const seed = load('parameters: { a: 1, s: { unique: { stride: 10, below: 1000 }, format: 06d } }');
    expect(textsOf(seed, 's')[0]).toMatch(/^000\d\d0$/);
  });

  it('format changes the text and round the value', () => {
    expect(texts('{ values: [1, 2.5], format: .2f }')).toEqual(['1.00', '2.50']);
    expect(values('{ linspace: { start: 0, stop: 1, num: 4 }, round: 2 }')).toEqual([0, 0.33, 0.67, 1]);
  });

  it('group packs values and never loses the last', () => {
    expect(values('{ values: [1.0, 2, 3, 4, 5], group: 2 }')).toEqual([[1, 2], [3, 4], [5]]);
    expect(texts('{ values: [1.0, 2, 3], group: 2 }')).toEqual(['[1.0,2]', '[3]']);
  });

  it('unit and description are shown with the axis', () => {
    const [axis] = load('parameters: { p: { values: [1, 2], unit: km/s, description: Kick } }').axes;
    expect(axis).toEqual({ name: 'p', samples: ['1', '2'], count: 2, unit: 'km/s', description: 'Kick' });
  });

  it('a pair of numbers that may have been meant as one window gets a hint', () => {
    expect(load('parameters: { window: [16, 30] }').hints[0]?.fix).toContain('{ value: [16,30] }');
    expect(load('parameters: { lambda: [0.1, 0.5] }').hints).toEqual([]);
  });
});

describe('dates', () => {
  const windows = (form: string) =>
    values(`{ dates: ${form} }`).map((value) => {
      const { start, end, last } = value as Record<string, string>;
      return `${start} ${end} ${last}`;
    });

  it('months follow the calendar, and the last window is clipped', () => {
    expect(windows('{ start: 2000-01-31, end: 2000-04-10, every: 1 month }')).toEqual([
      '2000-01-31 2000-02-29 2000-02-28',
      '2000-02-29 2000-03-31 2000-03-30',
      '2000-03-31 2000-04-10 2000-04-09',
    ]);
  });

  it('an overlap makes windows repeat and still ends', () => {
    expect(windows('{ start: 2022-01-01, end: 2022-02-20, every: 30 days, overlap: 5 days }')).toEqual([
      '2022-01-01 2022-01-31 2022-01-30',
      '2022-01-26 2022-02-20 2022-02-19',
    ]);
  });

  it('without a period there is one window, with an inclusive last day if wanted', () => {
    expect(windows('{ start: 2017-01-26, last: 2017-03-26 }')).toEqual(['2017-01-26 2017-03-27 2017-03-26']);
  });

  it('hours give moments', () => {
    expect(windows('{ start: 2000-01-01, end: 2000-01-02, every: 12 hours }')[0]).toBe(
      '2000-01-01T00:00:00 2000-01-01T12:00:00 2000-01-01T11:59:59',
    );
  });

  it('several ranges in one list follow each other', () => {
    const list =
      '[{ dates: { start: 2019-05-11, last: 2019-06-16 } }, { dates: { start: 2019-11-10, last: 2019-12-15 } }]';
    expect(load(`parameters: { p: ${list} }`).count()).toBe(2);
  });
});

describe('files, chunks and computed parameters', () => {
  it('a file gives a value a line, as text if asked, in groups if asked', () => {
    const root = emptyRepository();
    writeFileSync(join(root, 'ids.txt'), '# gauges\n01022500\n\n7\r\n8');
    const read = (form: string) => valuesOf(load(`parameters: { p: ${form} }`, { root }), 'p');
    expect(read('{ file: ids.txt }')).toEqual(['01022500', 7, 8]);
    expect(read('{ file: ids.txt, type: text, group: 2 }')).toEqual([['01022500', '7'], ['8']]);
  });

  it('chunks cover everything once', () => {
    expect(values('{ chunks: { of: 5, size: 2 } }')).toEqual([
      { start: 0, end: 2, count: 2 },
      { start: 2, end: 4, count: 2 },
      { start: 4, end: 5, count: 1 },
    ]);
  });

  it('derived parameters are ordered by what they read', () => {
    const grid = load('parameters: { c: { derive: b + 1 }, b: { derive: a * 2 }, a: [1, 2] }');
    expect(valuesOf(grid, 'c')).toEqual([3, 5]);
    expect(grid.reusable).toBe(true);
  });

  it('a derived parameter that reads the index disables reuse and says so', () => {
    const grid = load('parameters: { a: [5, 6], b: { derive: index * 10 }, c: { derive: b + 1 } }');
    expect(valuesOf(grid, 'c')).toEqual([1, 11]);
    expect(grid.reusable).toBe(false);
    expect(grid.hints[0]?.message).toContain('depends on `index`');
  });

  it('a parameter may be called index, and is one', () => {
    const grid = load('parameters: { index: [5, 6], b: { derive: index * 10 } }\nonly: index > 5');
    expect(valuesOf(grid, 'b')).toEqual([60]);
    expect(grid.reusable).toBe(true);
  });

  it('unique seeds are multiples of the stride, equal for equal points and shared over except', () => {
    const seeds = (parameters: string) => valuesOf(load(`parameters: { ${parameters} }`), 's') as number[];
    const small = seeds('a: [1, 2], s: { unique: { stride: 100 } }');
    const grown = seeds('a: [3, 1, 2], s: { unique: { stride: 100 } }');
    expect(small.every((seed) => seed % 100 === 0)).toBe(true);
    expect(grown.slice(1)).toEqual(small);
    const common = seeds('a: [1, 2], b: [1, 2], s: { unique: { stride: 100, except: [b] } }');
    expect(common[0]).toBe(common[1]);
    expect(common[0]).not.toBe(common[2]);
  });

  it('--set replaces constants only, typed like unquoted YAML', () => {
    const set = (values: Record<string, string>) => () =>
      load('parameters: { n: 1, k: { value: 2, unit: m }, a: [1, 2] }', { set: values });
    expect(textsOf(set({ n: '1.50', k: 'NO' })(), 'n')).toEqual(['1.50', '1.50']);
    expect(valuesOf(set({ k: '7' })(), 'k')).toEqual([7, 7]);
    expect(set({ a: '3' })).toThrow('`a` is not a constant');
    expect(set({ m: '3' })).toThrow('there is no such parameter');
  });
});
