import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { bundleCli, bundleWorker } from '../bundle.ts';
import type { Benchmark } from './benchmark.ts';
import { secondsOfProgram } from './child.ts';
import { inTurn } from './repeat.ts';

export const startUp: Benchmark = {
  name: 'start-up',
  about: 'starting the command line, beside an empty script',
  async run(folder) {
    const muster = join(folder, 'dist', 'muster.mjs');
    await bundleCli(muster);
    await bundleWorker(join(folder, 'dist', 'worker.mjs'));
    const empty = join(folder, 'empty.mjs');
    writeFileSync(empty, '');
    mkdirSync(join(folder, 'grids'));
    for (const part of ['grids/demo.yaml', 'grids/checks', 'docker/demo']) {
      cpSync(part, join(folder, part), { recursive: true });
    }
    const start = (...args: readonly string[]) =>
      secondsOfProgram([process.execPath, ...args]).then((seconds) => seconds * 1000);
    const times = await inTurn(9, {
      version: () => start(muster, '--version'),
      plan: () => start(muster, '-C', folder, 'plan', 'grids/demo.yaml'),
      baseline: () => start(empty),
    });
    const { baseline } = times;
    const comparison = { kind: 'ratio' } as const;
    return [
      { what: 'muster --version / an empty script', unit: 'ms', ours: times.version, baseline, comparison },
      {
        what: 'muster plan grids/demo.yaml / an empty script',
        ...{ unit: 'ms', ours: times.plan, baseline, comparison },
      },
    ];
  },
};
