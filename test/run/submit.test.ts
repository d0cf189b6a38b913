import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { cancel } from '../../src/run/cancel.ts';
import { requireDocument } from '../../src/run/documents.ts';
import { arraySchema, type RoundRecord } from '../../src/run/records.ts';
import { ensureStarted } from '../../src/run/start.ts';
import { submitRound } from '../../src/run/submit.ts';
import { arrayKey } from '../../src/store/keys.ts';
import { openScene, type Scene, writeRun } from './scene.ts';

let folder: string;
let scene: Scene;
let round: RoundRecord;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'muster-submit-'));
  scene = openScene(folder);
  await writeRun(scene, { combinations: 10 });
  round = (await ensureStarted(scene.deps, scene.run)).rounds[0] as RoundRecord; // every run has a round 0
});
afterEach(() => rm(folder, { recursive: true }));

const record = async () => (await requireDocument(scene.store, arrayKey(scene.run, 0, 0), arraySchema)).value;
const submit = async (deps = scene.deps) => {
  const { run } = await ensureStarted(deps, scene.run);
  return submitRound(deps, run, round);
};
const submissions = () => scene.engine.calls.filter((call) => call.startsWith('submit')).length;
const working = () => [...scene.engine.jobs].filter(([, job]) => !job.ended).map(([id]) => id);

/** The round in three arrays of the same queue. */
async function threeArrays(): Promise<void> {
  const run = await writeRun(scene, { combinations: 6, name: 'three', slicesAnArray: 2 });
  round = run.firstRound;
}
const nameOf = async (array: number) =>
  (await requireDocument(scene.store, arrayKey(scene.run, 0, array), arraySchema)).value.name;

