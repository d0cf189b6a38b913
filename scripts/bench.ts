// Measures what we claim to be fast, each against a baseline measured in the same run. `--only merge,worker`, `--json`.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { actions } from './bench/actions.ts';
import type { Benchmark, Row } from './bench/benchmark.ts';
import { calls } from './bench/calls.ts';
import { engine } from './bench/engine.ts';
import { expansion } from './bench/expansion.ts';
import { merge } from './bench/merge.ts';
import { million } from './bench/million.ts';
import { startUp } from './bench/start-up.ts';
import { compared, reached, tableOf } from './bench/table.ts';
import { worker } from './bench/worker.ts';

const all: readonly Benchmark[] = [expansion, merge, worker, engine, million, calls, startUp, actions];

const { values } = parseArgs({
  options: { only: { type: 'string' }, json: { type: 'boolean', default: false } },
});
const wanted = values.only?.split(',');
const unknown = wanted?.filter((name) => all.every((one) => one.name !== name)) ?? [];
if (unknown.length > 0) {
  console.error(`No benchmark ${unknown.join(', ')}. There are: ${all.map(({ name }) => name).join(', ')}.`);
  process.exit(2);
}

const rows: Row[] = [];
for (const benchmark of all) {
  if (wanted === undefined || wanted.includes(benchmark.name)) rows.push(...(await measured(benchmark)));
}
console.log(values.json ? JSON.stringify(rows.map(forPrograms), undefined, 2) : tableOf(rows));

async function measured(benchmark: Benchmark): Promise<readonly Row[]> {
  console.error(`${benchmark.name}: ${benchmark.about} ...`);
  const folder = mkdtempSync(join(tmpdir(), `muster-bench-${benchmark.name}-`));
  const remove = () => rmSync(folder, { recursive: true, force: true });
  process.once('exit', remove);
  try {
    return await benchmark.run(folder);
  } finally {
    process.off('exit', remove);
    remove();
  }
}

function forPrograms(row: Row) {
  return { ...row, compared: compared(row), reached: reached(row) ?? null };
}
