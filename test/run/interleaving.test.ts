import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import type { RunDeps } from '../../src/run/deps.ts';
import { rerun } from '../../src/run/rerun.ts';
import { readPublished, readState } from '../../src/run/runs.ts';
import { watch } from '../../src/run/watch.ts';
import { Shuffle } from './shuffle.ts';
import { openWorld, outcomeOf, type World, type WorldOptions } from './world.ts';

// Drawing takes longer than everything else here together, and has tests of its own.
vi.mock('../../src/report/figures/figures.ts', () => ({ renderFigures: async () => [] }));

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'muster-shuffle-'));
});
afterAll(() => rm(folder, { recursive: true }));
// Fifty runs each: seconds alone, much longer on a busy machine.
vi.setConfig({ testTimeout: 120_000 });

/** What a person does meanwhile. */
type Person = (deps: RunDeps, world: World) => Promise<void>;

/** Two watchers, the workers and a person take turns in the order of a seed. More goes wrong in `test/simulation`. */
async function play(seed: number, options: WorldOptions, person: Person) {
  const world = await openWorld(folder, options);
  const shuffle = new Shuffle(seed);
  world.engine.clock = shuffle.clock('engine');
  let waited = false;
  const over = async () => {
    const state = await readState(world.deps, world.run);
    return waited && state?.phase.phase === 'published';
  };
  const watcher = (name: string) => async () => {
    const deps = shuffle.wrap(world.deps, name);
    for (let look = 0; look < 60; look++) {
      await watch(deps, world.run);
      await deps.clock.sleep(shuffle.below(300));
      if (await over()) return;
    }
    throw new Error('the run does not come to its end');
  };
  await shuffle.run({
    ana: watcher('ana'),
    bob: watcher('bob'),
    workers: async () => {
      while (!(await over())) {
        await shuffle.clock('workers').sleep(shuffle.below(60));
        await world.advance(shuffle.below(2) === 0 ? shuffle.below(4) : undefined);
      }
    },
    person: async () => {
      await person(shuffle.wrap(world.deps, 'person'), world);
      waited = true;
    },
  });
  // Whoever comes next finds nothing undone, or does it; a marker of a round that never came stays for an hour.
  world.clock.pass(30 * 86_400);
  await watch(world.process(), world.run);
  return world;
}

const kept = {
  ...{ phase: { phase: 'published' }, marker: false, active: [], working: [], twice: [], again: [] },
  review: { state: 'open', stage: 'ready' },
};

const seeds = (count: number) => Array.from({ length: count }, (_, seed) => seed + 1);

const rerunFailed: Person = async (deps, world) => {
  while ((await readState(world.deps, world.run))?.phase.phase !== 'published') await deps.clock.sleep(60);
  const ask = { run: world.run, select: 'failed', overrides: {}, reason: 'again', dryRun: false };
  expect(await rerun(deps, ask)).toMatchObject({ outcome: 'opened' });
};

describe('two watchers at once', () => {
  const failing: WorldOptions = { combinations: 5, fails: (round) => (round === 0 ? [1, 4] : []) };

  test('come to the same merged set in every order, with a rerun between', async () => {
    let first: string | undefined;
    for (const seed of seeds(50)) {
      const world = await play(seed, failing, rerunFailed);
      const published = await readPublished(world.deps, world.run);
      first ??= published?.sha256;
      expect(await outcomeOf(world), `seed ${seed}`).toMatchObject({ ...kept, published: first });
      expect(published, `seed ${seed}`).toMatchObject({ combinations: 5, succeeded: 5 });
    }
  });
});
