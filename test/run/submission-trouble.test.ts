import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { RemoteError } from '../../src/errors.ts';
import { cancel } from '../../src/run/cancel.ts';
import { requireDocument, swapDocument } from '../../src/run/documents.ts';
import { jobRequest } from '../../src/run/job-request.ts';
import { type ArrayRecord, arraySchema, type RoundRecord } from '../../src/run/records.ts';
import { readState } from '../../src/run/runs.ts';
import { ensureStarted } from '../../src/run/start.ts';
import { submitRound } from '../../src/run/submit.ts';
import { watch, watchAll } from '../../src/run/watch.ts';
import { arrayKey } from '../../src/store/keys.ts';
import { MemoryForge } from './memory-forge.ts';
import { MemoryStore } from './memory-store.ts';
import { openScene, type Scene, writeRun } from './scene.ts';

/** What one array suffers must not cost the others, and no job may be stopped that somebody still comes to. */

let folder: string;
let scene: Scene;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'muster-trouble-'));
  scene = openScene(folder, new MemoryForge(), new MemoryStore());
});
afterEach(() => rm(folder, { recursive: true }));

const key = (array: number) => arrayKey(scene.run, 0, array);
const document = (array: number) => requireDocument(scene.store, key(array), arraySchema);
const record = async (array = 0) => (await document(array)).value;
const working = () => [...scene.engine.jobs].filter(([, job]) => !job.ended).map(([id]) => id);
const calls = (verb: string) => scene.engine.calls.filter((call) => call.startsWith(verb));

async function start(combinations: number, options: { slicesAnArray?: number; budgetUsd?: number } = {}) {
  await writeRun(scene, { combinations, ...options });
  return ensureStarted(scene.deps, scene.run);
}

async function submit(deps = scene.deps): Promise<boolean> {
  const { run, rounds } = await ensureStarted(deps, scene.run);
  return submitRound(deps, run, rounds[0] as RoundRecord); // every run has a round 0
}

async function put(array: number, change: (before: ArrayRecord) => ArrayRecord): Promise<void> {
  const { value, version } = await document(array);
  await swapDocument(scene.store, key(array), version, change(value));
}

/** As a submitter leaves it that dies while it waits for the answer. */
const abandon = (array: number) =>
  put(array, ({ name, queue }) => {
    const at = scene.clock.now().toISOString();
    return { state: 'submitting', name, queue, owner: 'dead', firstTriedAt: at, leaseUntil: at };
  });

/** The job that the dead submitter made. */
async function make(array: number): Promise<string> {
  const { run, rounds } = await ensureStarted(scene.deps, scene.run);
  const round = rounds[0] as RoundRecord; // every run has a round 0
  const planned = round.arrays[array];
  if (planned === undefined) throw new Error(`no array ${array}`);
  return scene.engine.create(jobRequest(run, round, planned, scene.store.location)).jobId;
}

const noListing = () => {
  scene.engine.find = async () => {
    throw new RemoteError({ service: 'Batch', operation: 'ListJobs' }, 'queue q does not exist');
  };
};

describe('an array that cannot be looked up', () => {
  beforeEach(async () => {
    await start(4, { slicesAnArray: 2, budgetUsd: 0.5 });
    await submit();
    await abandon(1);
    scene.engine.jobs.delete('job-2');
    noListing();
    scene.engine.progress('job-1', { running: 2 });
  });

  test('does not keep the jobs of the others running when the run is cancelled', async () => {
    expect(await cancel(scene.deps, scene.run, 'stop')).toMatchObject({ outcome: 'cancelling' });
    expect(working()).toEqual([]);
  });

  test('waits for the next step, and says why', async () => {
    const { refused } = await watch(scene.deps, scene.run);
    expect(refused).toMatchObject([{ why: expect.stringContaining('queue q does not exist'), arrays: 1 }]);
    expect(await record(1)).toMatchObject({ state: 'intended', doubtful: true });
  });

  test('does not keep the budget from stopping the run', async () => {
    for (let step = 0; step < 24; step++) {
      scene.clock.pass(1800);
      scene.engine.countsAt = scene.clock.now().toISOString();
      await watch(scene.deps, scene.run);
    }
    const state = await readState(scene.deps, scene.run);
    expect(state?.phase).toMatchObject({ phase: 'cancelling', why: expect.stringContaining('budget') });
    expect(working()).toEqual([]);
  });

  test('is not called cancelled while its job may exist', async () => {
    await cancel(scene.deps, scene.run, 'stop');
    expect(await record(1)).toMatchObject({ state: 'intended', doubtful: true });
  });

  test('is given up after twice the days in which its job could be found', async () => {
    scene.clock.pass(12.1 * 86_400);
    await watch(scene.deps, scene.run);
    expect(await record(1)).toMatchObject({ state: 'unknown', why: expect.stringContaining('queue q') });
  });
});

