import type { SubmitOutcome } from '../../src/engine/engine.ts';
import { RemoteError } from '../../src/errors.ts';
import type { RunDeps } from '../../src/run/deps.ts';

/**
 * `killed`: the call is made, then the process is dead. `answer lost`: the call is made, the caller sees an error.
 * `refused`: the caller sees an error and nothing was done.
 */
export type Fault = 'killed' | 'answer lost' | 'refused';

/** The process is no more: nothing of it acts any longer, its clean-up included. */
export class Killed extends Error {}

const changing = ['put', 'putFile', 'delete', 'submit', 'cancel'];
const changesForge = ['upsertComment', 'openReview', 'updateReview', 'setStage', 'commitFiles', 'setStatus'];
const isChanging = (name: string) => changing.includes(name) || changesForge.includes(name);

/**
 * Lets the n-th call that changes store, engine or forge go wrong. Reads are not counted: a process that dies at one
 * leaves what one leaves that dies after the change before it.
 */
export class Faults {
  calls = 0;
  /** The call that went wrong. */
  hit: string | undefined;
  readonly #fault: Fault;
  readonly #at: number;
  #dead = false;

  /** @param at from 1 */
  constructor(fault: Fault, at: number) {
    this.#fault = fault;
    this.#at = at;
  }

  wrap(deps: RunDeps): RunDeps {
    this.#dead = false;
    return {
      ...deps,
      store: this.#around(deps.store, 'store'),
      engine: this.#around(deps.engine, 'engine'),
      forge: this.#around(deps.forge, 'forge'),
    };
  }

  #around<T extends object>(target: T, what: string): T {
    return new Proxy(target, {
      get: (of, name) => {
        const value: unknown = Reflect.get(of, name, of);
        if (typeof value !== 'function' || typeof name !== 'string') return value;
        const method = (...given: unknown[]): unknown => Reflect.apply(value, of, given);
        if (name === 'url' || name === 'fileUrl') return method;
        if (name === 'list') return (...given: unknown[]) => this.#list(method, given, `${what}.list`);
        return (...given: unknown[]) => this.#call(method, given, `${what}.${name}`);
      },
    });
  }

  async *#list(method: (...given: unknown[]) => unknown, given: readonly unknown[], name: string) {
    const entries = (await this.#call(method, given, name)) as AsyncIterable<unknown>; // what `list` gives
    for await (const entry of entries) {
      if (this.#dead) throw new Killed();
      yield entry;
    }
  }

  async #call(method: (...given: unknown[]) => unknown, given: readonly unknown[], name: string) {
    if (this.#dead) throw new Killed();
    const counts = isChanging(name.split('.')[1] ?? '');
    if (counts) this.calls += 1;
    if (!counts || this.calls !== this.#at || this.hit !== undefined) return method(...given);
    this.hit = `${name}(${String(given[0])})`;
    if (this.#fault !== 'refused') await method(...given);
    if (this.#fault === 'killed') {
      this.#dead = true;
      throw new Killed();
    }
    if (name === 'engine.submit')
      return { outcome: 'ambiguous', reason: 'timed out' } satisfies SubmitOutcome;
    throw new RemoteError({ service: 'test', operation: name }, `${this.#fault}: ${this.hit}`);
  }
}
