import type { StateRecord } from '../run/records.ts';

/** Looks in a row at which slices wait, none runs and none ends; at the usual pace about a minute. */
const patience = 4;

/** Notices runs that stand still, once each, before the engine can tell why (it is asked after three minutes). */
export class Stillness {
  readonly #seen = new Map<string, { readonly ended: number; looks: number }>();

  /** Whether to speak of this run now. */
  noticed(run: string, counts: StateRecord['counts']): boolean {
    const waiting = counts.submitted + counts.pending + counts.runnable;
    const ended = counts.succeeded + counts.failed;
    if (waiting === 0 || counts.running + counts.starting > 0) {
      this.#seen.delete(run);
      return false;
    }
    const before = this.#seen.get(run);
    const now = before?.ended === ended ? before : { ended, looks: 0 };
    now.looks += 1;
    this.#seen.set(run, now);
    return now.looks === patience;
  }
}
