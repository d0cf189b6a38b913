import { describe, expect, test } from 'vitest';
import { type NewWork, type PublishedWork, reusedWork, tallyReuse } from '../../src/plan/reuse.ts';

const work = (index: number): NewWork => ({ index, id: `id${index}`, work: `work${index}` });
const published = (
  run: string,
  reviewed: boolean,
  works: Readonly<Record<string, number>>,
): PublishedWork => ({
  run,
  reviewed,
  find: (digest) => new Map(Object.entries(works)).get(digest),
});

describe('reuse', () => {
  test('finds the same work at another index', () => {
    const old = published('sparse-1', true, { work1: 0, work3: 7 });
    expect([...reusedWork([work(0), work(1), work(3)], [old])]).toEqual([
      { ...work(1), run: 'sparse-1', from: 0 },
      { ...work(3), run: 'sparse-1', from: 7 },
    ]);
  });

  test('prefers reviewed runs, then the given order', () => {
    const runs = [
      published('draft', false, { work0: 0 }),
      published('newer', true, { work0: 1, work1: 1 }),
      published('older', true, { work0: 2, work1: 2, work2: 2 }),
    ];
    expect([...reusedWork([0, 1, 2].map(work), runs)].map(({ run }) => run)).toEqual([
      'newer',
      'newer',
      'older',
    ]);
  });

  test('is tallied as ranges and a count for each run, unreviewed ones marked', () => {
    const runs = [
      published('a', true, { work0: 0, work1: 1 }),
      published('b', false, { work2: 0 }),
      published('c', true, {}),
    ];
    const seen: number[] = [];
    const tally = tallyReuse(reusedWork([0, 1, 2, 3].map(work), runs), runs, (match) =>
      seen.push(match.index),
    );
    expect(tally).toEqual({
      known: true,
      indexes: [[0, 3]],
      runs: [
        { run: 'a', combinations: 2, reviewed: true },
        { run: 'b', combinations: 1, reviewed: false },
      ],
    });
    expect(seen).toEqual([0, 1, 2]);
  });

  test('does not read the grid where nothing was published', () => {
    const works = (function* (): Generator<NewWork> {
      yield work(0);
      throw new Error('read on');
    })();
    expect([...reusedWork(works, [])]).toEqual([]);
  });
});
