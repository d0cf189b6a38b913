import { mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { childId } from '../../src/engine/local/job-record.ts';
import { fragmentsPrefix } from '../../src/store/keys.ts';
import { bundleWorker } from '../bundle.ts';
import type { Benchmark } from './benchmark.ts';
import { secondsOfProgram } from './child.ts';
import { forget, type LaunchedRun, launchRun, workProgram } from './launched.ts';
import { inTurn } from './repeat.ts';

const count = 40;

const grid = `
program:
  image: bench
  command: [work, "1", result.txt]
  environment: { SEED: "{seed}" }
  outputs: [{ path: result.txt, min_bytes: 1 }]
parameters: { seed: { range: { start: 0, stop: ${count}, step: 1 } } }
slice: { combinations: ${count} }
timeout: 1 min
`;

export const worker: Benchmark = {
  name: 'worker',
  about: `a worker's slice of ${count} trivial programs, against starting the same program bare`,
  async run(folder) {
    const bundle = join(folder, 'dist', 'worker.mjs');
    await bundleWorker(bundle);
    const root = join(folder, 'repository');
    const launched = await launchRun(root, grid);
    const bare = join(folder, 'bare');
    mkdirSync(bare);
    const times = await inTurn(7, {
      ours: () => {
        forget(launched);
        return secondsOfProgram([process.execPath, bundle], { env: environment(folder, launched) });
      },
      baseline: async () => {
        let seconds = 0;
        for (let at = 0; at < count; at += 1) {
          seconds += await secondsOfProgram([workProgram(root), '1', 'result.txt'], { cwd: bare });
        }
        return seconds;
      },
      start: () => secondsOfProgram([process.execPath, bundle], { env: environment(folder, launched) }),
    });
    const fragments = join(launched.storeFolder, fragmentsPrefix(launched.run, 0), '0000000');
    if (readdirSync(fragments).length === 0) throw new Error('the worker did nothing');
    const each = (seconds: number) => (seconds * 1000) / count;
    return [
      {
        what: `worker, per combination of a slice of ${count} / the program bare`,
        ...{ unit: 'ms', ours: each(times.ours), baseline: each(times.baseline) },
        comparison: { kind: 'difference', most: 15 },
      },
      {
        what: '  of which start and end of the worker, for the whole slice',
        ...{ unit: 'ms', ours: times.start * 1000, comparison: { kind: 'value' } },
      },
    ];
  },
};

/** What the local engine tells a worker. A slice without open combinations is start and end only. */
function environment(folder: string, { table, jobId }: LaunchedRun): NodeJS.ProcessEnv {
  const job = table.job(jobId);
  if (job === undefined) throw new Error('the job is gone');
  return {
    PATH: process.env.PATH,
    ...job.environment,
    NODE_COMPILE_CACHE: join(folder, 'compile-cache'),
    AWS_BATCH_JOB_ID: childId(job, 0),
    AWS_BATCH_JOB_ATTEMPT: '1',
    MUSTER_WORK_DIR: join(folder, 'work'),
    MUSTER_PROGRAM_PATH: join(folder, 'repository/docker/bench/bin'),
  };
}
