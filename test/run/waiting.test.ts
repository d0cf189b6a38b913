import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { atSubmission, type MeterTerms } from '../../src/money/meter.ts';
import { observed } from '../../src/run/array-state.ts';
import { requireDocument } from '../../src/run/documents.ts';
import { type ArrayRecord, arraySchema } from '../../src/run/records.ts';
import { watch } from '../../src/run/watch.ts';
import { arrayKey } from '../../src/store/keys.ts';
import { Bench } from '../contract/engine-bench.ts';
import { onModel } from '../engine/aws-batch/model-harness.ts';
import { MemoryForge } from './memory-forge.ts';
import { MemoryStore } from './memory-store.ts';
import { openScene, type Scene, writeRun } from './scene.ts';

let folder: string;
let scene: Scene;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'muster-waiting-'));
  scene = openScene(folder, new MemoryForge(), new MemoryStore());
});
afterEach(() => rm(folder, { recursive: true }));

/** A look after so many seconds, with counts that are true now. */
async function look(seconds: number) {
  scene.clock.pass(seconds);
  scene.engine.countsAt = scene.clock.now().toISOString();
  return watch(scene.deps, scene.run);
}

describe('slices that wait in the queue', () => {
  test('for hours are charged, once they start, from the last look only', async () => {
    await writeRun(scene, { combinations: 10, budgetUsd: 3 });
    for (let looks = 0; looks < 60; looks++) await look(600);
    scene.engine.progress('job-1', { running: 10 });
    const { tally, state } = await look(600);
    // Ten slices at $0.05 an hour.
    expect(tally.meteredUsd).toBeCloseTo((10 * 600 * 0.05) / 3600, 9);
    expect(state.stopped).toBeNull();
  });

  test('are dated anew once a minute at most', async () => {
    await writeRun(scene, { combinations: 10 });
    await look(0);
    const dated = async () => {
      const { value } = await requireDocument(scene.store, arrayKey(scene.run, 0, 0), arraySchema);
      return 'countsAt' in value ? value.countsAt : undefined;
    };
    const first = await dated();
    await look(59);
    expect(await dated()).toBe(first);
    await look(1);
    expect(await dated()).toBe(scene.clock.now().toISOString());
  });

  test('for nothing, on a machine without a price, are not written down again', async () => {
    const { planEngine } = scene.deps;
    if (planEngine.kind !== 'local') throw new Error('the scene is on one machine');
    const free = { ...scene, deps: { ...scene.deps, planEngine: { ...planEngine, usdPerVcpuHour: 0 } } };
    await writeRun(scene, { combinations: 10 });
    const version = async () => (await scene.store.get(arrayKey(scene.run, 0, 0)))?.version;
    await look(0);
    const first = await version();
    scene.clock.pass(3600);
    scene.engine.countsAt = scene.clock.now().toISOString();
    await watch(free.deps, scene.run);
    expect(await version()).toBe(first);
  });
});

test('slices that run for hours on Batch are metered for all of them, though their summary never changes', async () => {
  const slices = 100;
  const at = await onModel({ start: () => {} });
  const handle = await new Bench(at).submit({
    ...{ size: slices, timeoutSeconds: 86_400 },
    script: { default: ['sleep', 'exit 0'] },
  });
  const now = () => new Date(at.timeline.now());
  const terms: MeterTerms = { slices, attempts: 1, timeoutSeconds: 86_400, usdPerSliceHour: 0.05 };
  const { counts, at: since } = atSubmission(slices, now().toISOString());
  let record: ArrayRecord = {
    ...{ state: 'submitted', name: 'demo', queue: 'queue', meteredUsd: 0, counts, countsAt: since },
    submission: { handle, definition: 'demo:1', at: since },
  };
  for (let looks = 0; looks < 60 && record.state === 'submitted'; looks++) {
    at.timeline.advance(600);
    const observation = (await at.engine.observe([handle])).get(handle.jobId);
    if (observation === undefined) throw new Error('the engine has no word on its job');
    record = observed(record, observation, 0, terms, 7, now());
  }
  // Ten hours, less what the summary may be late.
  expect('meteredUsd' in record && record.meteredUsd).toBeGreaterThan(slices * (10 - 0.05) * 0.05);
});
