import { guessedSpot, type SpotShare, standInWords } from './prices.ts';
import type { Job, Market } from './rate.ts';

/** What a bill went by, for its readers: a sentence each. Nothing on a machine that is there anyway. */
export function priceWords(
  classes: readonly { readonly job: Job; readonly market: Market }[],
): readonly string[] {
  const sentences = classes.flatMap(({ job, market }) => {
    if (market.kind === 'local') return [];
    const { date, region } = market.prices;
    const spot = job.capacity === 'on-demand' ? [] : [spotWords(market.spot ?? guessedSpot)];
    return [
      `Prices of ${date} in ${region}; savings plans, discounts and credits are not known.`,
      ...standInWords(market.prices),
      ...spot,
    ];
  });
  return [...new Set(sentences)];
}

/** How what is metered while a run works bounds what it costs, where that is not plain: a sentence each. */
export function meterWords(
  classes: readonly { readonly job: Job; readonly market: Market }[],
): readonly string[] {
  const sentences = classes.flatMap(({ job, market }) => {
    if (market.kind === 'local' || job.capacity !== 'spot') return [];
    const { high, source } = market.spot ?? guessedSpot;
    if (source === undefined) {
      return ['Spot is metered at the On-Demand price, its limit: no Spot prices were looked up.'];
    }
    return [
      `Spot is metered at ${percent(high)} % of On-Demand, the highest price found (${source}). Should it have risen since, more is spent than this says; never more than On-Demand.`,
    ];
  });
  return [...new Set(sentences)];
}

const percent = (share: number) => Number((share * 100).toFixed(1));

function spotWords(spot: SpotShare): string {
  const from = `between ${percent(spot.low)} and ${percent(spot.high)} %`;
  const middle = percent((spot.low + spot.high) / 2);
  return spot.source === undefined
    ? `Spot is counted at ${middle} % of On-Demand, the middle of a guess ${from}: no Spot prices were looked up.`
    : `Spot is counted at ${middle} % of On-Demand, the middle ${from} (${spot.source}).`;
}
