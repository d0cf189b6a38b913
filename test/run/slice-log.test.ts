import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { pagesOfSlice, type SliceJob, sliceJobOf } from '../../src/run/slice-log.ts';
import { watch } from '../../src/run/watch.ts';
import { MemoryForge } from './memory-forge.ts';
import { openScene, type Scene, writeRun } from './scene.ts';

let folder: string;
let scene: Scene;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'muster-'));
  scene = await openScene(folder, new MemoryForge());
  await writeRun(scene, { combinations: 6, slicesAnArray: 2 });
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

async function jobOf(index: number): Promise<SliceJob> {
  const job = await sliceJobOf(scene.deps, scene.run, index);
  if (job === undefined) throw new Error(`no job for ${index}`);
  return job;
}

test('a combination is traced to the child of the array that was to do it', async () => {
  await watch(scene.deps, scene.run);
  expect(await jobOf(3)).toMatchObject({ slice: 3, child: 1, handle: { jobId: 'job-2', size: 2 } });
});

test('before its array is submitted there is no job', async () => {
  scene.engine.script.push('refused');
  await watch(scene.deps, scene.run);
  expect(await sliceJobOf(scene.deps, scene.run, 0)).toBeUndefined();
});

test('no slice has a combination that the run has not got', async () => {
  await watch(scene.deps, scene.run);
  expect(await sliceJobOf(scene.deps, scene.run, 99)).toBeUndefined();
});

test('its pages are the job, the log of its last attempt as recorded, and a command', async () => {
  await watch(scene.deps, scene.run);
  const attempts = [
    { attempt: 1, logUrl: 'https://logs/1' },
    { attempt: 2, logUrl: 'https://logs/2' },
  ];
  scene.engine.failed.set('job-2', [{ child: 1, class: 'host', reason: 'lost', attempts }]);
  scene.engine.progress('job-2', { failed: 1, running: 1 });
  await watch(scene.deps, scene.run);
  const engine = Object.assign(scene.engine, {
    jobUrl: (handle: SliceJob['handle'], child?: number) => `https://jobs/${handle.jobId}:${child}`,
    jobCommand: (handle: SliceJob['handle'], child?: number) => `describe ${handle.jobId}:${child}`,
  });
  const deps = { ...scene.deps, engine };
  expect(await pagesOfSlice(deps, scene.run, await jobOf(3))).toEqual({
    ...{ job: 'https://jobs/job-2:1', log: 'https://logs/2', command: 'describe job-2:1' },
  });
  expect(await pagesOfSlice(deps, scene.run, await jobOf(2))).not.toHaveProperty('log');
});
