import type { Interruption } from './exit-code.ts';

/** Seconds from the interruption to giving up on the program and its checkpoint; the fragment follows. */
const patience: Record<Interruption, number> = { terminated: 20, deadline: 20, lifeline: 5, cancelled: 20 };

/** The one place where "stop" is said; the first reason stays, except that a lost engine overrules all. */
export class Interrupt {
  readonly #controller = new AbortController();
  readonly #atOnce = new AbortController();
  readonly #overdue = Promise.withResolvers<void>();
  #reason: Interruption | undefined;

  raise(reason: Interruption): void {
    if (this.#reason !== undefined && reason !== 'lifeline') return;
    this.#reason = reason;
    if (reason === 'lifeline') this.#atOnce.abort(reason);
    this.#controller.abort(reason);
    setTimeout(() => this.#overdue.resolve(), patience[reason] * 1000).unref();
  }

  get reason(): Interruption | undefined {
    return this.#reason;
  }

  /** Aborted as soon as there is a reason: time to end what runs. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Aborted when there is no time for grace, because nobody is left to wait for us. */
  get atOnce(): AbortSignal {
    return this.#atOnce.signal;
  }

  /** Resolves when what is being done has had its time after an interruption. */
  get overdue(): Promise<void> {
    return this.#overdue.promise;
  }
}
