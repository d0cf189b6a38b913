import type { MeterTerms } from '../money/meter.ts';
import { type Rate, rateOf } from '../money/rate.ts';
import type { Group, PlannedArray, ResourceClass } from '../plan/plan.ts';
import { marketOf, type PlanEngine } from '../plan/queues.ts';
import { size } from '../plan/ranges.ts';
import type { PlannedRound } from '../plan/rounds.ts';
import { sliceCount } from '../plan/slices.ts';
import { sliceTimeoutSeconds } from './job-request.ts';
import type { RoundRecord } from './records.ts';

interface PricedClass {
  /** Of one combination. */
  readonly timeoutSeconds: number;
  /** `undefined` where no price is known. */
  readonly rate: Rate | undefined;
}

function pricedClass(engine: PlanEngine, classes: readonly ResourceClass[], number: number): PricedClass {
  const one = classes.find((candidate) => candidate.class === number);
  if (one === undefined) return { timeoutSeconds: 0, rate: undefined };
  return { timeoutSeconds: one.timeoutSeconds, rate: rateOf(one.resources, marketOf(engine, one.queue)) };
}

/** What the meter needs to know of an array; without a known price it meters nothing. */
export function meterTerms(engine: PlanEngine, round: RoundRecord, array: PlannedArray): MeterTerms {
  const group = round.groups.find((candidate) => candidate.class === array.class);
  const { timeoutSeconds, rate } = pricedClass(engine, round.classes, array.class);
  return {
    timeoutSeconds: sliceTimeoutSeconds(timeoutSeconds, group?.sliceSize ?? 1),
    usdPerSliceHour: rate?.usdPerSliceHour.high ?? 0,
  };
}

/** USD per second of work in a slice: the middle of the class's rate. Null where no price is known. */
export function secondPrice(
  engine: PlanEngine,
  rounds: readonly RoundRecord[],
): (at: { readonly round: number; readonly slice: number }) => number | null {
  const perRound = new Map(rounds.map((round) => [round.round, pricedGroups(engine, round)]));
  return ({ round, slice }) =>
    perRound.get(round)?.find(({ first, end }) => slice >= first && slice < end)?.usd ?? null;
}

function pricedGroups(engine: PlanEngine, round: RoundRecord) {
  let first = 0;
  return round.groups.map((group) => {
    const { rate } = pricedClass(engine, round.classes, group.class);
    const usd = rate === undefined ? null : (rate.usdPerSliceHour.low + rate.usdPerSliceHour.high) / 2 / 3600;
    const start = first;
    first += sliceCount([group]);
    return { first: start, end: first, usd };
  });
}

/** What a round would cost if every combination took so many seconds. */
export function forecastUsd(
  engine: PlanEngine,
  round: { readonly classes: readonly ResourceClass[]; readonly groups: readonly Group[] },
  secondsPerCombination: number,
): number {
  return round.groups.reduce((sum, group) => {
    const { rate } = pricedClass(engine, round.classes, group.class);
    return sum + (size(group.indexes) * secondsPerCombination * (rate?.usdPerSliceHour.high ?? 0)) / 3600;
  }, 0);
}

/** What a round costs if every attempt of every slice runs into its timeout. */
export function ceilingOf(
  engine: PlanEngine,
  round: Pick<PlannedRound, 'classes' | 'groups' | 'attempts'>,
): number {
  return round.groups.reduce((sum, group) => {
    const { timeoutSeconds, rate } = pricedClass(engine, round.classes, group.class);
    const seconds = sliceTimeoutSeconds(timeoutSeconds, group.sliceSize) * round.attempts;
    return sum + (sliceCount([group]) * seconds * (rate?.mostUsdPerSliceHour ?? 0)) / 3600;
  }, 0);
}
