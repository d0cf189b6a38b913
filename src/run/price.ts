import { ceilingHours } from '../money/estimate.ts';
import type { MeterTerms } from '../money/meter.ts';
import { likelyUsd, type Machine, type Rate, rateOf, usdOnMachine } from '../money/rate.ts';
import type { Group, PlannedArray, ResourceClass } from '../plan/plan.ts';
import { marketOf, type PlanEngine } from '../plan/queues.ts';
import { size } from '../plan/ranges.ts';
import type { PlannedRound } from '../plan/rounds.ts';
import { sliceCount } from '../plan/slices.ts';
import { sliceTimeoutSeconds } from './job-request.ts';
import { type Pricing, pricedAsLaunched } from './pricing.ts';
import type { RoundRecord } from './records.ts';

interface PricedClass {
  /** Of one combination. */
  readonly timeoutSeconds: number;
  /** `undefined` where no price is known. */
  readonly rate: Rate | undefined;
}

/** A round that has prices of its own goes by them. */
interface PricedRound {
  readonly classes: readonly ResourceClass[];
  readonly pricing?: Pricing;
}

function pricedClass(engine: PlanEngine, round: PricedRound, number: number): PricedClass {
  const one = round.classes.find((candidate) => candidate.class === number);
  if (one === undefined) return { timeoutSeconds: 0, rate: undefined };
  const market = marketOf(pricedAsLaunched(engine, round.pricing), one.queue);
  return { timeoutSeconds: one.timeoutSeconds, rate: rateOf(one.resources, market) };
}

/** A class of the round that nobody could meter, if there is one: nothing fits it, or what fits has no price. */
export function unpricedClass(
  engine: PlanEngine,
  round: PricedRound & { readonly groups: readonly Group[] },
): ResourceClass | undefined {
  const needed = new Set(round.groups.map((group) => group.class));
  return round.classes.find(
    (one) => needed.has(one.class) && pricedClass(engine, round, one.class).rate === undefined,
  );
}

/** What the meter needs to know of an array; without a known price it meters nothing. */
export function meterTerms(engine: PlanEngine, round: RoundRecord, array: PlannedArray): MeterTerms {
  const group = round.groups.find((candidate) => candidate.class === array.class);
  const { timeoutSeconds, rate } = pricedClass(engine, round, array.class);
  return {
    slices: array.slices,
    attempts: round.attempts,
    timeoutSeconds: sliceTimeoutSeconds(timeoutSeconds, group?.sliceSize ?? 1),
    usdPerSliceHour: rate?.boundUsdPerSliceHour ?? 0,
  };
}

/** A slice, and the machine it ran on where that is known. */
export interface PricedPlace {
  readonly round: number;
  readonly slice: number;
  readonly instance?: Machine;
}

/** USD per second of a slice: on the machine it ran on, else the middle of its class's rate. Null without a price. */
export function secondPrice(
  engine: PlanEngine,
  rounds: readonly RoundRecord[],
): (at: PricedPlace) => number | null {
  const perRound = new Map(rounds.map((round) => [round.round, pricedGroups(engine, round)]));
  return ({ round, slice, instance }) => {
    const group = perRound.get(round)?.find(({ first, end }) => slice >= first && slice < end);
    return group === undefined ? null : group.usd(instance);
  };
}

function pricedGroups(world: PlanEngine, round: RoundRecord) {
  const engine = pricedAsLaunched(world, round.pricing);
  let first = 0;
  return round.groups.map((group) => {
    const one = round.classes.find((candidate) => candidate.class === group.class);
    const start = first;
    first += sliceCount([group]);
    return { first: start, end: first, usd: pricePerMachine(engine, one) };
  });
}

/** Machines of one type cost the same: each is priced once. */
function pricePerMachine(engine: PlanEngine, one: ResourceClass | undefined) {
  if (one === undefined) return () => null;
  const market = marketOf(engine, one.queue);
  const rate = rateOf(one.resources, market);
  const known = new Map<string, number | null>();
  const usd = (machine: Machine | undefined) => {
    const own = machine === undefined ? undefined : usdOnMachine(one.resources, market, machine);
    const perHour = own ?? (rate === undefined ? undefined : likelyUsd(rate));
    return perHour === undefined ? null : perHour / 3600;
  };
  return (machine: Machine | undefined) => {
    const key = machine === undefined ? '' : `${machine.type} ${machine.capacity}`;
    const price = known.has(key) ? (known.get(key) ?? null) : usd(machine);
    known.set(key, price);
    return price;
  };
}

/** What a round would cost if every combination took so many seconds. */
export function forecastUsd(
  engine: PlanEngine,
  round: PricedRound & { readonly groups: readonly Group[] },
  secondsPerCombination: number,
): number {
  return round.groups.reduce((sum, group) => {
    const { rate } = pricedClass(engine, round, group.class);
    return sum + (size(group.indexes) * secondsPerCombination * (rate?.usdPerSliceHour.high ?? 0)) / 3600;
  }, 0);
}

/** What a round costs if every attempt of every slice runs into its timeout: the same sum as in the plan. */
export function ceilingOf(
  engine: PlanEngine,
  round: PricedRound & Pick<PlannedRound, 'groups' | 'attempts'>,
): number {
  return round.groups.reduce((sum, group) => {
    const { timeoutSeconds, rate } = pricedClass(engine, round, group.class);
    const work = { combinations: size(group.indexes), timeoutSeconds, slices: sliceCount([group]) };
    return sum + ceilingHours(work, round.attempts) * (rate?.mostUsdPerSliceHour ?? 0);
  }, 0);
}
