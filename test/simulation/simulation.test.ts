import { expect, test, vi } from 'vitest';
import { readMutated } from './hooks.ts';
import { mutants } from './mutants.ts';
import { runSeeds } from './run-seeds.ts';
import { common, SeedTally } from './tally.ts';

// Two hundred runs from launch to publication: seconds alone, longer on a busy machine.
vi.setConfig({ testTimeout: 300_000 });

test('every promise holds over 200 seeds of kills, lost answers, lost hosts and people', async () => {
  const tally = new SeedTally();
  await runSeeds({
    ...{ from: 1, count: 200, processes: 2 },
    onReport: (report) => {
      tally.add(report);
      return true;
    },
  });
  const violated = tally.failed.map(
    ({ seed, violations: [first] }) => `seed ${seed}: ${first?.invariant}: ${first?.what}`,
  );
  expect(violated).toEqual([]);
  expect(tally.seeds).toBe(200);
  expect(tally.missed(common)).toEqual([]);
});

test('a seed plays the same, call by call, whatever was played before it', async () => {
  const traceOf = async (from: number, count: number) => {
    const traces: (readonly string[])[] = [];
    await runSeeds({
      ...{ from, count, processes: 1, trace: true },
      onReport: ({ lines }) => {
        traces.push(lines);
        return true;
      },
    });
    return traces.at(-1);
  };
  expect(await traceOf(7, 6)).toEqual(await traceOf(12, 1));
});

test('a broken promise is seen', async () => {
  const tally = new SeedTally();
  await runSeeds({
    ...{ from: 1, count: 40, processes: 2 },
    mutants: mutants['does not look after an ambiguous answer'] ?? [],
    onReport: (report) => {
      tally.add(report);
      return tally.failed.length === 0;
    },
  });
  expect([...tally.byInvariant().keys()]).toEqual(['one job an array']);
});

test.each(Object.entries(mutants))('the mutant "%s" still has what it changes', (_, changes) => {
  for (const change of changes) expect(readMutated(change)).not.toBe('');
});
