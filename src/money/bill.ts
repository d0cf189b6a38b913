import { z } from 'zod';

/**
 * What a run really cost, attempt by attempt: an attempt holds its share of an instance from its start to its end,
 * whether its combinations come to something or not (AB 10.3).
 */

/** One execution of a slice. */
export interface BilledAttempt {
  /** From start to end. */
  readonly seconds: number;
  /** Of these, everything the worker did for its combinations. */
  readonly workSeconds: number;
  /** Of these, the programs alone. */
  readonly programSeconds: number;
  /** Work on combinations that did not settle them: another attempt had to. */
  readonly repeatedSeconds: number;
  /** Of its share of the instance; null without a price. */
  readonly usdPerHour: number | null;
  /** It went through its slice and no other attempt followed. */
  readonly well: boolean;
  /** Nobody saw its end: `seconds` is the timeout. */
  readonly assumed: boolean;
}

export const billSchema = z.object({
  /** USD; combinations + overhead + lost. */
  totalUsd: z.number(),
  /** What the combinations' own seconds cost, in all attempts. */
  combinationsUsd: z.number(),
  /** The rest of attempts that ended well: start, reading records, waiting. */
  overheadUsd: z.number(),
  /** The rest of attempts that did not: lost hosts, kills, retries. */
  lostUsd: z.number(),
  /** For the waste report: all that attempts spent which had to be repeated. */
  retriesUsd: z.number(),
  /** For the waste report: time of attempts that ended well in which no program ran. */
  idleUsd: z.number(),
  attempts: z.number(),
  lost: z.number(),
  /** Attempts whose end nobody saw. */
  assumed: z.number(),
  /** Attempts without a price; they cost nothing above. */
  unpriced: z.number(),
});

export type Bill = z.infer<typeof billSchema>;

/** Whole nano-dollars: adding fractions would depend on the order of arrival. */
const perUsd = 1e9;

/** Adds attempts up, in any order; holds nothing but sums. */
export class Biller {
  readonly #usd = { combinations: 0, overhead: 0, lost: 0, retries: 0, idle: 0 };
  readonly #counts = { attempts: 0, lost: 0, assumed: 0, unpriced: 0 };

  add(attempt: BilledAttempt): void {
    const { well, workSeconds, programSeconds, repeatedSeconds, usdPerHour } = attempt;
    this.#counts.attempts += 1;
    if (!well) this.#counts.lost += 1;
    if (attempt.assumed) this.#counts.assumed += 1;
    if (usdPerHour === null) {
      this.#counts.unpriced += 1;
      return;
    }
    const nano = (seconds: number) => Math.round((seconds * usdPerHour * perUsd) / 3600);
    // Two clocks: what was worked is never more than what was billed.
    const wall = Math.max(attempt.seconds, workSeconds);
    this.#usd.combinations += nano(workSeconds);
    this.#usd[well ? 'overhead' : 'lost'] += nano(wall - workSeconds);
    this.#usd.retries += nano(repeatedSeconds) + (well ? 0 : nano(wall - workSeconds));
    if (well) this.#usd.idle += nano(Math.max(0, wall - programSeconds));
  }

  bill(): Bill {
    const { combinations, overhead, lost, retries, idle } = this.#usd;
    return {
      totalUsd: (combinations + overhead + lost) / perUsd,
      combinationsUsd: combinations / perUsd,
      overheadUsd: overhead / perUsd,
      lostUsd: lost / perUsd,
      retriesUsd: retries / perUsd,
      idleUsd: idle / perUsd,
      ...this.#counts,
    };
  }
}