describe('submission of an array', () => {
  test('asks once and records the job', async () => {
    expect(await submit()).toBe(true);
    expect(await record()).toMatchObject({
      state: 'submitted',
      submission: { handle: { jobId: 'job-1', size: 10 } },
    });
    expect(await submit()).toBe(true);
    expect(submissions()).toBe(1);
  });

  test('adopts the job when the answer was lost but the job was made', async () => {
    scene.engine.script.push('lost answer');
    expect(await submit()).toBe(true);
    expect(submissions()).toBe(1);
    expect(await record()).toMatchObject({ state: 'submitted', submission: { handle: { jobId: 'job-1' } } });
  });

  test('looks at 15, 30 and 60 s before it submits again when no job was made', async () => {
    scene.engine.script.push('lost request');
    const before = scene.clock.now().getTime();
    expect(await submit()).toBe(true);
    expect(submissions()).toBe(2);
    expect(working()).toEqual(['job-1']);
    expect(scene.clock.now().getTime() - before).toBe(60_000);
  });

  test('never submits with less than a minute of its lease left', async () => {
    scene.engine.script.push('lost request', 'lost request', 'lost request', 'lost request');
    expect(await submit()).toBe(false);
    expect(submissions()).toBe(3); // at 0, 60 and 120 s of 180
    expect(await record()).toMatchObject({ state: 'submitting' });
  });

  test('is tried again after throttling, and let go when throttling goes on', async () => {
    scene.engine.script.push('throttled', 'throttled');
    expect(await submit()).toBe(true);
    expect(working()).toEqual(['job-1']);

    await writeRun(scene, { combinations: 10, name: 'other' });
    round = (await ensureStarted(scene.deps, scene.run)).rounds[0] as RoundRecord; // every run has a round 0
    scene.engine.script.push(...Array<'throttled'>(6).fill('throttled'));
    expect(await submit()).toBe(false);
    expect(await record()).toMatchObject({ state: 'intended' });
  });

  test('that is refused until somebody mends something waits, without a lease, and is tried again', async () => {
    scene.engine.script.push('refused');
    expect(await submit()).toBe(false);
    expect(await record()).toMatchObject({ state: 'intended' });
    expect(await submit()).toBe(true);
    expect(submissions()).toBe(2);
  });

  test('that is refused says why in its record, until it is submitted', async () => {
    scene.engine.script.push('refused');
    await submit();
    expect(await record()).toMatchObject({
      refused: { why: 'the queue is disabled', fix: 'Enable it.', at: '2026-01-01T00:00:00.000Z' },
    });
    await submit();
    expect(await record()).not.toHaveProperty('refused');
  });

  test('leaves out the others of a queue that refused one, and tries them at the next step', async () => {
    await threeArrays();
    scene.engine.script.push('refused');
    expect(await submit()).toBe(false);
    expect(submissions()).toBe(1);
    expect(await submit()).toBe(true);
    expect(submissions()).toBe(4);
  });

  test('looks for namesakes only where somebody may have left one', async () => {
    await threeArrays();
    scene.engine.script.push('submitted', 'lost answer');
    await submit();
    const found = scene.engine.calls.filter((call) => call.startsWith('find'));
    expect(new Set(found)).toEqual(new Set([`find ${await nameOf(1)}`]));
  });

  test('that got no answer and then no turn is looked for before it is submitted again', async () => {
    scene.engine.script.push('lost request', ...Array<'throttled'>(6).fill('throttled'));
    await submit();
    expect(await record()).toMatchObject({ state: 'intended', doubtful: true });
    scene.engine.calls.length = 0;
    await submit();
    expect(scene.engine.calls.map((call) => call.split(' ')[0])).toEqual([
      ...['find', 'find', 'find', 'submit', 'find'],
    ]);
  });

  test('that is refused for good is put aside with the reason', async () => {
    scene.engine.script.push('rejected');
    expect(await submit()).toBe(true);
    expect(await record()).toMatchObject({ state: 'unknown', why: 'the definition is wrong' });
  });

  test('killed after SubmitJob is adopted by the next submitter once the lease has run out', async () => {
    scene.engine.onSubmit = () => {
      throw new Error('killed');
    };
    await expect(submit()).rejects.toThrow('killed');
    scene.engine.onSubmit = () => {};
    const other = { ...scene.deps, owner: 'other' };
    expect(await submit(other)).toBe(false);
    scene.clock.pass(181);
    expect(await submit(other)).toBe(true);
    expect(submissions()).toBe(1);
    expect(await record()).toMatchObject({ state: 'submitted', submission: { handle: { jobId: 'job-1' } } });
  });

  test('is metered from when its submitter asked for it, however late its job is adopted', async () => {
    scene.engine.onSubmit = () => {
      throw new Error('killed');
    };
    await expect(submit()).rejects.toThrow('killed');
    scene.engine.onSubmit = () => {};
    scene.clock.pass(600);
    expect(await submit({ ...scene.deps, owner: 'other' })).toBe(true);
    expect(await record()).toMatchObject({ submission: { at: '2026-01-01T00:00:00.000Z' } });
  });

  test('of a submitter known to be dead is taken over at once', async () => {
    scene.engine.onSubmit = () => {
      throw new Error('killed');
    };
    await expect(submit()).rejects.toThrow('killed');
    scene.engine.onSubmit = () => {};
    expect(await submit({ ...scene.deps, owner: 'other', isGone: (owner) => owner === 'me' })).toBe(true);
    expect(submissions()).toBe(1);
  });

  test('does not adopt a namesake that asks for something else', async () => {
    const { run } = await ensureStarted(scene.deps, scene.run);
    scene.engine.script.push('lost answer');
    scene.engine.onSubmit = () => {
      for (const job of scene.engine.jobs.values()) {
        const environment = { ...job.request.environment, MUSTER_DEFINITION: 'other' };
        Object.assign(job.request, { environment });
      }
    };
    // The request is one object here: give the engine its own copy to spoil.
    const { create } = scene.engine;
    scene.engine.create = (request) => create.call(scene.engine, { ...request });
    await submitRound(scene.deps, run, round);
    expect(await record()).toMatchObject({ submission: { handle: { jobId: 'job-2' } } });
    expect(working()).toEqual(['job-2']);
  });

  test('by two at once leaves one working job', async () => {
    const other = { ...scene.deps, owner: 'other' };
    await Promise.all([submit(), submit(other)]);
    expect(working()).toHaveLength(1);
    expect(submissions()).toBe(1);
  });

  test('whoever loses the record terminates the job it made', async () => {
    scene.engine.onSubmit = async () => {
      scene.engine.onSubmit = () => {};
      scene.clock.pass(181); // this submitter hangs until its lease is over, another adopts its job or makes one
      scene.engine.jobs.clear(); // the listing does not show it yet
      await submit({ ...scene.deps, owner: 'other' });
    };
    await submit();
    const recorded = await record();
    expect(recorded).toMatchObject({ state: 'submitted', submission: { handle: { jobId: 'job-2' } } });
    expect(scene.engine.calls).toContain('cancel job-1');
  });

  test('does not happen in a cancelled run', async () => {
    await cancel(scene.deps, scene.run, 'wrong grid');
    expect(await submit()).toBe(true);
    expect(submissions()).toBe(0);
    expect(await record()).toMatchObject({ state: 'cancelled' });
  });

  test('that a cancel overtakes ends with the job told to stop', async () => {
    scene.engine.onSubmit = async () => {
      await cancel({ ...scene.deps, owner: 'other' }, scene.run, 'too dear');
    };
    await submit();
    expect(await record()).toMatchObject({ state: 'submitted' });
    expect(working()).toEqual([]);
  });
});
