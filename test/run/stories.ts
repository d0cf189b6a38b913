import { cancel } from '../../src/run/cancel.ts';
import type { RunDeps } from '../../src/run/deps.ts';
import { rerun } from '../../src/run/rerun.ts';
import { readState } from '../../src/run/runs.ts';
import { activeRuns, watch } from '../../src/run/watch.ts';
import type { World, WorldOptions } from './world.ts';

/** Makes somebody do something, again and again until it is done. */
export type Attempt = (verb: (deps: RunDeps) => Promise<unknown>) => Promise<void>;

export interface Story {
  readonly options: WorldOptions;
  tell(world: World, attempt: Attempt): Promise<void>;
}

/** Workers and watcher by turns until the run is published and off the work list. */
async function untilPublished(world: World, attempt: Attempt): Promise<void> {
  for (let look = 0; look < 12; look++) {
    await attempt((deps) => watch(deps, world.run));
    await world.advance();
    // Between two looks; with a doubt about namesakes nothing ends before the listing owes nothing (AB 2.11).
    world.clock.pass(60);
    const state = await readState(world.deps, world.run);
    if (state?.phase.phase === 'published' && !(await isActive(world))) return;
  }
  throw new Error('the run does not come to its end');
}

async function isActive(world: World): Promise<boolean> {
  for await (const _ of activeRuns(world)) return true;
  return false;
}

const again = (world: World, select: string) => (deps: RunDeps) =>
  rerun(deps, { run: world.run, select, overrides: {}, reason: 'again', dryRun: false });

export const stories = {
  'with failures that are run again': {
    options: {
      combinations: 6,
      fails: (round) => (round === 0 ? [1, 4] : []),
      lost: (round) => (round === 0 ? [5] : []),
    },
    async tell(world, attempt) {
      await attempt((deps) => watch(deps, world.run));
      await world.advance(3);
      await untilPublished(world, attempt);
      await attempt(again(world, 'failed'));
      await untilPublished(world, attempt);
    },
  },
  'merged, then run again': {
    options: { combinations: 3, fails: (round) => (round === 0 ? [1] : []) },
    async tell(world, attempt) {
      await untilPublished(world, attempt);
      world.forge.merge(1);
      await attempt(again(world, 'failed'));
      await untilPublished(world, attempt);
    },
  },
  'with a good pilot': {
    options: { combinations: 5, pilot: 2, fails: (round) => (round === 1 ? [2] : []) },
    tell: (world, attempt) => untilPublished(world, attempt),
  },
  'with a bad pilot': {
    options: { combinations: 5, pilot: 2, fails: () => [4] },
    tell: (world, attempt) => untilPublished(world, attempt),
  },
  'cancelled half-way': {
    options: { combinations: 4 },
    async tell(world, attempt) {
      await attempt((deps) => watch(deps, world.run));
      await world.advance(2);
      await attempt((deps) => cancel(deps, world.run, 'wrong grid'));
      await untilPublished(world, attempt);
    },
  },
  'cancelled after a good pilot': {
    options: { combinations: 5, pilot: 2 },
    async tell(world, attempt) {
      await attempt((deps) => watch(deps, world.run));
      await world.advance();
      await attempt((deps) => cancel(deps, world.run, 'wrong grid'));
      await untilPublished(world, attempt);
    },
  },
  'cancelled before anything was submitted': {
    options: { combinations: 4 },
    async tell(world, attempt) {
      await attempt((deps) => cancel(deps, world.run, 'wrong grid'));
      await untilPublished(world, attempt);
    },
  },
} satisfies Record<string, Story>;
