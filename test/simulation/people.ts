import { loadGrid } from '../../src/grid/load.ts';
import { cancel } from '../../src/run/cancel.ts';
import type { RunDeps } from '../../src/run/deps.ts';
import { launch } from '../../src/run/launch.ts';
import { prepare } from '../../src/run/prepare.ts';
import { rerun } from '../../src/run/rerun.ts';
import { activeRuns, watch } from '../../src/run/watch.ts';
import type { GridFolder } from './grid-folder.ts';
import type { Deed } from './scenario.ts';
import type { World } from './world.ts';

const minute = 60_000;

/** Everybody who acts in a seed: launchers, two watchers, and people with their deeds. */
export class People {
  readonly #world: World;
  readonly #grids: GridFolder;
  #open = 0;
  runId: string | undefined;
  refused: string | undefined;

  constructor(world: World, grids: GridFolder) {
    this.#world = world;
    this.#grids = grids;
  }

  /** Nobody is about to do anything, but watchers. */
  get idle(): boolean {
    return this.#open === 0;
  }

  begin(): void {
    const { launches, deeds } = this.#world.scenario;
    const { random, scheduler } = this.#world;
    for (let number = 0; number < launches; number++) {
      const wait = number === 0 ? 0 : random.pick([0, random.below(300_000)]);
      this.#doUntilDone('launch', wait, (deps) => this.#launch(deps));
    }
    for (const deed of deeds) this.#plan(deed);
    const { watchers, watchSeconds } = this.#world.scenario;
    for (const name of ['ana', 'bob', 'cleo'].slice(0, watchers)) {
      scheduler.at(scheduler.now() + random.below(watchSeconds * 1000), () => this.#watch(name));
    }
  }

  async #launch(deps: RunDeps): Promise<void> {
    const { root, path } = this.#grids.write(this.#world.scenario.grid);
    const loaded = loadGrid(path, { root });
    const identify = (name: string) => ({
      ...{ kind: 'digest' as const, name, reference: name },
      identity: name.slice(-64),
    });
    const prepared = await prepare(deps, { loaded, identify });
    this.runId = prepared.run;
    const launched = await launch(deps, { loaded, prepared, root, commit: null, alongside: false });
    if (launched.outcome === 'refused') this.refused = launched.why;
    this.#world.ledger.count(`launch: ${launched.outcome}`);
  }

  /** As the watch workflow does, or as `muster watch` that stays: again and again, whatever happens. */
  #watch(name: string): void {
    const { scheduler, random, scenario } = this.#world;
    const looks = random.pick([1, 1, 3]);
    const later = (ms: number) => scheduler.at(scheduler.now() + ms, () => this.#watch(name));
    if (this.#world.isNobody()) {
      later(30 * minute);
      return;
    }
    this.#world.process(
      `watcher ${name}`,
      async (deps) => {
        for (let look = 0; look < looks; look++) {
          if (look > 0) await deps.clock.sleep(scenario.watchSeconds);
          if (this.#world.isNobody()) return;
          for await (const run of activeRuns(deps)) await watch(deps, run);
        }
      },
      (end) =>
        later(end === 'done' ? scenario.watchSeconds * 1000 * (0.5 + random.next()) : random.below(120_000)),
    );
  }

  #plan(deed: Deed): void {
    switch (deed.deed) {
      case 'cancel':
        if (typeof deed.at === 'number') this.#doUntilDone('cancel', deed.at, (deps) => this.#cancel(deps));
        else this.#world.onSubmitting = () => this.#doUntilDone('cancel', 0, (deps) => this.#cancel(deps));
        break;
      case 'rerun': {
        const { select, when } = deed;
        const rerunIt = (wait: number) =>
          this.#doUntilDone('rerun', wait, (deps) => this.#rerun(deps, select));
        if (typeof when === 'number') rerunIt(when);
        else this.#oncePublished(() => rerunIt(0));
        break;
      }
      case 'merge':
        this.#oncePublished(() => this.#merge());
    }
  }

  #merge(): void {
    const review = this.#world.forge.reviews.findLast(({ state }) => state === 'open');
    if (review?.stage !== 'ready') return;
    this.#world.ledger.count('review merged');
    this.#world.forge.merge(review.number);
  }

  async #cancel(deps: RunDeps): Promise<void> {
    const run = this.runId;
    if (run === undefined || this.#world.invariants.runRecord === undefined) return;
    const { outcome } = await cancel(deps, run, 'wrong grid');
    this.#world.ledger.count(`cancel: ${outcome}`);
  }

  async #rerun(deps: RunDeps, select: string): Promise<void> {
    const run = this.runId;
    if (run === undefined || this.#world.invariants.runRecord === undefined) return;
    const { outcome } = await rerun(deps, { run, select, overrides: {}, reason: 'again', dryRun: false });
    this.#world.ledger.count(`rerun ${select}: ${outcome}`);
  }

  #oncePublished(act: () => void): void {
    const { scheduler, invariants } = this.#world;
    this.#open += 1;
    const look = () => {
      if (invariants.stateRecord?.phase.phase !== 'published') {
        if (this.refused === undefined) scheduler.at(scheduler.now() + 5 * minute, look);
        else this.#open -= 1;
        return;
      }
      this.#open -= 1;
      act();
    };
    scheduler.at(scheduler.now() + 5 * minute, look);
  }

  /** A person who sees an error tries again after a while. */
  #doUntilDone(kind: string, wait: number, verb: (deps: RunDeps) => Promise<void>): void {
    const { scheduler, random } = this.#world;
    this.#open += 1;
    const attempt = (): void => {
      if (this.#world.isNobody() && this.#world.trouble.abandonedMs !== undefined) {
        scheduler.at(scheduler.now() + 30 * minute, attempt);
        return;
      }
      this.#world.process(kind, verb, (end) => {
        if (end === 'done') this.#open -= 1;
        else scheduler.at(scheduler.now() + random.between(1, 300) * 1000, attempt);
      });
    };
    scheduler.at(scheduler.now() + wait, attempt);
  }
}
