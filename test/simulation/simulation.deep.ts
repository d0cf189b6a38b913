import { expect, test, vi } from 'vitest';
import { runSeeds } from './run-seeds.ts';
import { common, rare, SeedTally } from './tally.ts';
import { tryMutants } from './try-mutants.ts';

vi.setConfig({ testTimeout: 3_600_000 });

test('every promise holds over 3,000 seeds, and they reach what is rare', async () => {
  const tally = new SeedTally();
  await runSeeds({
    ...{ from: 1, count: 3000, processes: 2 },
    onReport: (report) => {
      tally.add(report);
      return true;
    },
  });
  const violated = tally.failed.map(({ seed, violations: [first] }) => `seed ${seed}: ${first?.invariant}`);
  expect(violated).toEqual([]);
  expect(tally.missed([...common, ...rare])).toEqual([]);
});

test('every mutant is caught', async () => {
  const survivors: string[] = [];
  for await (const { name, caught } of tryMutants({ count: 1500, processes: 2 })) {
    if (caught === undefined) survivors.push(name);
  }
  expect(survivors).toEqual([]);
});
