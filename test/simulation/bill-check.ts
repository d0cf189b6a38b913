import type { Machine } from '../../src/money/rate.ts';
import { recordedJob } from '../../src/run/array-state.ts';
import { type PricedPlace, secondPrice } from '../../src/run/price.ts';
import { type ContainerTime, placeOf } from './ledger.ts';
import { instanceOf } from './worker-parts.ts';
import type { World } from './world.ts';

/** Seconds of a container that its fragments may not tell of: before its worker begins, and after its last word. */
const untoldSeconds = 120;

/**
 * The published bill is not below what the containers of recorded jobs really cost, by the bill's own prices; also where
 * Batch forgot, hosts went away without a word, or an array ended unknown.
 */
export async function checkBill(world: World): Promise<void> {
  const { invariants, ledger } = world;
  const billed = invariants.publishedRecord?.bill?.totalUsd;
  if (billed === undefined) return;
  const price = lowestPrice(world, await instanceOf());
  let usd = 0;
  for (const container of ledger.containers) {
    const record = invariants.arrays.get(placeOf(container));
    if (record === undefined || recordedJob(record) !== container.job) continue;
    const seconds = ((container.to ?? container.from) - container.from) / 1000 - untoldSeconds;
    usd += Math.max(0, seconds) * price({ round: container.round, slice: sliceOf(world, container) });
  }
  ledger.count('bill judged');
  if (usd <= billed + 1e-6) return;
  world.violation(
    'the bill >= true cost',
    `billed $${billed.toFixed(5)}, but containers cost $${usd.toFixed(5)}`,
  );
}

/** USD a second: a bill goes by the machine where fragments name it, else by the middle of the class. */
function lowestPrice({ planEngine, invariants }: World, instance: Machine) {
  const price = secondPrice(planEngine, [...invariants.rounds.values()]);
  return (place: PricedPlace) => Math.min(price(place) ?? 0, price({ ...place, instance }) ?? 0);
}

function sliceOf({ invariants }: World, { round, array, child }: ContainerTime): number {
  return (invariants.rounds.get(round)?.arrays[array]?.firstSlice ?? 0) + child;
}
