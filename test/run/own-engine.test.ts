import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Observation } from '../../src/engine/engine.ts';
import { cancel } from '../../src/run/cancel.ts';
import { requireDocument, swapDocument } from '../../src/run/documents.ts';
import { ForeignRunError } from '../../src/run/own-engine.ts';
import { publish } from '../../src/run/publish.ts';
import { arraySchema, runSchema } from '../../src/run/records.ts';
import { rerun } from '../../src/run/rerun.ts';
import { readState } from '../../src/run/runs.ts';
import { ensureStarted } from '../../src/run/start.ts';
import { submitRound } from '../../src/run/submit.ts';
import { watch, watchAll } from '../../src/run/watch.ts';
import { arrayKey, runKey } from '../../src/store/keys.ts';
import { MemoryForge } from './memory-forge.ts';
import { MemoryStore } from './memory-store.ts';
import { openScene, type Scene, writeRun } from './scene.ts';

let folder: string;
let scene: Scene;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'muster-own-'));
  scene = openScene(folder, new MemoryForge(), new MemoryStore());
  const run = await writeRun(scene, { combinations: 4 });
  await ensureStarted(scene.deps, run.run);
  await submitRound(scene.deps, run, run.firstRound);
});
afterEach(() => rm(folder, { recursive: true }));

const record = async () => (await requireDocument(scene.store, arrayKey(scene.run, 0, 0), arraySchema)).value;

describe('a run of another engine', () => {
  /** It knows none of the jobs, and forgets at once what it knows. */
  const other = () => {
    const engine = Object.create(scene.engine, {
      name: { value: 'other' },
      limits: { value: { ...scene.engine.limits, remembersDays: 0 } },
      submit: { value: scene.engine.submit.bind(scene.engine) },
      observe: { value: async () => new Map([['job-1', { state: 'gone' }]]) },
    });
    return { ...scene.deps, engine };
  };

  test.each([
    ['watched', () => watch(other(), scene.run)],
    ['cancelled', () => cancel(other(), scene.run, 'wrong')],
    ['published', () => publish(other(), scene.run)],
    [
      'rerun',
      () => rerun(other(), { run: scene.run, select: 'all', overrides: {}, reason: '', dryRun: false }),
    ],
  ])('is not %s, and stays as it is', async (_, verb) => {
    const before = await readState(scene.deps, scene.run);
    await expect(verb()).rejects.toThrow(ForeignRunError);
    await expect(verb()).rejects.toThrow('--engine scripted');
    expect(await readState(scene.deps, scene.run)).toEqual(before);
    expect(await record()).toMatchObject({ state: 'submitted' });
  });

  test('does not keep others from being watched', async () => {
    const theirs = scene.run;
    const own = await writeRun(scene, { combinations: 2, name: 'own' });
    const made = await requireDocument(scene.store, runKey(own.run), runSchema);
    const provenance = { ...own.provenance, engine: 'other' };
    await swapDocument(scene.store, runKey(own.run), made.version, { ...own, provenance });
    const seen = [];
    for await (const one of watchAll(other(), [theirs, own.run])) seen.push([one.run, 'fault' in one]);
    expect(seen).toEqual([
      [theirs, true],
      [own.run, false],
    ]);
  });
});

describe('a job that another machine made', () => {
  beforeEach(() => {
    const seen: Observation = { state: 'gone', elsewhere: 'job job-1 is not of this folder' };
    scene.engine.observe = async () => new Map([['job-1', seen]]);
    Object.assign(scene.engine.limits, { remembersDays: 0 });
  });

  test('is not taken for one that is over, and the way out is told', async () => {
    const looked = watch(scene.deps, scene.run);
    await expect(looked).rejects.toThrow('not of this folder');
    await expect(looked).rejects.toThrow('cancel it');
    expect(await record()).toMatchObject({ state: 'submitted' });
  });

  test('is over once a person has given the run up', async () => {
    await cancel(scene.deps, scene.run, 'that machine is lost');
    await watch(scene.deps, scene.run, { publish: false });
    expect(await record()).toMatchObject({ state: 'ended' });
  });
});
