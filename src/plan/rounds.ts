import type { Grid, StopAfter } from '../grid/grid.ts';
import type { ClassMembers } from './classes.ts';
import { type Overrides, overriddenClass } from './overrides.ts';
import type { Group, PlannedArray, Ranges, ResourceClass } from './plan.ts';
import type { ChooseQueue } from './queues.ts';
import * as ranges from './ranges.ts';
import { type ArrayLimits, arraysOf, slicesOf } from './slices.ts';

/** The part of a round's record that is planned: what runs, how it is packed, how far it may go. */
export interface PlannedRound {
  readonly reason: 'launch' | 'pilot' | 'rest' | 'rerun';
  readonly classes: readonly ResourceClass[];
  /** At most one of a class. */
  readonly groups: readonly Group[];
  readonly arrays: readonly PlannedArray[];
  readonly attempts: number;
  readonly environment: Readonly<Record<string, string>>;
  /** Execute also what succeeded before. */
  readonly again: boolean;
  readonly budgetUsd: number | null;
  readonly stopAfterFailures: number;
}

/** What every round of a run is made from. */
export interface RoundBasis {
  readonly grid: Grid;
  readonly classes: readonly ResourceClass[];
  /** All combinations of the grid by class. */
  readonly members: readonly ClassMembers[];
  readonly limits: ArrayLimits;
}

/**
 * Round 0: everything but what is reused; with a pilot only so many combinations, spread evenly over the grid from
 * its first to its last one, since the corners of a grid are where programs break and where times differ most.
 */
export function firstRound(basis: RoundBasis, reused: Ranges): PlannedRound {
  const todo = ranges.difference(everything(basis), reused);
  const { pilot } = basis.grid.launch;
  if (pilot === 0 || pilot >= ranges.size(todo)) return round(basis, 'launch', todo);
  if (basis.grid.slice.per === 'slice') {
    const some = spread(todo, Math.ceil(pilot / basis.grid.slice.combinations));
    return round(basis, 'pilot', wholeSlices(basis, some));
  }
  // One combination a slice: a pilot is there to learn soon.
  return round(basis, 'pilot', spread(todo, pilot), 1);
}

/** What a pilot left: everything but what ran in it or is reused. */
export function restRound(basis: RoundBasis, settled: Ranges): PlannedRound {
  return round(basis, 'rest', ranges.difference(everything(basis), settled));
}

/** Selected combinations in new slices; whole original slices for programs that take a slice at once. */
export function rerunRound(
  basis: RoundBasis,
  selected: Ranges,
  options: { readonly overrides: Overrides; readonly choose: ChooseQueue; readonly again: boolean },
): PlannedRound {
  const { overrides, choose, again } = options;
  const indexes = basis.grid.slice.per === 'slice' ? wholeSlices(basis, selected) : selected;
  const plain = round(basis, 'rerun', indexes);
  const used = new Set(plain.groups.map((group) => group.class));
  return {
    ...plain,
    classes: basis.classes.map((one) =>
      used.has(one.class) ? overriddenClass(one, overrides, choose) : one,
    ),
    attempts: overrides.attempts ?? plain.attempts,
    environment: overrides.environment ?? {},
    again,
    budgetUsd: overrides.budgetUsd ?? plain.budgetUsd,
    stopAfterFailures: failureLimit(
      overrides.failures ?? basis.grid.failures.stopAfter,
      ranges.size(indexes),
    ),
  };
}

/** Failed combinations that stop a round: a share is never less than 3, a number is taken at its word. */
export function failureLimit(stopAfter: StopAfter, combinations: number): number {
  if (stopAfter.kind === 'count') return stopAfter.count;
  // 10 % of 30 is 3.0000000000000004 in binary: rounding noise must not raise the limit.
  return Math.max(3, Math.ceil(Number((stopAfter.share * combinations).toFixed(6))));
}

/** `count` of the indexes at equal distances, the first and the last among them; the middle one when it is alone. */
export function spread(indexes: Ranges, count: number): Ranges {
  const total = ranges.size(indexes);
  if (count >= total) return indexes;
  const last = total - 1;
  const positions = Array.from({ length: count }, (_, step) =>
    count === 1 ? Math.floor(last / 2) : Math.round((step * last) / (count - 1)),
  );
  return ranges.union(...positions.map((position) => ranges.slice(indexes, position, position + 1)));
}

/** All original slices of the grid that hold one of the indexes. */
export function wholeSlices({ grid, members }: RoundBasis, indexes: Ranges): Ranges {
  const slices = slicesOf(members.map((one) => ({ ...one, sliceSize: grid.slice.combinations })));
  const whole: Ranges[] = [];
  for (const slice of slices) {
    if (slice.indexes.some((range) => ranges.meets(indexes, range))) whole.push(slice.indexes);
  }
  return ranges.union(...whole);
}

/** Groups of one class each, in the order of the classes. */
export function groupsOf(
  members: readonly ClassMembers[],
  indexes: Ranges,
  sliceSize: number,
): readonly Group[] {
  return members
    .map((one) => ({ class: one.class, indexes: ranges.intersection(one.indexes, indexes), sliceSize }))
    .filter((group) => group.indexes.length > 0);
}

/** Indexes are positions in the grid, so the classes together hold all from 0 on. */
function everything({ members }: RoundBasis): Ranges {
  return ranges.upTo(members.reduce((total, { indexes }) => total + ranges.size(indexes), 0));
}

function round(
  { grid, classes, members, limits }: RoundBasis,
  reason: PlannedRound['reason'],
  indexes: Ranges,
  sliceSize = grid.slice.combinations,
): PlannedRound {
  const groups = groupsOf(members, indexes, sliceSize);
  return {
    reason,
    classes,
    groups,
    arrays: arraysOf(groups, limits),
    attempts: grid.retry.attempts,
    environment: {},
    again: false,
    budgetUsd: grid.budget?.usd ?? null,
    stopAfterFailures: failureLimit(grid.failures.stopAfter, ranges.size(indexes)),
  };
}
