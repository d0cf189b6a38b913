import { assumptionsOf } from './assumptions.ts';
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
/** Start-up and the tail of half-empty instances, on top of the work (AB 10.3). */
export const overhead = { low: 0.05, high: 0.2 } as const;
/** From submission to the first program: an instance boots, pulls the image. */
const coldStartSeconds = { low: 300, high: 600 } as const;

type Bound = 'low' | 'high';

/** Design, section 9. Throws `NoPriceError` when a class fits no instance with a price. */
export function estimate(works: readonly Work[], terms: Terms): Estimate {
  const priced = works.filter((work) => work.combinations > 0).map(price);
  const known = priced.every((work) => work.expected !== undefined);
  return {
    usd: known ? { low: total(priced, 'low'), high: total(priced, 'high') } : null,
    hours: known ? { low: hours(priced, 'low'), high: hours(priced, 'high') } : null,
    ceilingUsd: sum(priced, (work) => ceilingHours(work, terms.attempts) * work.rate.mostUsdPerSliceHour),
    overshootUsd: sum(priced, (work) =>
      overshootUsd(work.width * work.rate.boundUsdPerSliceHour, terms.watchSeconds),
    ),
    lines: known ? dominant(priced).flatMap(table) : [],
    storageUsdPerMonth:
      terms.outputBytes === undefined ? null : (terms.outputBytes / 1e9) * terms.prices.usdPerGbMonth,
    prices: { date: terms.prices.date, source: terms.prices.source },
    assumptions: assumptionsOf(priced, terms),
  };
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

function price(work: Work): PricedWork {
  const slices = Math.ceil(work.combinations / work.sliceSize);
  const machine =
    work.market.kind === 'local' ? offersFor(work.job, work.market)[0]?.[0].perInstance : undefined;
  const width = Math.max(1, Math.min(slices, work.atOnce ?? slices, machine ?? slices));
  const rate = rateOf(work.job, work.market, width);
  if (rate === undefined) throw new NoPriceError(work);
  return { ...work, slices, width, rate, offers: offersFor(work.job, work.market, width) };
}

function total(works: readonly PricedWork[], bound: Bound): number {
  return sum(works, (work) => workUsd(work, bound));
}

/** A machine that is there anyway neither boots nor idles at our cost. */
function workUsd(work: PricedWork, bound: Bound): number {
  const onTop = work.market.kind === 'local' ? 0 : overhead[bound];
  const sliceHours = (work.combinations * (work.expected?.[bound] ?? 0)) / 3600;
  return sliceHours * work.rate.usdPerSliceHour[bound] * (1 + onTop);
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

/** In waves of `width` slices. */
function runSeconds(work: PricedWork, width: number, bound: Bound): number {
  const sliceSeconds = Math.min(work.sliceSize, work.combinations) * (work.expected?.[bound] ?? 0);
  return Math.ceil(work.slices / width) * sliceSeconds;
}

function coldStart(work: PricedWork, bound: Bound): number {
  return work.market.kind === 'local' ? 0 : coldStartSeconds[bound];
}

export function ceilingHours(
  work: Pick<PricedWork, 'combinations' | 'timeoutSeconds' | 'slices'>,
  attempts: number,
): number {
  return (attempts * (work.combinations * work.timeoutSeconds + work.slices * sliceMarginSeconds)) / 3600;
}

function dominant(works: readonly PricedWork[]): readonly PricedWork[] {
  return works.toSorted((one, other) => workUsd(other, 'high') - workUsd(one, 'high')).slice(0, 1);
}

function table(work: PricedWork): readonly EstimateLine[] {
  const widths = new Set([16, 4, 1].map((share) => Math.ceil(work.width / share)));
  return work.offers.flatMap((offers) => [...widths].map((width) => cheapestSize(work, offers, width)));
}

/** A narrow run does not rent a wide machine: each width has the size of the family that it costs least on. */
function cheapestSize(work: PricedWork, offers: Offers, width: number): EstimateLine {
  const [first, ...others] = offers.map((offer): EstimateLine => {
    const filled = width / offer.perInstance;
    const instances = work.market.kind === 'local' ? filled : Math.ceil(filled);
    const hoursOf = (bound: Bound) => (runSeconds(work, width, bound) + coldStart(work, bound)) / 3600;
    const usdOf = (bound: Bound) => instances * offer.usdPerInstanceHour[bound] * hoursOf(bound);
    const { instanceType, architecture, capacity, perInstance } = offer;
    const usd = { low: usdOf('low'), high: usdOf('high') };
    return { instanceType, architecture, capacity, width, perInstance, hours: hoursOf('high'), usd };
  });
  if (first === undefined) throw new Error('offers of a family are never empty');
  return others.reduce((best, line) => (line.usd.high < best.usd.high - 1e-9 ? line : best), first);
}

function sum<Item>(items: readonly Item[], amount: (item: Item) => number): number {
  return items.reduce((sofar, item) => sofar + amount(item), 0);
}
