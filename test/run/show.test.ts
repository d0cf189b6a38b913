import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { readArrays } from '../../src/run/observe.ts';
import { progressOf } from '../../src/run/show.ts';
import { ensureStarted } from '../../src/run/start.ts';
import { watch } from '../../src/run/watch.ts';
import { MemoryForge } from './memory-forge.ts';
import { openScene, type Scene, writeRun } from './scene.ts';

let folder: string;
let scene: Scene;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'muster-'));
  scene = openScene(folder, new MemoryForge());
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

async function shown() {
  const { deps, run } = scene;
  const started = await ensureStarted(deps, run);
  return progressOf(deps, started, started.state.value, await readArrays(deps, run, started.rounds));
}

test('nothing runs any more in an array that the engine has forgotten', async () => {
  await writeRun(scene, { combinations: 4 });
  await watch(scene.deps, scene.run);
  scene.engine.progress('job-1', { succeeded: 2, starting: 1, running: 1 });
  await watch(scene.deps, scene.run);
  expect((await shown()).map).toEqual(['succeeded', 'succeeded', 'running', 'running']);

  scene.engine.jobs.clear();
  scene.clock.pass(8 * 24 * 3600);
  await watch(scene.deps, scene.run, { publish: false });
  const { slices, map } = await shown();
  expect(slices).toMatchObject({ starting: 0, running: 0, succeeded: 2, withoutResult: 2 });
  expect(map).toEqual(['succeeded', 'succeeded', 'without result', 'without result']);
});

test('a run of which no workflow takes care is unwatched once the next look is overdue', async () => {
  await writeRun(scene, { combinations: 4 });
  await watch(scene.deps, scene.run);
  expect(await shown()).toMatchObject({ nextWatch: null });
  expect((await shown()).unwatched).toBeUndefined();
  scene.clock.pass(scene.deps.settings.watchSeconds + 1);
  expect((await shown()).unwatched).toBe(true);
  await watch(scene.deps, scene.run);
  expect((await shown()).unwatched).toBeUndefined();
});

test('where workflows look, the next look is told, and nobody is sent to look', async () => {
  const forge = Object.assign(new MemoryForge(), { workflowUrl: (file: string) => `https://forge/${file}` });
  scene = openScene(folder, forge);
  await writeRun(scene, { combinations: 4 });
  await watch(scene.deps, scene.run);
  scene.clock.pass(scene.deps.settings.watchSeconds + 1);
  const { nextWatch, lastWatch, unwatched } = await shown();
  expect(Date.parse(nextWatch ?? '') - Date.parse(lastWatch ?? '')).toBe(
    scene.deps.settings.watchSeconds * 1000,
  );
  expect(unwatched).toBeUndefined();
});
