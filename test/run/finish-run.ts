import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Combination } from '../../src/grid/combination.ts';
import { sameWork } from '../../src/grid/identity.ts';
import { resolveProgram } from '../../src/grid/resolve.ts';
import { iterate } from '../../src/plan/ranges.ts';
import { sliceOf } from '../../src/plan/slices.ts';
import type { Fragment } from '../../src/results/fragment.ts';
import type { RoundRecord, RunRecord } from '../../src/run/records.ts';
import { ensureStarted } from '../../src/run/start.ts';
import { watch } from '../../src/run/watch.ts';
import { combinationBlockKey, fragmentKey, outputPrefix } from '../../src/store/keys.ts';
import { absent, type Store } from '../../src/store/store.ts';
import type { Scene } from './scene.ts';

const at = '2026-01-01T01:00:00.000Z';

/** Lets every slice of a launched run succeed as its worker would, in the given order, and publishes it. */
export async function finishRun(
  scene: Scene,
  run: string,
  order: (slices: readonly number[]) => readonly number[] = (slices) => slices,
): Promise<void> {
  for (let look = 0; look < 6; look++) {
    const { state } = await watch(scene.deps, run);
    if (state.phase.phase === 'published') return;
    await workAll(scene, run, order);
  }
  throw new Error(`${run} does not come to its end`);
}

async function workAll(
  scene: Scene,
  run: string,
  order: (slices: readonly number[]) => readonly number[],
): Promise<void> {
  const started = await ensureStarted(scene.deps, run);
  const combinations = await readCombinations(scene.store, run, started.run.combinations);
  for (const [jobId, { ended, request }] of scene.engine.jobs) {
    if (ended || request.environment.MUSTER_RUN !== run) continue;
    const round = started.rounds[Number(request.environment.MUSTER_ROUND)];
    if (round === undefined) throw new Error('no such round');
    const array = Number(request.environment.MUSTER_ARRAY);
    for (const child of order(Array.from({ length: request.size }, (_, child) => child))) {
      const slice = (round.arrays[array]?.firstSlice ?? 0) + child;
      await workSlice(scene, started.run, round, { jobId, array, slice }, combinations);
    }
    scene.engine.end(jobId, { succeeded: request.size });
  }
}

async function readCombinations(store: Store, run: string, count: number): Promise<readonly Combination[]> {
  const all: Combination[] = [];
  for (let block = 0; all.length < count; block++) {
    const text = new TextDecoder().decode((await store.get(combinationBlockKey(run, block)))?.bytes);
    for (const line of text.split('\n')) if (line !== '') all.push(JSON.parse(line));
  }
  return all;
}

async function workSlice(
  scene: Scene,
  run: RunRecord,
  round: RoundRecord,
  { jobId, array, slice }: { jobId: string; array: number; slice: number },
  all: readonly Combination[],
): Promise<void> {
  const { class: number } = round.arrays[array] ?? {};
  const resourceClass = round.classes.find((one) => one.class === number);
  if (resourceClass === undefined) throw new Error('no such class');
  const image = run.images[resourceClass.image]?.identity ?? '';
  const combinations: Fragment['combinations'] = [];
  const { start, end, indexes } = sliceOf(round.groups, slice);
  for (const index of iterate(indexes)) {
    const combination = all[index];
    if (combination === undefined) throw new Error('no such combination');
    const { id, label } = combination;
    const { resources } = resourceClass;
    const resolved = resolveProgram(run.grid, combination, {
      ...{ run: { id: run.run }, slice: { start, end }, resources },
    });
    const programs = run.data.filter(({ use }) => use === 'program');
    const fileDigests = Object.fromEntries(programs.map(({ path, sha256 }) => [path, sha256]));
    const key = `${outputPrefix(run.run, label, { round: round.round, job: jobId, attempt: 1 })}out.txt`;
    const size = await putOutput(scene, key, `output of ${id}\n`);
    combinations.push({
      ...{ index, id, label, state: 'succeeded', startedAt: at, endedAt: at, failure: null },
      work: sameWork({ resolved, architecture: resources.architecture, image, fileDigests }),
      command: [...resolved.argv],
      outputs: [{ path: 'out.txt', key, size, sha256: digest(`output of ${id}\n`) }],
      results: {},
      usage: { seconds: 30, totalSeconds: 36, cpuSeconds: 30, peakMemoryBytes: 1000, diskBytes: 10 },
    });
  }
  const fragment: Fragment = {
    ...{ schema: 1, run: run.run, round: round.round, array, slice, job: jobId, attempt: 1, part: 0 },
    ...{ complete: true, writtenAt: at, image, combinations },
    worker: { version: '0.0.0', host: 'h', platform: 'linux' },
  };
  const key = fragmentKey(run.run, round.round, slice, { job: jobId, attempt: 1, part: 0 });
  await scene.store.put(key, JSON.stringify(fragment), absent);
}

const digest = (text: string) => createHash('sha256').update(text).digest('hex');

/** Large objects have their checksum kept, as outputs do. */
export async function putOutput(scene: Scene, key: string, text: string): Promise<number> {
  const path = join(scene.deps.scratch, 'output');
  writeFileSync(path, text);
  const put = await scene.store.putFile(key, path);
  if (put.outcome !== 'written') throw new Error(`${key} is there already`);
  return put.size;
}
