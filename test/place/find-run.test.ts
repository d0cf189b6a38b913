import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { findRun } from '../../src/place/find-run.ts';
import { ownRuns } from '../../src/place/own-runs.ts';
import { createDocument, readDocument } from '../../src/run/documents.ts';
import { type RunRecord, runSchema } from '../../src/run/records.ts';
import { activeKey, runKey } from '../../src/store/keys.ts';
import { MemoryForge } from '../run/memory-forge.ts';
import { MemoryStore } from '../run/memory-store.ts';
import { openScene, type Scene, writeRun } from '../run/scene.ts';

let folder: string;
let scene: Scene;
let written: RunRecord;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'muster-find-'));
  scene = openScene(folder, new MemoryForge(), new MemoryStore());
  written = await writeRun(scene, { combinations: 4 });
});
afterEach(() => rm(folder, { recursive: true }));

/** Another run on the work list. */
async function add(run: string, grid: string, createdAt: string): Promise<void> {
  const record = { ...written, run, grid: { ...written.grid, name: grid }, createdAt };
  await createDocument(scene.store, runKey(run), record);
  await createDocument(scene.store, activeKey(run), { run, grid, round: 0, since: createdAt });
}

describe('the run a person means', () => {
  test('is that of the grid of this name, though a newer run begins with it', async () => {
    await add('compas-0000000000aa', 'compas', '2026-01-01T00:00:00.000Z');
    await add('compas-full-00000000', 'compas-full', '2026-02-01T00:00:00.000Z');
    expect(await findRun(scene.deps, 'compas')).toMatchObject({ run: 'compas-0000000000aa' });
  });

  test('is the newest of its grid', async () => {
    await add('compas-0000000000aa', 'compas', '2026-01-01T00:00:00.000Z');
    await add('compas-0000000000bb', 'compas', '2026-02-01T00:00:00.000Z');
    expect(await findRun(scene.deps, 'compas')).toMatchObject({ run: 'compas-0000000000bb' });
  });

  test('may be told by the beginning of its id, if no other begins so', async () => {
    await add('compas-0000000000aa', 'compas', '2026-01-01T00:00:00.000Z');
    await add('compas-0000000000bb', 'compas', '2026-02-01T00:00:00.000Z');
    expect(await findRun(scene.deps, 'compas-0000000000a')).toMatchObject({ run: 'compas-0000000000aa' });
    await expect(findRun(scene.deps, 'compas-0')).rejects.toThrow(
      /beginning of 2 runs[\s\S]*compas-0000000000bb, compas-0000000000aa/,
    );
  });
});

test('one run that cannot be read hides no other from a watch', async () => {
  await add('compas-0000000000aa', 'compas', '2026-01-01T00:00:00.000Z');
  await add('compas-0000000000bb', 'compas', '2026-02-01T00:00:00.000Z');
  const damaged = await readDocument(scene.store, runKey('compas-0000000000aa'), runSchema);
  if (damaged === undefined) throw new Error('it was written');
  const bytes = new TextEncoder().encode('{"schema": 99}');
  await scene.store.put(runKey('compas-0000000000aa'), bytes, { kind: 'version', version: damaged.version });
  expect(await ownRuns(scene.deps, () => {})).toContain('compas-0000000000bb');
});
