import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { bundleCli, bundleWorker } from '../bundle.ts';
import type { Benchmark, Row } from './benchmark.ts';
import { type Measured, measureNode } from './child.ts';

const grid = `
name: million
max_combinations: 1000000
program: { image: demo, command: [simulate, "{mass}", "{ratio}", "{kick}"] }
parameters:
  mass: { linspace: { start: 1, stop: 150, num: 100 } }
  ratio: { linspace: { start: 0.01, stop: 1, num: 100 } }
  kick: { range: { start: 0, stop: 1000, step: 10 } }
slice: { combinations: 100 }
resources: { vcpus: 1, memory: 1 GiB, architecture: any, capacity: spot }
timeout: 5 min
expected: 10 s
`;

/** MiB, of the issue. */
const memoryAim = 200;

export const million: Benchmark = {
  name: 'million',
  about: 'a grid of a million combinations: time and peak memory of `expand --format count` and `plan`',
  async run(folder) {
    const muster = join(folder, 'dist', 'muster.mjs');
    await bundleCli(muster);
    await bundleWorker(join(folder, 'dist', 'worker.mjs'));
    for (const name of ['grids', 'docker/demo']) mkdirSync(join(folder, name), { recursive: true });
    writeFileSync(join(folder, 'docker/demo/Dockerfile'), 'FROM scratch\n');
    writeFileSync(join(folder, 'grids/million.yaml'), grid);
    const place = ['-C', folder];
    const count = await measureNode([muster, ...place, 'expand', 'million', '--format', 'count']);
    if (count.output !== '1000000\n') throw new Error(`counted ${count.output}`);
    const plan = await measureNode([muster, ...place, 'plan', 'million']);
    return [...rowsOf('expand --format count', count), ...rowsOf('plan', plan)];
  },
};

const rowsOf = (verb: string, { seconds, peakMib }: Measured): readonly Row[] => [
  {
    what: `a million combinations, ${verb}: time`,
    ...{ unit: 's', ours: seconds, comparison: { kind: 'value' } },
  },
  {
    what: `a million combinations, ${verb}: peak memory`,
    ...{ unit: 'MiB', ours: peakMib, comparison: { kind: 'value', most: memoryAim } },
  },
];
