import { type Instance, instancesOf, type Need, packing } from './instances.ts';
import { guessedSpot, type PriceTable, type SpotShare } from './prices.ts';

/** Where slices run and what that costs. */
export type Market =
  | {
      readonly kind: 'local';
      readonly vcpus: number;
      readonly memoryMib: number;
      /** 0 for a machine that is there anyway. */
      readonly usdPerVcpuHour: number;
    }
  | {
      readonly kind: 'aws';
      readonly prices: PriceTable;
      /** What the queue may start: sizes, families or bundles. */
      readonly instanceTypes: readonly string[];
      readonly spot?: SpotShare;
    };

export interface Job extends Need {
  readonly architecture: 'arm64' | 'amd64';
  readonly capacity: 'spot' | 'spot-first' | 'on-demand';
}

/** One instance type as a home for slices. */
export interface Offer {
  readonly instanceType: string;
  readonly architecture: 'arm64' | 'amd64';
  readonly capacity: 'spot' | 'on-demand';
  /** Slices that fit one instance. */
  readonly perInstance: number;
  /** Of a whole instance. */
  readonly usdPerInstanceHour: { readonly low: number; readonly high: number };
  /** Of a whole instance when Spot costs as much as On-Demand, which is its limit (AB 10.2). */
  readonly mostUsdPerInstanceHour: number;
}

/** Sizes of one family, cheapest slice first. */
export type Offers = readonly [Offer, ...Offer[]];

/** Of one slice on a well-filled instance. */
export interface Rate {
  /**
   * Over all sizes of the cheapest three families that fit, since Batch picks the size; Spot prices where Spot is
   * asked for.
   */
  readonly usdPerSliceHour: { readonly low: number; readonly high: number };
  /**
   * The dearest type the queue may start, at the high end of its price: what the meter charges. A guess of what Spot
   * costs bounds nothing: without looked-up prices it is the On-Demand price, which is Spot's limit (AB 10.2).
   */
  readonly boundUsdPerSliceHour: number;
  /** The same On-Demand: nothing costs more. */
  readonly mostUsdPerSliceHour: number;
}

/** How many families the plan shows, and the estimate spans. */
const shown = 3;

/**
 * Types that fit, by family, cheapest slice first; in a family the sizes too. Sizes that hold more than `atOnce`
 * slices are left out where smaller ones fit. Empty when nothing fits or has a price.
 */
export function offersFor(job: Job, market: Market, atOnce = Number.POSITIVE_INFINITY): readonly Offers[] {
  const families = Map.groupBy(allOffers(job, market), (offer) => offer.instanceType.split('.')[0]);
  return [...families.values()]
    .map((offers): Offers => {
      const fewest = Math.min(...offers.map((offer) => offer.perInstance));
      const [best, ...others] = offers.filter((offer) => offer.perInstance <= Math.max(atOnce, fewest));
      if (best === undefined) throw new Error('a group of offers is never empty');
      return [best, ...others];
    })
    .sort(([one], [other]) => sliceUsd(one) - sliceUsd(other))
    .slice(0, shown);
}

/** `undefined` when nothing fits or has a price. */
export function rateOf(job: Job, market: Market, atOnce?: number): Rate | undefined {
  const likely = offersFor(job, market, atOnce).flat();
  if (likely.length === 0) return undefined;
  const all = allOffers(job, market);
  return {
    usdPerSliceHour: {
      low: Math.min(...likely.map((offer) => offer.usdPerInstanceHour.low / offer.perInstance)),
      high: Math.max(...likely.map((offer) => offer.usdPerInstanceHour.high / offer.perInstance)),
    },
    boundUsdPerSliceHour: Math.max(...all.map((offer) => boundUsd(offer, market) / offer.perInstance)),
    mostUsdPerSliceHour: Math.max(...all.map((offer) => offer.mostUsdPerInstanceHour / offer.perInstance)),
  };
}

function boundUsd(offer: Offer, market: Market): number {
  const isGuess = market.kind === 'aws' && market.spot?.source === undefined;
  return isGuess ? offer.mostUsdPerInstanceHour : offer.usdPerInstanceHour.high;
}

/** A rented machine that ran a slice. */
export interface Machine {
  readonly type: string;
  /** Absent: as the job asked. */
  readonly capacity?: 'spot' | 'on-demand';
}

/** USD: the middle of what an hour of one slice is expected to cost. */
export const likelyUsd = ({ usdPerSliceHour: { low, high } }: Rate): number => (low + high) / 2;

/** USD an hour for one slice's share of a machine that is known; `undefined` when its price is not. */
export function usdOnMachine(job: Job, market: Market, machine: Machine): number | undefined {
  if (market.kind === 'local') return undefined;
  const instance = instancesOf([machine.type], market.prices).find(({ type }) => type === machine.type);
  if (instance === undefined) return undefined;
  const capacity = machine.capacity ?? job.capacity;
  const offer = rented({ ...job, capacity }, instance, market.spot ?? guessedSpot);
  // It did run there, whatever our packing says.
  const perInstance = Math.max(1, offer.perInstance);
  return (offer.usdPerInstanceHour.low + offer.usdPerInstanceHour.high) / 2 / perInstance;
}

function allOffers(job: Job, market: Market): readonly Offer[] {
  if (market.kind === 'local') return [thisMachine(job, market)];
  return instancesOf(market.instanceTypes, market.prices)
    .filter((instance) => instance.architecture === job.architecture && packing(instance, job) > 0)
    .map((instance) => rented(job, instance, market.spot ?? guessedSpot))
    .sort((one, other) => sliceUsd(one) - sliceUsd(other) || one.perInstance - other.perInstance);
}

/** The machine is there already: a slice costs the share of it that it holds. */
function thisMachine(job: Job, market: Extract<Market, { kind: 'local' }>): Offer {
  const usd = job.vcpus * market.usdPerVcpuHour;
  const fitting = Math.min(market.vcpus / job.vcpus, market.memoryMib / job.memoryMib);
  const perInstance = Math.max(1, Math.floor(fitting));
  return {
    instanceType: 'this machine',
    architecture: job.architecture,
    capacity: 'on-demand',
    perInstance,
    usdPerInstanceHour: { low: usd * perInstance, high: usd * perInstance },
    mostUsdPerInstanceHour: usd * perInstance,
  };
}

/** Spot is billed as Spot only when asked for; `spot-first` may end up On-Demand and is billed so. */
function rented(job: Job, instance: Instance, spot: SpotShare): Offer {
  const share = job.capacity === 'spot' ? spot : { low: 1, high: 1 };
  return {
    instanceType: instance.type,
    architecture: instance.architecture,
    capacity: job.capacity === 'spot' ? 'spot' : 'on-demand',
    perInstance: packing(instance, job),
    usdPerInstanceHour: { low: instance.usdPerHour * share.low, high: instance.usdPerHour * share.high },
    mostUsdPerInstanceHour: instance.usdPerHour,
  };
}

/** To a billionth, so that sizes of one family that only differ by rounding count as equal. */
const sliceUsd = (offer: Offer) => Math.round((offer.mostUsdPerInstanceHour / offer.perInstance) * 1e9);
