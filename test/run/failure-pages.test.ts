import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { ChildFailure } from '../../src/engine/engine.ts';
import type { FailureGroup } from '../../src/report/failure-groups.ts';
import { withPages } from '../../src/run/failure-pages.ts';
import { ensureStarted } from '../../src/run/start.ts';
import { watch } from '../../src/run/watch.ts';
import { MemoryForge } from './memory-forge.ts';
import { openScene, type Scene, writeRun } from './scene.ts';

let folder: string;
let scene: Scene;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'muster-'));
  scene = await openScene(folder, new MemoryForge());
  await writeRun(scene, { combinations: 40, slicesAnArray: 20 });
  await watch(scene.deps, scene.run);
  scene.engine.failed.set('job-2', [failed(1)]);
  scene.engine.progress('job-2', { failed: 1, running: 19 });
  await watch(scene.deps, scene.run);
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const failed = (child: number): ChildFailure => ({
  ...{ child, class: 'memory', reason: 'out of memory', advice: 'More memory.', url: 'https://jobs/2' },
  attempts: [{ attempt: 1, logUrl: 'https://logs/2' }],
});
const group = (
  index: number,
  changed: Partial<FailureGroup> & { readonly source?: { readonly run: string } } = {},
): FailureGroup => {
  const { source, ...rest } = changed;
  const from = { round: 0, slice: index, job: 'j', attempt: 1, host: '', image: '', worker: '' };
  return {
    ...{ class: 'memory', message: 'm', count: 1, exitCode: 137, signal: null, tail: '' },
    examples: [
      {
        index,
        label: `a=${index}`,
        attempts: 1,
        ...(source !== undefined && { source: { ...from, ...source } }),
      },
    ],
    ...rest,
  };
};
const led = async (given: FailureGroup) =>
  (await withPages(scene.deps, await ensureStarted(scene.deps, scene.run), [given]))[0];

test('a failure of a merge leads to what was recorded of its slice', async () => {
  expect(await led(group(21))).toMatchObject({
    advice: 'More memory.',
    examples: [{ url: 'https://jobs/2', logUrl: 'https://logs/2' }],
  });
});

test('the slice that the verdict names is the one', async () => {
  const verdict = group(3, { source: { run: scene.run } });
  const [example] = verdict.examples;
  const source = example?.source && { ...example.source, slice: 21 };
  const moved = {
    ...verdict,
    examples: [{ index: 3, label: 'a=3', attempts: 1, ...(source && { source }) }],
  };
  expect((await led(moved))?.examples[0]?.url).toBe('https://jobs/2');
});

test('a slice without a record leads nowhere', async () => {
  expect(await led(group(22))).toEqual(group(22));
});

test('what comes from another run leads nowhere here', async () => {
  const other = group(21, { source: { run: 'other-0123456789ab' } });
  expect(await led(other)).toEqual(other);
});

test('advice on another kind of failure is not passed on', async () => {
  const found = await led(group(21, { class: 'program' }));
  expect(found?.advice).toBeUndefined();
  expect(found?.examples[0]?.url).toBe('https://jobs/2');
});