test('a job that cannot be told to stop keeps no other one running, and the one who cancels hears of it', async () => {
  await start(6, { slicesAnArray: 2 });
  await submit();
  const { engine } = scene;
  const stop = engine.cancel.bind(engine);
  engine.cancel = async (handle, reason) => {
    if (handle.jobId === 'job-1')
      throw new RemoteError({ service: 'Batch', operation: 'TerminateJob' }, 'no');
    return stop(handle, reason);
  };
  await expect(cancel(scene.deps, scene.run, 'stop')).rejects.toThrow('no');
  expect(working()).toEqual(['job-1']);
  const { later, tally } = await watch(scene.deps, scene.run);
  expect(later).toEqual([expect.stringContaining('no')]);
  expect(tally.settled).toBe(false);
});

test('failures that the engine cannot tell keep the array from ending, not from being metered', async () => {
  await start(4, { slicesAnArray: 2 });
  await submit();
  const { engine } = scene;
  const tell = engine.failures.bind(engine);
  engine.failures = async () => {
    throw new RemoteError({ service: 'Batch', operation: 'ListJobs' }, 'not allowed');
  };
  scene.clock.pass(3600);
  engine.countsAt = scene.clock.now().toISOString();
  engine.end('job-1', { failed: 2 });
  scene.clock.pass(3600);
  const { later, tally } = await watch(scene.deps, scene.run);
  expect(later).toEqual([expect.stringContaining('not allowed')]);
  expect(tally.meteredUsd).toBeGreaterThan(0);
  scene.clock.pass(3600);
  await watch(scene.deps, scene.run);
  expect(await record(0)).toMatchObject({ state: 'submitted', counts: { failed: 2 } });
  engine.failures = tell;
  await watch(scene.deps, scene.run, { publish: false });
  scene.clock.pass(700);
  await watch(scene.deps, scene.run, { publish: false });
  expect(await record(0)).toMatchObject({ state: 'ended' });
});

describe('an outage of SubmitJob', () => {
  test.each(['throttled', 'lost request'] as const)(
    '(%s) is met by one array of each run in a step, at most',
    async (answer) => {
      await start(40, { slicesAnArray: 2 });
      const first = scene.run;
      await writeRun(scene, { combinations: 40, slicesAnArray: 2, name: 'other' });
      scene.engine.script.push(...Array<typeof answer>(1000).fill(answer));
      const before = scene.clock.now().getTime();
      for await (const one of watchAll(scene.deps, [first, scene.run]))
        expect(one).not.toHaveProperty('fault');
      expect(scene.clock.now().getTime() - before).toBeLessThanOrEqual(300_000);
      expect(new Set(calls('submit')).size).toBeLessThanOrEqual(2);
    },
  );

  test('does not keep jobs from being told to stop at once', async () => {
    await start(42, { slicesAnArray: 2 });
    await submit();
    for (let array = 1; array < 21; array++) await abandon(array);
    scene.engine.calls.length = 0;
    await cancel(scene.deps, scene.run, 'stop');
    expect(scene.engine.calls[0]).toBe('cancel job-1');
  });

  test('is told, with how much of the round waits for it', async () => {
    await start(8, { slicesAnArray: 2 });
    scene.engine.script.push('submitted', ...Array<'throttled'>(6).fill('throttled'));
    expect(await submit()).toBe(false);
    expect(scene.log).toContainEqual({
      kind: 'queue-waits',
      run: scene.run,
      round: 0,
      queue: 'q',
      arrays: 3,
    });
  });

  test('is over as soon as answers come', async () => {
    await start(8, { slicesAnArray: 2 });
    scene.engine.script.push('lost answer', 'lost answer');
    expect(await submit()).toBe(true);
    expect(calls('submit')).toHaveLength(4);
  });
});

describe('a submitter that comes back after its lease', () => {
  /** The other one has taken the lease over, and is looking when the first one comes back. */
  async function whileAnotherLooks(): Promise<void> {
    await start(10);
    const { engine } = scene;
    const find = engine.find.bind(engine);
    const reached = Promise.withResolvers<void>();
    const back = Promise.withResolvers<void>();
    let other: Promise<unknown> = Promise.resolve();
    engine.onSubmit = async () => {
      engine.onSubmit = () => {};
      scene.clock.pass(200);
      engine.find = async (...asked) => {
        reached.resolve();
        await back.promise;
        engine.find = find;
        return find(...asked);
      };
      other = submit({ ...scene.deps, owner: 'other' });
      await reached.promise;
    };
    await submit();
    back.resolve();
    await other;
  }

  test('leaves its job to the one that is looking for it', async () => {
    await whileAnotherLooks();
    expect(await record()).toMatchObject({ state: 'submitted', submission: { handle: { jobId: 'job-1' } } });
    expect(working()).toEqual(['job-1']);
  });

  test('leaves a doubt where its job cannot be told to stop, long after the last one was settled', async () => {
    await start(10);
    const { engine } = scene;
    const stop = engine.cancel.bind(engine);
    const find = engine.find.bind(engine);
    engine.find = async () => []; // the job is made only after the others have looked
    engine.onSubmit = async () => {
      engine.onSubmit = () => {};
      scene.clock.pass(200);
      await submit({ ...scene.deps, owner: 'other' });
      scene.clock.pass(100);
      await submit({ ...scene.deps, owner: 'other' });
      expect(await record()).not.toHaveProperty('doubtfulSince');
      engine.find = find;
      engine.cancel = async () => {
        throw new RemoteError({ service: 'Batch', operation: 'TerminateJob' }, 'no');
      };
    };
    await submit();
    expect(working()).toEqual(['job-1', 'job-2']);
    engine.cancel = stop;
    await watch(scene.deps, scene.run);
    expect(working()).toEqual(['job-2']);
    expect(await record()).toMatchObject({ submission: { handle: { jobId: 'job-2' } } });
  });

  test('stops its job when the array was given up meanwhile', async () => {
    await start(10);
    scene.engine.onSubmit = () =>
      put(0, ({ name, queue }) => {
        const at = scene.clock.now().toISOString();
        return { state: 'unknown', name, queue, why: 'too old', submission: null, at };
      });
    await submit();
    expect(working()).toEqual([]);
  });
});

