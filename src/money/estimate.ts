import { assumptionsOf } from './assumptions.ts';
import { type Bound, coldStart, expectedUsd, runSeconds, runUsd, table } from './expected.ts';
import { type Job, type Market, type Offers, offersFor, type Rate, rateOf } from './rate.ts';

export interface EstimateLine {
  readonly instanceType: string;
  readonly architecture: 'arm64' | 'amd64';
  readonly capacity: 'spot' | 'on-demand';
  /** Slices at once. */
  readonly width: number;
  /** Slices that fit one instance. */
  readonly perInstance: number;
  /** With the longer cold start. */
  readonly hours: number;
  readonly usd: { readonly low: number; readonly high: number };
}

export interface Estimate {
  /** What the chosen resources are expected to cost; null when no duration is known. */
  readonly usd: { readonly low: number; readonly high: number } | null;
  readonly hours: { readonly low: number; readonly high: number } | null;
  /** Even if nobody watches: combinations x timeout x attempts x price. */
  readonly ceilingUsd: number;
  /** What may be spent past the budget before a watch stops it. */
  readonly overshootUsd: number;
  /** Three families x three widths, for the class that costs most; empty when no duration is known. */
  readonly lines: readonly EstimateLine[];
  readonly storageUsdPerMonth: number | null;
  readonly prices: { readonly date: string; readonly source: string };
  /** What was assumed, one sentence each. */
  readonly assumptions: readonly string[];
}

/** What one resource class has to do. */
export interface Work {
  readonly job: Job;
  readonly queue: string;
  readonly market: Market;
  readonly combinations: number;
  /** Combinations of one slice. */
  readonly sliceSize: number;
  /** Of one combination. */
  readonly timeoutSeconds: number;
  /** Seconds of one combination; absent when nobody knows. */
  readonly expected?: { readonly low: number; readonly high: number };
  /** Slices that can run at once; absent: all. */
  readonly atOnce?: number;
}

export interface Terms {
  readonly attempts: number;
  /** Between two watch steps. */
  readonly watchSeconds: number;
  /** What the outputs kept will need; absent when nobody knows. */
  readonly outputBytes?: number;
  readonly prices: { readonly date: string; readonly source: string; readonly usdPerGbMonth: number };
}

/** Work with its price; `expected` known or not. */
export interface PricedWork extends Work {
  readonly slices: number;
  /** Slices at once. */
  readonly width: number;
  readonly rate: Rate;
  readonly offers: readonly Offers[];
}

/** Seconds a slice may take beyond its combinations (grid language, `timeout`). */
export const sliceMarginSeconds = 600;

/** Design, section 9. Throws `NoPriceError` when a class fits no instance with a price. */
export function estimate(works: readonly Work[], terms: Terms): Estimate {
  const priced = pricedOf(works);
  const known = priced.every((work) => work.expected !== undefined);
  const usds = priced.map(expectedUsd);
  const lines = known ? tableOf(priced) : [];
  return {
    usd: known ? { low: sum(usds, ({ low }) => low), high: sum(usds, ({ high }) => high) } : null,
    hours: known ? { low: hours(priced, 'low'), high: hours(priced, 'high') } : null,
    ceilingUsd: sum(priced, (work) => ceilingHours(work, terms.attempts) * work.rate.mostUsdPerSliceHour),
    overshootUsd: sum(priced, (work) =>
      overshootUsd(work.width * work.rate.boundUsdPerSliceHour, terms.watchSeconds),
    ),
    lines,
    storageUsdPerMonth:
      terms.outputBytes === undefined ? null : (terms.outputBytes / 1e9) * terms.prices.usdPerGbMonth,
    prices: { date: terms.prices.date, source: terms.prices.source },
    assumptions: assumptionsOf(priced, terms),
  };
}

/**
 * USD: what need not be spent, at least, on work that is done already; `null` when no duration is known. Of cold
 * starts nobody knows: they are as many with a part of the work as with all of it, where that is wide enough.
 */
export function savedUsd(works: readonly Work[]): number | null {
  const priced = pricedOf(works);
  return priced.every((work) => work.expected !== undefined)
    ? sum(priced, (work) => runUsd(work, 'low'))
    : null;
}

/** Nothing that the queue may start fits, or its price is not in the table. */
export class NoPriceError extends Error {
  override readonly name = 'NoPriceError';
  readonly work: Work;

  constructor(work: Work) {
    super(`no instance type of queue ${work.queue} fits and has a price`);
    this.work = work;
  }
}

/**
 * Spent between the moment the budget is reached and the last program's end: two watches and the way down. It holds
 * for everything that runs at the last look that lets it go on, and as well when all of `burn` starts right after that
 * look: one watch until it is seen and stopped, one more should that watch be late, and 15 minutes for summaries that
 * lag and programs that take their time to end.
 */
export function overshootUsd(burnUsdPerHour: number, watchSeconds: number): number {
  return (burnUsdPerHour * (2 * watchSeconds + 15 * 60)) / 3600;
}

function pricedOf(works: readonly Work[]): readonly PricedWork[] {
  return works.filter((work) => work.combinations > 0).map(price);
}

function price(work: Work): PricedWork {
  const slices = Math.ceil(work.combinations / work.sliceSize);
  const machine =
    work.market.kind === 'local' ? offersFor(work.job, work.market)[0]?.[0].perInstance : undefined;
  const width = Math.max(1, Math.min(slices, work.atOnce ?? slices, machine ?? slices));
  const rate = rateOf(work.job, work.market, width);
  if (rate === undefined) throw new NoPriceError(work);
  return { ...work, slices, width, rate, offers: offersFor(work.job, work.market, width) };
}

/** Queues work side by side; the classes of one queue at best as well, at worst one after the other. */
function hours(works: readonly PricedWork[], bound: Bound): number {
  const queues = [...Map.groupBy(works, (work) => work.queue).values()];
  const perQueue = queues.map((shared) => {
    const each = shared.map((work) => runSeconds(work, work.width, bound) + coldStart(work, bound));
    const together = bound === 'low' && shared[0]?.market.kind !== 'local';
    return together ? Math.max(...each) : each.reduce((sofar, seconds) => sofar + seconds, 0);
  });
  return Math.max(0, ...perQueue) / 3600;
}

export function ceilingHours(
  work: Pick<PricedWork, 'combinations' | 'timeoutSeconds' | 'slices'>,
  attempts: number,
): number {
  return (attempts * (work.combinations * work.timeoutSeconds + work.slices * sliceMarginSeconds)) / 3600;
}

/** Of the class that costs most. */
function tableOf(works: readonly PricedWork[]): readonly EstimateLine[] {
  const [dominant] = works.toSorted((one, other) => expectedUsd(other).high - expectedUsd(one).high);
  return dominant === undefined ? [] : table(dominant);
}

function sum<Item>(items: readonly Item[], amount: (item: Item) => number): number {
  return items.reduce((sofar, item) => sofar + amount(item), 0);
}
