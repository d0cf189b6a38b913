import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { openLocalEngine } from '../../src/engine/local/local-engine.ts';
import { bundleWorker } from '../bundle.ts';
import type { Benchmark, Row } from './benchmark.ts';
import { type LaunchedRun, launchRun, workProgram } from './launched.ts';
import { inTurn, secondsOf } from './repeat.ts';

const cores = availableParallelism();

export const engine: Benchmark = {
  name: 'engine',
  about: `the local engine on ${cores} cores, against xargs -P ${cores} of the same commands`,
  async run(folder) {
    const bundle = join(folder, 'dist', 'worker.mjs');
    await bundleWorker(bundle);
    const short = [0.3, 0.35, 0.4, 0.45, 0.5, 0.4, 0.35, 0.45];
    return [
      await compare(folder, bundle, {
        what: `slices of ${short.length} x 0.3-0.5 s on ${cores} cores / xargs -P`,
        sliceSize: short.length,
        seconds: Array.from({ length: 2 * cores }, () => short).flat(),
      }),
      await compare(folder, bundle, {
        what: `slices of 1 x 2 s on ${cores} cores / xargs -P`,
        sliceSize: 1,
        seconds: Array.from({ length: 4 * cores }, () => 2),
      }),
    ];
  },
};

interface Load {
  readonly what: string;
  readonly sliceSize: number;
  /** Of each combination, alone on a core. */
  readonly seconds: readonly number[];
}

async function compare(folder: string, bundle: string, load: Load): Promise<Row> {
  const fresh = () => mkdtempSync(join(folder, 'run-'));
  // Measured now: a machine is not the same all day.
  const second = loopsPerSecond();
  const loops = load.seconds.map((seconds) => Math.round(seconds * second));
  const grid = gridOf(loops, load.sliceSize);
  const { root } = await launchRun(fresh(), grid);
  const times = await inTurn(3, {
    ours: async () => {
      const ours = await launchRun(fresh(), grid);
      return secondsOf(() => host(ours, bundle, loops.length / load.sliceSize));
    },
    baseline: () => secondsOf(() => xargs(workProgram(root), fresh(), loops)),
  });
  return { what: load.what, unit: 's', ...times, comparison: { kind: 'rate', least: 0.97 } };
}

async function host({ engineFolder, root, jobId, table }: LaunchedRun, bundle: string, slices: number) {
  await using local = await openLocalEngine({
    directory: engineFolder,
    parallel: cores,
    workerCommand: [process.execPath, bundle],
    imageBin: () => join(root, 'docker/bench/bin'),
  });
  await local.host();
  const seen = await local.observe([{ jobId, queue: 'local', size: slices }]);
  const now = seen.get(jobId);
  if (now?.state !== 'ended' || now.counts.succeeded !== slices) {
    throw new Error(`not all slices succeeded: ${table.log(jobId, 0, 1)}`);
  }
}

async function xargs(program: string, cwd: string, loops: readonly number[]): Promise<void> {
  const child = spawn('xargs', ['-P', String(cores), '-n', '2', program], {
    cwd,
    stdio: ['pipe', 'inherit', 'inherit'],
  });
  child.stdin.end(loops.map((count, at) => `${count} result-${at}.txt\n`).join(''));
  const [code] = await once(child, 'exit');
  if (code !== 0) throw new Error(`xargs ended with ${code}`);
}

/** A number twice in the list is two combinations: the position tells them apart. */
function gridOf(loops: readonly number[], sliceSize: number): string {
  return `
program:
  image: bench
  command: [work, "{loops}", result.txt]
  outputs: [{ path: result.txt, min_bytes: 1 }]
zip: [[loops, position]]
parameters:
  loops: { values: [${loops.join(', ')}] }
  position: { range: { start: 0, stop: ${loops.length}, step: 1 } }
label: "{position}"
slice: { combinations: ${sliceSize} }
timeout: 2 min
`;
}

/** How often this machine's awk counts in a second: the best of a few, for others may be at work. */
function loopsPerSecond(): number {
  const loops = 20_000_000;
  const script = `BEGIN { for (i = 0; i < ${loops}; i++) s += i }`;
  const rates = Array.from({ length: 3 }, () => {
    const started = performance.now();
    execFileSync('awk', [script]);
    return (loops * 1000) / (performance.now() - started);
  });
  return Math.max(...rates);
}
