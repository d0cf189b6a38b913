import { describe, expect, test } from 'vitest';
import type { Value } from '../../src/grid/combination.ts';
import { Summariser, type Summary, summarise } from '../../src/report/summary.ts';
import { axesOf, ensemble, type Recipe } from './ensemble.ts';

async function summaryOf(
  axes: Readonly<Record<string, readonly Value[]>>,
  recipe: Recipe = {},
  results: readonly string[] = [],
): Promise<Summary> {
  return await summarise(ensemble(axes, recipe), { run: 'demo-1', axes: axesOf(axes), results });
}

const ten = { a: [1, 2, 3, 4, 5], b: ['x', 'y'] };
const from0 = (length: number) => Array.from({ length }, (_, at) => at);

describe('counts', () => {
  const state: Recipe['state'] = (_, index) => (index < 2 ? 'failed' : index === 4 ? 'missing' : 'succeeded');

  test('every combination has one state', async () => {
    const summary = await summaryOf(ten, { state });
    expect(summary.states).toEqual({ succeeded: 7, failed: 2, missing: 1 });
    expect(summary.combinations).toBe(10);
  });

  test('missing ones are listed by label, the first 50 of them', async () => {
    const summary = await summaryOf({ a: from0(60) }, { state: () => 'missing' });
    expect(summary.missing).toHaveLength(50);
    expect(summary.missing.at(-1)).toBe('a=49');
    expect(summary.states.missing).toBe(60);
  });

  test('failures that differ only in numbers are one group with the first one’s words', async () => {
    const { failures } = await summaryOf(ten, { state });
    expect(failures).toMatchObject([
      { class: 'memory', count: 2, message: 'used 7000 MiB of 7168 MiB', tail: 'Killed\n' },
    ]);
  });

  test('failures of different classes with one message are two groups, the larger first', async () => {
    const change: Recipe['change'] = (outcome, index) =>
      outcome.failure && index === 0
        ? { ...outcome, failure: { ...outcome.failure, class: 'timeout' } }
        : outcome;
    const { failures } = await summaryOf(ten, {
      state: (_, index) => (index < 3 ? 'failed' : 'succeeded'),
      change,
    });
    expect(failures.map((group) => [group.class, group.count])).toEqual([
      ['memory', 2],
      ['timeout', 1],
    ]);
  });

  test('endlessly different messages stay within bounds and are all counted', async () => {
    const word = (index: number) => [...String(index)].map((digit) => 'abcdefghij'[Number(digit)]).join('');
    const change: Recipe['change'] = (outcome, index) =>
      outcome.failure
        ? { ...outcome, failure: { ...outcome.failure, message: `bad ${word(index)}` } }
        : outcome;
    const { failures } = await summaryOf({ a: from0(300) }, { state: () => 'failed', change });
    expect(failures.length).toBeLessThanOrEqual(101);
    expect(failures.reduce((sum, group) => sum + group.count, 0)).toBe(300);
  });
});

describe('time and money', () => {
  const reuseFirst: Recipe['change'] = (outcome, index) =>
    index === 0 && outcome.source ? { ...outcome, source: { ...outcome.source, run: 'old-1' } } : outcome;

  test('what another run did is counted as reused and costs nothing here', async () => {
    const summary = await summaryOf(ten, { change: reuseFirst });
    expect([...summary.reused]).toEqual([['old-1', 1]]);
    expect(summary.costUsd).toBe(9 * 0.25);
    expect(summary.seconds?.min).toBe(120);
  });

  test('cost is unknown when no combination has a price', async () => {
    const summary = await summaryOf(ten, { change: (outcome) => ({ ...outcome, cost: null }) });
    expect([summary.costUsd, summary.unpriced]).toEqual([null, 10]);
  });

  test('program time is the sum of the verdicts, waste that of the other attempts', async () => {
    const summary = await summaryOf(
      { a: [1, 2] },
      { change: (outcome) => ({ ...outcome, wastedSeconds: 5 }) },
    );
    expect([summary.totalSeconds, summary.wastedSeconds]).toEqual([180, 10]);
  });

  test('time statistics leave out what failed', async () => {
    const summary = await summaryOf(
      { a: [1, 2, 3] },
      { state: (_, index) => (index === 2 ? 'failed' : 'succeeded') },
    );
    expect(summary.seconds).toMatchObject({ count: 2, min: 60, median: 90, max: 120 });
  });
});

describe('results', () => {
  test('an outlier among few numbers is named once', async () => {
    const values = [1, 1.1, 1.2, 1.05, 1.15, 100, 1.3, 1.25];
    const recipe: Recipe = { results: (_, index) => ({ r: values[index] ?? 0 }) };
    const [result] = (await summaryOf({ a: from0(8) }, recipe, ['r'])).results;
    expect(result?.outliers.farthest).toEqual([{ label: 'a=5', value: 100 }]);
  });

  test('an outlier is named by its label', async () => {
    const recipe: Recipe = { results: (_, index) => ({ r: index === 7 ? 1000 : index % 5 }) };
    const [result] = (await summaryOf({ a: from0(20) }, recipe, ['r'])).results;
    expect(result?.outliers).toMatchObject({ count: 1, farthest: [{ label: 'a=7', value: 1000 }] });
  });

  test.each([
    ['far below', -1000, 1],
    ['far above', 1000, 1],
    ['two interquartile ranges below', -3, 0],
    ['two interquartile ranges above', 7, 0],
  ])('a value %s the others (%d) makes %d outliers', async (_, value, count) => {
    const recipe: Recipe = { results: (_p, index) => ({ r: index === 7 ? value : index % 5 }) };
    const [result] = (await summaryOf({ a: from0(20) }, recipe, ['r'])).results;
    expect(result?.outliers.count).toBe(count);
  });

  test('a steady trend has no outliers', async () => {
    const [result] = (await summaryOf({ a: from0(20) }, { results: ({ a }) => ({ r: Number(a) }) }, ['r']))
      .results;
    expect(result?.outliers.count).toBe(0);
  });

  test('text results are counted, not averaged', async () => {
    const [result] = (await summaryOf(ten, { results: ({ b }) => ({ r: String(b) }) }, ['r'])).results;
    expect([result?.spread, [...(result?.texts ?? [])]]).toEqual([
      undefined,
      [
        ['x', 5],
        ['y', 5],
      ],
    ]);
  });

  test('a result that a succeeded combination lacks is counted as absent', async () => {
    const [result] = (await summaryOf(ten, { results: (_, index) => (index === 0 ? {} : { r: 1 }) }, ['r']))
      .results;
    expect(result?.absent).toBe(1);
  });
});