describe('whoever looks for a job', () => {
  test('takes the one that works before those that have ended', async () => {
    await start(10);
    await abandon(0);
    await make(0);
    await make(0);
    scene.engine.end('job-1', { failed: 10 });
    await submit();
    expect(await record()).toMatchObject({ submission: { handle: { jobId: 'job-2' } } });
  });

  test('never takes one that was told to stop', async () => {
    await start(10);
    await abandon(0);
    await make(0);
    await scene.engine.cancel({ jobId: 'job-1', queue: 'q', size: 10 }, 'by hand');
    await submit();
    expect(await record()).toMatchObject({ submission: { handle: { jobId: 'job-2' } } });
    expect(calls('submit')).toHaveLength(1);
  });

  test('reads the phase after recording: a cancel in between stops the job', async () => {
    await start(4, { slicesAnArray: 2 });
    await abandon(1);
    await make(1);
    const { engine } = scene;
    const find = engine.find.bind(engine);
    engine.find = async (...asked) => {
      engine.find = find;
      await cancel({ ...scene.deps, owner: 'other' }, scene.run, 'stop');
      return find(...asked);
    };
    await submit();
    expect(await record(1)).toMatchObject({ state: 'submitted' });
    expect(working()).toEqual([]);
  });
});

describe('an array that nobody finished for six days', () => {
  beforeEach(async () => {
    await start(10);
    await abandon(0);
  });

  test('is taken on again when its job is there', async () => {
    const job = await make(0);
    scene.clock.pass(6.1 * 86_400);
    await submit();
    expect(await record()).toMatchObject({ state: 'submitted', submission: { handle: { jobId: job } } });
    expect(calls('submit')).toEqual([]);
  });

  test('is given up, and never submitted, when it is not', async () => {
    scene.clock.pass(6.1 * 86_400);
    expect(await submit()).toBe(true);
    expect(await record()).toMatchObject({ state: 'unknown', submission: null });
    expect(calls('submit')).toEqual([]);
  });
});

describe('a doubt about namesakes', () => {
  /** Its recorder died before it looked for them. */
  async function adopted(): Promise<void> {
    await start(10);
    scene.engine.script.push('lost answer');
    await submit();
    await make(0);
  }

  test('is looked into again by the next step, until the listing owes nothing', async () => {
    await adopted();
    expect(working()).toEqual(['job-1', 'job-2']);
    scene.clock.pass(61);
    await watch(scene.deps, scene.run);
    expect(working()).toEqual(['job-1']);
    expect(await record()).not.toHaveProperty('doubtfulSince');
  });

  test('stays while the listing may owe something', async () => {
    await adopted();
    scene.clock.pass(59);
    await watch(scene.deps, scene.run);
    expect(await record()).toHaveProperty('doubtfulSince');
  });

  test('stays while nothing can be listed, and is told', async () => {
    await adopted();
    scene.clock.pass(61);
    noListing();
    const { later } = await watch(scene.deps, scene.run);
    expect(later).toEqual([expect.stringContaining('namesakes')]);
    expect(await record()).toHaveProperty('doubtfulSince');
  });

  test('keeps the array from ending until the others were told to stop', async () => {
    await adopted();
    const { engine } = scene;
    const find = engine.find.bind(engine);
    noListing();
    engine.end('job-1', { succeeded: 10 });
    for (let step = 0; step < 4; step++) {
      scene.clock.pass(700);
      await watch(scene.deps, scene.run, { publish: false });
    }
    expect(await record()).toMatchObject({ state: 'submitted', counts: { succeeded: 10 } });
    engine.find = find;
    await watch(scene.deps, scene.run, { publish: false });
    expect(working()).toEqual([]);
    expect(await record()).toMatchObject({ state: 'ended', submission: { handle: { jobId: 'job-1' } } });
  });

  test('is none where the first answer came', async () => {
    await start(10);
    await submit();
    expect(await record()).not.toHaveProperty('doubtfulSince');
  });
});
