import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { cancel } from '../../src/run/cancel.ts';
import { readArrays } from '../../src/run/observe.ts';
import { silentSlices } from '../../src/run/silent-slices.ts';
import { ensureStarted } from '../../src/run/start.ts';
import { watch } from '../../src/run/watch.ts';
import { fragmentKey } from '../../src/store/keys.ts';
import { absent } from '../../src/store/store.ts';
import { MemoryForge } from './memory-forge.ts';
import { openScene, type Scene, writeRun } from './scene.ts';
import { work, writeCombinations } from './slices.ts';

let folder: string;
let scene: Scene;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'muster-'));
  scene = openScene(folder, new MemoryForge());
  await writeRun(scene, { combinations: 4 });
  await writeCombinations(scene, 4);
  await watch(scene.deps, scene.run);
  for (const child of [0, 1]) await work(scene, 'job-1', child);
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const published = async (counts: { succeeded: number; failed?: number }) => {
  scene.engine.end('job-1', counts);
  await watch(scene.deps, scene.run);
  return silent();
};
const silent = async () => {
  const started = await ensureStarted(scene.deps, scene.run);
  return silentSlices(scene.deps, started, await readArrays(scene.deps, scene.run, started.rounds));
};

test('slices that end well and write nothing are why combinations are missing, and their log is led to', async () => {
  scene.engine.known.set('job-1', new Map([[2, [{ attempt: 1, logUrl: 'https://logs/2' }]]]));
  expect(await published({ succeeded: 4 })).toEqual({
    ...{ slices: 2, combinations: 2, logUrl: 'https://logs/2' },
  });
});

test('nothing is said of a slice that failed', async () => {
  const reason = 'somebody stopped it';
  scene.engine.failed.set('job-1', [{ child: 2, class: 'cancelled', reason, attempts: [] }]);
  expect(await published({ succeeded: 3, failed: 1 })).toMatchObject({ slices: 1, combinations: 1 });
});

test('nothing is said of slices that wrote something which cannot be read', async () => {
  const writer = { job: 'job-1', attempt: 1, part: 0 };
  for (const slice of [2, 3])
    await scene.store.put(fragmentKey(scene.run, 0, slice, writer), 'no JSON', absent);
  expect(await published({ succeeded: 4 })).toBeUndefined();
});

test('nothing is said of a run that was stopped, whose slices end well without doing anything', async () => {
  await cancel(scene.deps, scene.run, 'wrong grid');
  expect(await published({ succeeded: 4 })).toBeUndefined();
});

test('nothing is said before it is published, nor where all is there', async () => {
  expect(await silent()).toBeUndefined();
  for (const child of [2, 3]) await work(scene, 'job-1', child);
  expect(await published({ succeeded: 4 })).toBeUndefined();
});
