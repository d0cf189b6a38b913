import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { runSeeds } from '../test/simulation/run-seeds.ts';
import { common, rare, SeedTally } from '../test/simulation/tally.ts';
import { tryMutants } from '../test/simulation/try-mutants.ts';

/**
 * The whole control plane under a seeded scheduler (design, section 15):
 *
 *   npm run simulate -- --seeds 10000            seeds per second, violations, and what happened at all
 *   npm run simulate -- --seed 17 --trace        one seed, call by call
 *   npm run simulate -- --mutants [--seeds 300]  rules broken on purpose, and what notices
 */
const { values } = parseArgs({
  options: {
    seeds: { type: 'string' },
    seed: { type: 'string' },
    from: { type: 'string', default: '1' },
    trace: { type: 'boolean', default: false },
    mutants: { type: 'boolean', default: false },
    only: { type: 'string' },
    processes: { type: 'string', default: String(availableParallelism()) },
  },
});

if (values.mutants) await mutants();
else if (values.seed !== undefined) await one(Number(values.seed));
else await many(Number(values.seeds ?? 1000));

async function many(count: number): Promise<void> {
  const began = performance.now();
  const tally = new SeedTally();
  await runSeeds({
    ...{ from: Number(values.from), count, processes: Number(values.processes) },
    onReport: (report) => {
      tally.add(report);
      for (const { invariant, what } of report.violations.slice(0, 1)) {
        console.log(`seed ${report.seed}: ${invariant}: ${what}`);
      }
      if (process.stderr.isTTY && tally.seeds % 50 === 0) process.stderr.write(`\r${tally.seeds} seeds`);
      return true;
    },
  });
  const seconds = (performance.now() - began) / 1000;
  console.log(
    `\n${tally.seeds} seeds in ${seconds.toFixed(0)} s: ${(tally.seeds / seconds).toFixed(1)} a second; ` +
      `${(tally.seconds / 86_400).toFixed(0)} days of virtual time`,
  );
  for (const [what, { times, seeds }] of [...tally.happened].sort()) {
    console.log(`  ${what.padEnd(46)} ${String(times).padStart(8)} times in ${seeds} seeds`);
  }
  for (const what of tally.missed([...common, ...rare])) console.log(`  NEVER: ${what}`);
  console.log(`${tally.failed.length} seeds with a violation`);
  for (const [invariant, reports] of tally.byInvariant()) {
    console.log(`  ${invariant}: ${reports.length}`);
    for (const { seed, violations } of reports.slice(0, 5))
      console.log(`    seed ${seed}: ${violations[0]?.what}`);
  }
  const first = tally.failed[0];
  if (first !== undefined) await one(first.seed);
  if (tally.failed.length > 0) process.exitCode = 1;
}

/** Its trace is the evidence: decisions, calls, kills. */
async function one(seed: number): Promise<void> {
  await runSeeds({
    ...{ from: seed, count: 1, processes: 1, trace: true },
    onReport: ({ lines, violations, happened }) => {
      const shown = values.trace ? lines : lines.slice(-60);
      console.log(
        `\nseed ${seed}${values.trace ? '' : ' (its end; all of it with --trace)'}\n${shown.join('\n')}`,
      );
      if (values.trace) console.log(happened);
      for (const { invariant, what } of violations) console.log(`VIOLATED: ${invariant}: ${what}`);
      if (violations.length > 0) process.exitCode = 1;
      console.log(`replay: npm run simulate -- --seed ${seed} --trace`);
      return true;
    },
  });
}

async function mutants(): Promise<void> {
  const count = Number(values.seeds ?? 400);
  const processes = Number(values.processes);
  for await (const { name, caught } of tryMutants({
    count,
    processes,
    ...(values.only && { only: values.only }),
  })) {
    const word =
      caught === undefined ? `NOT CAUGHT in ${count} seeds` : `seed ${caught.seed}: ${caught.invariant}`;
    console.log(`${name.padEnd(60)} ${word}`);
    if (caught === undefined) process.exitCode = 1;
  }
}
