import type { EstimateLine, PricedWork } from './estimate.ts';
import type { Offers } from './rate.ts';

/** What one class of work is expected to cost, as a sum of shares and as rows of whole instances. */

export type Bound = 'low' | 'high';

/** The tail of half-empty instances, on top of the work (AB 10.3). */
const tail = { low: 0.05, high: 0.2 } as const;
/** From submission to the first program: an instance boots, pulls the image. */
const coldStartSeconds = { low: 300, high: 600 } as const;

/** Seconds; a machine that is there anyway does not boot. */
export function coldStart(work: PricedWork, bound: Bound): number {
  return work.market.kind === 'local' ? 0 : coldStartSeconds[bound];
}

/** In waves of `width` slices. */
export function runSeconds(work: PricedWork, width: number, bound: Bound): number {
  const sliceSeconds = Math.min(work.sliceSize, work.combinations) * (work.expected?.[bound] ?? 0);
  return Math.ceil(work.slices / width) * sliceSeconds;
}

/** The work alone, on instances that are there already. A machine that is there anyway does not idle at our cost. */
export function runUsd(work: PricedWork, bound: Bound): number {
  const onTop = work.market.kind === 'local' ? 0 : tail[bound];
  const sliceHours = (work.combinations * (work.expected?.[bound] ?? 0)) / 3600;
  return sliceHours * work.rate.usdPerSliceHour[bound] * (1 + onTop);
}

/** What is printed agrees with itself: the rows of the width that was planned lie within. */
export function expectedUsd(work: PricedWork): { readonly low: number; readonly high: number } {
  const rows = rowsOf(work, work.width).map(({ usd }) => usd);
  return {
    low: Math.min(coldUsd(work, 'low'), ...rows.map(({ low }) => low)),
    high: Math.max(coldUsd(work, 'high'), ...rows.map(({ high }) => high)),
  };
}

/** Instances bill from the moment they run (AB 10.3): each slice of the first wave pays for its share of a boot. */
function coldUsd(work: PricedWork, bound: Bound): number {
  const boots = (work.width * coldStart(work, bound)) / 3600;
  return runUsd(work, bound) + boots * work.rate.usdPerSliceHour[bound];
}

/** Narrower runs take longer; where they leave large instances half empty they cost more than the planned one, too. */
export function table(work: PricedWork): readonly EstimateLine[] {
  const widths = [...new Set([16, 4, 1].map((share) => Math.ceil(work.width / share)))];
  return work.offers.flatMap((offers) => widths.map((width) => cheapestSize(work, offers, width)));
}

function rowsOf(work: PricedWork, width: number): readonly EstimateLine[] {
  return work.offers.map((offers) => cheapestSize(work, offers, width));
}

/** A narrow run does not rent a wide machine: each width has the size of the family that it costs least on. */
function cheapestSize(work: PricedWork, offers: Offers, width: number): EstimateLine {
  const [first, ...others] = offers.map((offer): EstimateLine => {
    const hoursOf = (bound: Bound) => (runSeconds(work, width, bound) + coldStart(work, bound)) / 3600;
    const instances = Math.ceil(width / offer.perInstance);
    const usdOf = (bound: Bound) =>
      work.market.kind === 'local'
        ? runUsd(work, bound)
        : instances * offer.usdPerInstanceHour[bound] * hoursOf(bound);
    const { instanceType, architecture, capacity, perInstance } = offer;
    const usd = { low: usdOf('low'), high: usdOf('high') };
    return { instanceType, architecture, capacity, width, perInstance, hours: hoursOf('high'), usd };
  });
  if (first === undefined) throw new Error('offers of a family are never empty');
  return others.reduce((best, line) => (line.usd.high < best.usd.high - 1e-9 ? line : best), first);
}
