import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { iterate } from '../../src/plan/ranges.ts';
import { sliceOf } from '../../src/plan/slices.ts';
import type { Fragment } from '../../src/results/fragment.ts';
import { requireDocument } from '../../src/run/documents.ts';
import { roundSchema } from '../../src/run/records.ts';
import { combinationBlockKey, fragmentKey, outputPrefix, roundKey } from '../../src/store/keys.ts';
import { absent } from '../../src/store/store.ts';
import type { Scene } from './scene.ts';

/** Labels of a test run: `c000`, `c001`, ... */
export const labelOf = (index: number) => `c${String(index).padStart(3, '0')}`;

export async function writeCombinations(scene: Scene, count: number): Promise<void> {
  const lines = Array.from({ length: count }, (_, index) =>
    JSON.stringify({
      ...{ index, id: idOf(index), label: labelOf(index) },
      ...{ parameters: { x: index }, text: { x: String(index) } },
    }),
  );
  await scene.store.put(combinationBlockKey(scene.run, 0), `${lines.join('\n')}\n`, absent);
}

const idOf = (index: number) => String(index).padStart(16, '0');

/**
 * Does what a worker would: outputs and a fragment for one child of a job, whose combinations end as told. False when
 * that was done before.
 */
export async function work(
  scene: Scene,
  jobId: string,
  child: number,
  options: {
    readonly round?: number;
    readonly attempt?: number;
    readonly fails?: readonly number[];
    readonly at?: string;
  } = {},
): Promise<boolean> {
  const { round = 0, attempt = 1, fails = [] } = options;
  const record = (await requireDocument(scene.store, roundKey(scene.run, round), roundSchema)).value;
  const { at = scene.clock.now().toISOString() } = options;
  const slice = sliceOf(record.groups, child);
  const combinations: Fragment['combinations'] = [];
  for (const index of iterate(slice.indexes)) {
    const failed = fails.includes(index);
    const prefix = outputPrefix(scene.run, labelOf(index), { round, job: jobId, attempt });
    const bytes = gzipSync(`combination ${index}`);
    const key = `${prefix}program.log.gz`;
    await scene.store.put(key, bytes, absent);
    combinations.push({
      ...{ index, id: idOf(index), label: labelOf(index), state: failed ? 'failed' : 'succeeded' },
      ...{ work: createHash('sha256').update(labelOf(index)).digest('hex'), command: ['true'] },
      ...{ startedAt: at, endedAt: at },
      outputs: [
        {
          path: 'program.log.gz',
          key,
          size: bytes.length,
          sha256: createHash('sha256').update(bytes).digest('hex'),
        },
      ],
      results: {},
      usage: { seconds: 36, totalSeconds: 36, cpuSeconds: 36, peakMemoryBytes: 1000, diskBytes: 10 },
      failure: failed
        ? { class: 'program', message: 'exit code 3', exitCode: 3, signal: null, tail: 'boom', again: false }
        : null,
    });
  }
  const fragment: Fragment = {
    ...{ schema: 1, run: scene.run, round, array: 0, slice: child, job: jobId, attempt, part: 0 },
    ...{ complete: true, writtenAt: at, image: 'cd', combinations },
    worker: { version: '0.0.0', host: 'h', platform: 'linux' },
  };
  const key = fragmentKey(scene.run, round, child, { job: jobId, attempt, part: 0 });
  if ((await scene.store.stat(key)) !== undefined) return false;
  await scene.store.put(key, JSON.stringify(fragment), absent);
  return true;
}
