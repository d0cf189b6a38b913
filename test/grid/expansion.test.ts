import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalJson, combinationId } from '../../src/grid/identity.ts';
import { load } from './grid-text.ts';

const names = ['alpha', 'beta', 'gamma', 'delta'];
const value = fc.oneof(
  fc.integer({ min: -1000, max: 1000 }),
  fc.double({ min: -1e6, max: 1e6, noNaN: true }).map((number) => Number(number.toPrecision(6))),
  fc.stringMatching(/^[a-z]{1,6}$/),
);
const axis = fc.uniqueArray(value, { minLength: 1, maxLength: 4, selector: (item) => canonicalJson(item) });
const axes = fc.array(axis, { minLength: 1, maxLength: 4 });
const toShape = (lists: readonly (readonly unknown[])[], order = lists.map((_, index) => index)) =>
  `parameters: ${JSON.stringify(Object.fromEntries(order.map((index) => [names[index], lists[index]])))}\nlabel: "{combination.id}"`;
const product = (lists: readonly (readonly unknown[])[]): unknown[][] =>
  lists.reduce<unknown[][]>(
    (points, list) => points.flatMap((point) => list.map((item) => [...point, item])),
    [[]],
  );

describe('expansion', () => {
  it('is the product in written order, first axis slowest, each point once', () => {
    fc.assert(
      fc.property(axes, (lists) => {
        const grid = load(toShape(lists));
        const points = [...grid.combinations()];
        expect(
          points.map(({ parameters }) => names.slice(0, lists.length).map((name) => parameters[name])),
        ).toEqual(product(lists).map((point) => point.map((item) => (item === 0 ? 0 : item))));
        expect(grid.count()).toBe(points.length);
        expect(new Set(points.map(({ id }) => id)).size).toBe(points.length);
      }),
      { numRuns: 60 },
    );
  });

  it('ids survive growth, removal and another order of the parameters', () => {
    fc.assert(
      fc.property(axes, (lists) => {
        const ids = new Set([...load(toShape(lists)).combinations()].map(({ id }) => id));
        const backwards = lists.map((_, index) => lists.length - 1 - index);
        const reordered = load(
          toShape(
            lists.map((list) => list.toReversed()),
            backwards,
          ),
        );
        expect(new Set([...reordered.combinations()].map(({ id }) => id))).toEqual(ids);
        const grown = load(toShape(lists.map((list) => ['new-value', ...list])));
        const grownIds = new Set([...grown.combinations()].map(({ id }) => id));
        expect([...ids].every((id) => grownIds.has(id))).toBe(true);
      }),
      { numRuns: 40 },
    );
  });

  it('ready lines are exactly the JSON of the combinations', () => {
    const grid = load(
      'parameters: { s: ["\\"quoted\\" \\\\ é\\u2028", b], l: { values: [[1.0, {k: -0.0}], null] }, d: { derive: index + 1 }, u: { unique: { stride: 3 } } }\nblocks: [{}, { parameters: { extra: 1.50 } }]',
    );
    const expected = [...grid.combinations()].map((combination) => JSON.stringify(combination));
    expect([...grid.lines()]).toEqual(expected);
    expect([...grid.jsonl()].join('')).toBe(`${expected.join('\n')}\n`);
    expect(expected).toHaveLength(8);
  });

  it('the id is that of the parameters that are not computed', () => {
    const [first] = load(
      'parameters: { b: 0.1, a: [1, 2], d: { derive: a + 1 }, u: { unique: {} } }',
    ).combinations();
    expect(first?.id).toBe(combinationId({ a: 1, b: 0.1 }));
  });

  it('iterating twice gives the same', () => {
    const grid = load('parameters: { a: [1, 2] }');
    expect([...grid.combinations()]).toEqual([...grid.combinations()]);
  });
});

describe('labels', () => {
  const labels = (shape: string) => [...load(shape).combinations()].map(({ label }) => label);

  it('are name=text of the axes by default', () => {
    expect(labels('parameters: { n: 5, a: [1.0, 2], b: [x/y, "z z"] }')).toEqual([
      'a=1.0_b=x-y',
      'a=1.0_b=z-z',
      'a=2_b=x-y',
      'a=2_b=z-z',
    ]);
  });

  it('are the id where there is no axis or the label would be too long', () => {
    const [single] = load('parameters: { n: 5 }').combinations();
    expect(single?.label).toBe(single?.id);
    const long = `parameters: { a: [${'x'.repeat(130)}, y] }`;
    const [first, second] = load(long).combinations();
    expect([first?.label, second?.label]).toEqual([first?.id, 'a=y']);
  });

  it('leave out what is absent in a block', () => {
    expect(labels('parameters: { a: [1, 2] }\nblocks: [{ parameters: { b: 3 } }, {}]')).toEqual([
      'a=1_b=3',
      'a=2_b=3',
      'a=1',
      'a=2',
    ]);
  });

  it('have folders only where the template has a slash', () => {
    expect(labels('parameters: { a: [p/q, r] }\nlabel: "run/{a}"')).toEqual(['run/p-q', 'run/r']);
  });

  it('that are not told apart by their parts are compared one by one', () => {
    expect(() => load('parameters: { a: [1, 11], b: [1, 11] }\nlabel: "{a}{b}"').verify()).toThrow(
      'the label `111` belongs to two combinations: 1 (a=1 b=11) and 2 (a=11 b=1)',
    );
    expect(labels('parameters: { a: [1, 2], b: [3, 4] }\nlabel: "{a}{b}"')).toEqual(['13', '14', '23', '24']);
  });

  it('show what lies in lists and objects as it was written', () => {
    const values = 'parameters: { a: { values: [[1.0, 3e-3], { 10: -0.0, k: 2.50 }] } }';
    expect([...load(values).combinations()].map(({ label }) => label)).toEqual([
      'a=1.0,3e-3',
      'a=10=-0.0,k=2.50',
    ]);
  });

  it('must hold every axis', () => {
    expect(() => load('parameters: { a: [1, 2], b: [1, 2] }\nlabel: "{a}"').verify()).toThrow(
      'belongs to two combinations',
    );
  });

  it('of date windows are their days, or formatted', () => {
    const shape = 'parameters: { m: { dates: { start: 2000-01-01, end: 2000-03-01, every: 1 month } } }';
    expect(labels(shape)).toEqual(['m=2000-01-01..2000-01-31', 'm=2000-02-01..2000-02-29']);
    expect(labels(`${shape}\nlabel: "{m.start:%Y_%B}"`)).toEqual(['2000_January', '2000_February']);
  });
});
