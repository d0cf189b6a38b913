import { finalChecks } from './final-checks.ts';
import type { GridFolder } from './grid-folder.ts';
import type { Violation } from './invariants.ts';
import { People } from './people.ts';
import { play } from './virtual-globals.ts';
import { World } from './world.ts';

/** What became of one seed. */
export interface SeedReport {
  readonly seed: number;
  readonly violations: readonly Violation[];
  /** How often each thing happened. */
  readonly happened: Readonly<Record<string, number>>;
  /** Empty unless traced. */
  readonly lines: readonly string[];
  /** Seconds of virtual time. */
  readonly seconds: number;
}

const hour = 3_600_000;
/** Milliseconds in which a run comes to its end once nothing goes wrong any more: every attempt of four rounds at its timeout. */
const boundMs = 60 * hour;

/** Plays one seed to its end. The same seed plays the same, call by call. */
export async function simulate(
  seed: number,
  grids: GridFolder,
  options: { readonly trace?: boolean } = {},
): Promise<SeedReport> {
  using world = new World(seed, options.trace === true);
  using _ = play(world.scheduler, world.random.fork());
  world.trace(() => JSON.stringify(world.scenario, null, 1));
  const people = new People(world, grids);
  people.begin();
  const isOver = () => isAtItsEnd(world, people);
  const latest = world.calmFrom + boundMs + (world.trouble.abandonedMs ?? 0);
  const ended = await world.scheduler
    .run(() => isOver() || world.violations.length > 0, latest)
    .catch((error: Error) => world.violation('the simulation goes on', error.message));
  if (!ended) {
    const phase = JSON.stringify(world.invariants.stateRecord?.phase);
    const arrays = JSON.stringify(
      [...world.invariants.arrays].map(([place, { state }]) => `${place} ${state}`),
    );
    world.violation('every run comes to its end', `${phase}; arrays: ${arrays}; people idle: ${people.idle}`);
  }
  if (world.violations.length === 0) await finalChecks(world, people);
  return {
    seed,
    violations: world.violations,
    happened: Object.fromEntries(world.ledger.happened),
    lines: world.lines,
    seconds: world.since / 1000,
  };
}

/** Nobody has anything left to do, and nothing goes wrong any more. */
function isAtItsEnd(world: World, people: People): boolean {
  const { invariants, since, trouble, nobody, scheduler } = world;
  // Whoever comes back late must still tell the job it made to stop.
  if (!people.idle || scheduler.busy.some((name) => !name.startsWith('container '))) return false;
  // A job that was told to stop takes a moment (AB 2.10).
  if (world.batch.openJobs().some((job) => world.batch.told.has(job))) return false;
  if (people.refused !== undefined && invariants.runRecord === undefined) return true;
  if (since < trouble.untilMs && nobody !== undefined && trouble.abandonedMs === undefined) return false;
  return invariants.stateRecord?.phase.phase === 'published' && !invariants.hasMarker;
}
