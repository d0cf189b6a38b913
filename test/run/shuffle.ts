import type { Clock, RunDeps } from '../../src/run/deps.ts';

interface Waiting {
  readonly actor: string;
  /** Milliseconds of virtual time; absent: ready now. */
  readonly wake?: number;
  go(): void;
}

/**
 * Lets actors take turns in an order that only the seed decides: before each of its calls an actor waits for its
 * turn. Time stands still while anybody can act and jumps to the next one who sleeps.
 */
export class Shuffle {
  readonly #random: () => number;
  readonly #waiting: Waiting[] = [];
  readonly #live = new Set<string>();
  #now = Date.parse('2026-01-01T00:00:00Z');

  constructor(seed: number) {
    this.#random = mulberry32(seed);
  }

  below(count: number): number {
    return Math.floor(this.#random() * count);
  }

  clock(actor: string): Clock {
    return {
      now: () => new Date(this.#now),
      sleep: (seconds) => this.#wait({ actor, wake: this.#now + seconds * 1000 }),
    };
  }

  turn(actor: string): Promise<void> {
    return this.#wait({ actor });
  }

  #wait(at: Omit<Waiting, 'go'>): Promise<void> {
    return new Promise((go) => this.#waiting.push({ ...at, go }));
  }

  /** Every call of these dependencies waits for the actor's turn. */
  wrap(deps: RunDeps, actor: string): RunDeps {
    return {
      ...deps,
      owner: actor,
      isGone: () => false,
      clock: this.clock(actor),
      store: this.#around(deps.store, actor),
      engine: this.#around(deps.engine, actor),
      forge: this.#around(deps.forge, actor),
    };
  }

  #around<T extends object>(target: T, actor: string): T {
    const turn = () => this.turn(actor);
    return new Proxy(target, {
      get: (of, name) => {
        const value: unknown = Reflect.get(of, name, of);
        if (typeof value !== 'function' || name === 'url' || name === 'fileUrl') {
          return typeof value === 'function' ? value.bind(of) : value;
        }
        const method = (...given: unknown[]): unknown => Reflect.apply(value, of, given);
        if (name !== 'list') {
          return async (...given: unknown[]) => {
            await turn();
            return method(...given);
          };
        }
        return async function* (...given: unknown[]) {
          await turn();
          yield* method(...given) as AsyncIterable<unknown>; // what `list` gives
        };
      },
    });
  }

  async run(actors: Readonly<Record<string, () => Promise<void>>>): Promise<void> {
    const failures: unknown[] = [];
    for (const [actor, act] of Object.entries(actors)) {
      this.#live.add(actor);
      void act()
        .catch((error: unknown) => failures.push(error))
        .finally(() => this.#live.delete(actor));
    }
    while (this.#live.size > 0 && failures.length === 0) {
      await new Promise((resolve) => setImmediate(resolve));
      const at = new Set(this.#waiting.map(({ actor }) => actor));
      if ([...this.#live].every((actor) => at.has(actor))) this.#next();
    }
    if (failures.length > 0) throw failures[0];
  }

  #next(): void {
    const wakeOf = ({ wake = 0 }: Waiting) => wake;
    let ready = this.#waiting.filter((one) => wakeOf(one) <= this.#now);
    if (ready.length === 0) {
      this.#now = Math.min(...this.#waiting.map(wakeOf));
      ready = this.#waiting.filter((one) => wakeOf(one) <= this.#now);
    }
    const chosen = ready[this.below(ready.length)];
    if (chosen === undefined) return;
    this.#waiting.splice(this.#waiting.indexOf(chosen), 1);
    chosen.go();
  }
}

/** A small generator of numbers in [0, 1) with a seed (Tommy Ettinger, public domain). */
function mulberry32(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}
