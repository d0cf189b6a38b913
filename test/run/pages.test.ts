import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { ChildFailure } from '../../src/engine/engine.ts';
import { watch } from '../../src/run/watch.ts';
import { MemoryForge } from './memory-forge.ts';
import { openScene, type Scene, writeRun } from './scene.ts';

let folder: string;
let scene: Scene;
let forge: MemoryForge;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'muster-'));
  forge = new MemoryForge();
  scene = await openScene(folder, forge);
  await writeRun(scene, { combinations: 30 });
  await watch(scene.deps, scene.run);
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test('a failed slice leads to its job and its last log, with the advice of the engine', async () => {
  const failure: ChildFailure = {
    ...{ child: 4, class: 'memory', reason: 'used more memory than it had asked for' },
    ...{ advice: 'Give it more memory.', url: 'https://jobs.example/job-1:4' },
    attempts: [
      { attempt: 1, logUrl: 'https://logs.example/first' },
      { attempt: 2, exitCode: 137, logUrl: 'https://logs.example/second' },
    ],
  };
  scene.engine.failed.set('job-1', [failure]);
  scene.engine.progress('job-1', { running: 29, failed: 1 });
  await watch(scene.deps, scene.run);
  const body = forge.reviews.at(-1)?.body ?? '';
  expect(body).toContain('[`slice 4`](https://logs.example/second)');
  expect(body).toContain('[job of the first](https://jobs.example/job-1:4)');
  expect(body).toContain('Give it more memory.');
});