describe('an axis changes no result', () => {
  const product = (p: Record<string, Value>) => ({ r: Number(p.a) * 10 });
  const idle = (summary: Summary) => summary.effects.filter(({ none }) => none).map(({ axes }) => axes);

  test('when all results are equal wherever only it differs', async () => {
    const summary = await summaryOf(ten, { results: product }, ['r']);
    expect(summary.effects).toEqual([
      { axes: ['a'], compared: 1, none: false },
      { axes: ['b'], compared: 5, none: true },
    ]);
  });

  test('not when a single comparison differs', async () => {
    const results: Recipe['results'] = (p, index) => ({ r: Number(p.a) + (index === 9 ? 1e-12 : 0) });
    expect(idle(await summaryOf(ten, { results }, ['r']))).toEqual([]);
  });

  test('not when another result differs', async () => {
    const results: Recipe['results'] = (p) => ({ r: Number(p.a), s: String(p.b) });
    expect(idle(await summaryOf(ten, { results }, ['r', 's']))).toEqual([]);
  });

  test('not when nothing could be compared', async () => {
    const recipe: Recipe = { results: product, state: ({ b }) => (b === 'x' ? 'succeeded' : 'failed') };
    const summary = await summaryOf(ten, recipe, ['r']);
    expect(summary.effects.find(({ axes }) => axes.includes('b'))).toMatchObject({
      compared: 0,
      none: false,
    });
  });

  test('also when every combination has a seed of its own', async () => {
    const change: Recipe['change'] = (outcome, index) => ({
      ...outcome,
      combination: {
        ...outcome.combination,
        parameters: { ...outcome.combination.parameters, seed: index * 100 },
      },
    });
    const axes = [...axesOf(ten), { name: 'seed', samples: [], count: 10 }];
    const summary = await summarise(ensemble(ten, { results: product, change }), {
      run: 'demo-1',
      axes,
      results: ['r'],
    });
    expect(idle(summary)).toEqual([['b']]);
  });

  test('together with an axis that is zipped to it', async () => {
    const change: Recipe['change'] = (outcome) => {
      const { parameters } = outcome.combination;
      return {
        ...outcome,
        combination: { ...outcome.combination, parameters: { ...parameters, c: `${parameters.b}!` } },
      };
    };
    const axes = [...axesOf(ten), { name: 'c', samples: [], count: 2 }];
    const summary = await summarise(ensemble(ten, { results: product, change }), {
      run: 'demo-1',
      axes,
      results: ['r'],
    });
    expect(idle(summary)).toEqual([['b', 'c']]);
  });

  test('is not said of a result that never varies', async () => {
    expect((await summaryOf(ten, { results: () => ({ r: 1 }) }, ['r'])).effects).toEqual([]);
  });
});

test('the columns hold a row for each combination, in order', async () => {
  const { columns } = await summaryOf(ten, { state: (_, index) => (index === 3 ? 'missing' : 'succeeded') });
  expect([...columns.state]).toEqual([0, 0, 0, 2, 0, 0, 0, 0, 0, 0]);
  expect(columns.axes.map(({ values }) => values)).toEqual([
    ['1', '2', '3', '4', '5'],
    ['x', 'y'],
  ]);
  expect([...(columns.axes[1]?.index ?? [])]).toEqual([0, 1, 0, 1, 0, 1, 0, 1, 0, 1]);
  expect(columns.slice[3]).toBe(-1);
});

test('more rows than a column starts with are all kept', async () => {
  const { columns } = await summaryOf({ a: from0(5000) });
  expect([columns.seconds.length, columns.seconds[4999]]).toEqual([5000, 300_000]);
});

test.each([1, 10, 5000])('the same comes out when %i rows are expected of ten', async (rows) => {
  const options = { run: 'demo-1', axes: axesOf(ten), results: ['rate'] };
  const results: Recipe['results'] = (_, index) => ({ rate: index });
  const told = await summarise(ensemble(ten, { results }), { ...options, rows });
  const untold = await summarise(ensemble(ten, { results }), options);
  expect(told.columns).toEqual(untold.columns);
  expect(told.results[0]?.spread).toEqual(untold.results[0]?.spread);
});

test('a stream of outcomes gives the same as a list', async () => {
  const options = { run: 'demo-1', axes: axesOf(ten), results: [] };
  const summariser = new Summariser(options);
  for (const outcome of ensemble(ten)) summariser.add(outcome);
  const streamed = await summarise(
    (async function* () {
      yield* ensemble(ten);
    })(),
    options,
  );
  expect(streamed).toEqual(summariser.finish());
});
