import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { emptyRepository, load } from './grid-text.ts';

const points = (shape: string, root = '/nonexistent') =>
  [...load(shape, { root }).combinations()].map(({ parameters }) => parameters);

describe('shapes', () => {
  it('zipped axes move together where the first of them stands', () => {
    expect(points('parameters: { a: [1, 2], b: [x, y], c: [3, 4] }\nzip: [[a, c]]')).toEqual([
      { a: 1, b: 'x', c: 3 },
      { a: 1, b: 'y', c: 3 },
      { a: 2, b: 'x', c: 4 },
      { a: 2, b: 'y', c: 4 },
    ]);
  });

  it('rows of objects keep nested fields and are the slowest axis', () => {
    expect(points('parameters: { b: [1, 2] }\nrows: [{ id: p, hw: { cpu: 4 } }, { id: q }]')).toEqual([
      { id: 'p', hw: { cpu: 4 }, b: 1 },
      { id: 'p', hw: { cpu: 4 }, b: 2 },
      { id: 'q', b: 1 },
      { id: 'q', b: 2 },
    ]);
  });

  it.each([
    ['points.csv', 'site,x\n# comment\n"Pasadena, ""CA""",01\nNO,2.50', '{ file: points.csv }'],
    ['points.txt', '# comment\nsite  x\nPasadena,"CA" 01\n', '{ file: points.txt }'],
    ['points.dat', 'a;01\nb;2\n', '{ file: points.dat, columns: [site, x], separator: ";" }'],
    ['points.json', '[{"site": "a", "x": "01"}, {"site": "b", "x": 2}]', '{ file: points.json }'],
  ])('rows from %s have typed columns', (name, text, rows) => {
    const root = emptyRepository();
    writeFileSync(join(root, name), text);
    const grid = load(`rows: ${rows}`, { root });
    expect([...grid.combinations()][0]?.parameters.x).toBe('01');
    expect(grid.data).toEqual([
      { path: name, sha256: expect.stringMatching(/^[0-9a-f]{64}$/), use: 'parameters' },
    ]);
  });

  it('a quoted CSV cell may hold the separator and quotes, and the last line needs no newline', () => {
    const root = emptyRepository();
    writeFileSync(join(root, 'points.csv'), 'site,x\n"Pasadena, ""CA""",01\nNO,2.50');
    expect(points('rows: { file: points.csv }', root)).toEqual([
      { site: 'Pasadena, "CA"', x: '01' },
      { site: 'NO', x: 2.5 },
    ]);
  });

  it('exclude takes partial matches, lists of alternatives and expressions', () => {
    const shape = 'parameters: { a: [1, 2, 3], b: [1, 2] }\n';
    expect(points(`${shape}exclude: [{ a: 1 }, { a: 2, b: 1 }]`)).toEqual([
      { a: 2, b: 2 },
      { a: 3, b: 1 },
      { a: 3, b: 2 },
    ]);
    expect(points(`${shape}exclude: [{ a: [1, 3] }]`)).toEqual([
      { a: 2, b: 1 },
      { a: 2, b: 2 },
    ]);
    expect(points(`${shape}exclude: ["a >= b"]`)).toEqual([{ a: 1, b: 2 }]);
  });

  it('only keeps what holds, and indexes stay without gaps', () => {
    const kept = [...load('parameters: { a: [1, 2, 3, 4] }\nonly: a % 2 == 0').combinations()];
    expect(kept.map(({ index, parameters }) => [index, parameters.a])).toEqual([
      [0, 2],
      [1, 4],
    ]);
  });

  it('blocks are joined in order over shared defaults, and what a block lacks is absent', () => {
    expect(
      points('parameters: { n: 1, a: [1, 2] }\nblocks: [{ parameters: { a: 5, b: 6 } }, { only: a > 1 }]'),
    ).toEqual([
      { n: 1, a: 5, b: 6 },
      { n: 1, a: 2 },
    ]);
  });

  it('a latin hypercube has one point in each stratum of each range, the same for the same seed', () => {
    const shape = (seed: number) =>
      `sample: { method: latin-hypercube, num: 8, seed: ${seed}, ranges: { x: [0, 8], y: { start: 1, stop: 256, scale: log } } }`;
    const drawn = points(shape(1));
    expect(drawn.map(({ x }) => Math.floor(Number(x))).toSorted()).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
    expect(drawn.map(({ y }) => Math.floor(Math.log2(Number(y)))).toSorted()).toEqual([
      0, 1, 2, 3, 4, 5, 6, 7,
    ]);
    expect(points(shape(1))).toEqual(drawn);
    expect(points(shape(2))).not.toEqual(drawn);
  });

  it('more than a million combinations are allowed when the file says so', () => {
    const shape = 'parameters: { a: { repeat: 2000 }, b: { repeat: 2000 } }\n';
    expect(load(`${shape}max_combinations: 4000000`).count()).toBe(4_000_000);
    expect(() => load('parameters: { a: { repeat: 3 } }', { maxCombinations: 2 })).toThrow(
      'more than 2 combinations',
    );
  });
});
