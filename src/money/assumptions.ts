import type { PricedWork, Terms } from './estimate.ts';
import { guessedSpot, standInWords } from './prices.ts';

/** What an estimate took for granted, for the people who decide by it. */
export function assumptionsOf(works: readonly PricedWork[], terms: Terms): readonly string[] {
  const rented = works.filter((work) => work.market.kind === 'aws');
  return [
    ...(rented.length > 0 ? rentedAssumptions(rented, terms) : localAssumptions(works)),
    ...works.slice(0, 3).map((work) => ceilingAssumption(work, terms.attempts)),
    ...(works.length > 3 ? [`Ceiling: the same for ${works.length - 3} more classes.`] : []),
    ...(works.some((work) => work.expected === undefined)
      ? ['No duration is known: write `expected` in the grid, or run a pilot first.']
      : []),
    ...(works.length > 1 ? ['The table is for the class that costs most.'] : []),
  ];
}

function localAssumptions(works: readonly PricedWork[]): readonly string[] {
  if (works.length === 0) return ['Nothing new has to run.'];
  const free = works.every((work) => work.rate.mostUsdPerSliceHour === 0);
  return free
    ? ['This machine is there anyway: its hours cost nothing.']
    : ['A slice costs the vCPUs it holds.'];
}

function rentedAssumptions(works: readonly PricedWork[], terms: Terms): readonly string[] {
  const families = new Set(works.flatMap((work) => work.offers.map(([offer]) => offer.instanceType)));
  return [
    `Between the cheapest families that fit, well packed: ${[...families].join(', ')}.`,
    ...new Set(works.flatMap(({ market }) => (market.kind === 'aws' ? standInWords(market.prices) : []))),
    'Cold start: each slice of the first wave pays for 5 to 10 min more of its share of an instance. The tail of half-empty instances adds 5 to 20 % to the work; the table counts whole instances instead, and the estimate spans its widest rows. Narrower runs that leave instances half empty may cost more.',
    ...(works.some((work) => work.job.capacity === 'spot') ? spotAssumptions(works) : []),
    ...(works.some((work) => work.job.capacity === 'spot-first')
      ? ['`spot-first` is counted at On-Demand prices: nobody knows how much of it will be Spot.']
      : []),
    ...(terms.attempts > 1
      ? [
          `Attempts that lose their host and wait again between two looks are counted at the end: up to ${duration(terms.watchSeconds)} each may come on top of what the budget sees.`,
        ]
      : []),
    'Savings plans, discounts and credits are not known here.',
  ];
}

function spotAssumptions(works: readonly PricedWork[]): readonly string[] {
  const market = works.find((work) => work.job.capacity === 'spot')?.market;
  const spot = market?.kind === 'aws' ? (market.spot ?? guessedSpot) : guessedSpot;
  const share = `${percent(spot.low)} to ${percent(spot.high)} % of On-Demand`;
  if (spot.source === undefined) {
    return [
      `Spot at ${share} is a guess: no Spot prices were looked up.`,
      `The budget therefore counts Spot at the On-Demand price, its limit: it holds, but may stop a run that has really cost ${percent(spot.low)} to ${percent(spot.high)} % of it.`,
    ];
  }
  return [
    `Spot at ${share} (${spot.source}).`,
    `The budget counts Spot at ${percent(spot.high)} % of On-Demand, the highest price found: should Spot rise after the launch, a run may cost more than its budget, at most ${times(1 / spot.high)} times as much, for Spot never costs more than On-Demand.`,
  ];
}

const times = (factor: number) => String(Math.ceil(Number((factor * 10).toFixed(6))) / 10);

function ceilingAssumption(work: PricedWork, attempts: number): string {
  const each = `$${Number(work.rate.mostUsdPerSliceHour.toPrecision(3))} an hour of a slice`;
  return (
    `Ceiling: ${work.combinations.toLocaleString('en-US')} ${work.combinations === 1 ? 'combination' : 'combinations'} x ${duration(work.timeoutSeconds)} timeout ` +
    `x ${attempts} ${attempts === 1 ? 'attempt' : 'attempts'} x ${each}, and 10 min more for each slice.`
  );
}

const percent = (share: number) => Math.round(share * 100);

function duration(seconds: number): string {
  if (seconds % 3600 === 0) return `${seconds / 3600} h`;
  return seconds % 60 === 0 ? `${seconds / 60} min` : `${seconds} s`;
}
