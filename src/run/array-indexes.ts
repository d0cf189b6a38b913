import type { Ranges } from '../plan/plan.ts';
import * as ranges from '../plan/ranges.ts';
import type { ArrayAt } from './observe.ts';

/** The combinations of an array. */
export function indexesOf({ round, array }: Pick<ArrayAt, 'round' | 'array'>): Ranges {
  const group = round.groups.find((one) => one.class === array.class);
  if (group === undefined) throw new Error(`round ${round.round} has no group for array ${array.array}`);
  const first = Math.min(
    ...round.arrays.filter((one) => one.class === array.class).map((one) => one.firstSlice),
  );
  const start = (array.firstSlice - first) * group.sliceSize;
  return ranges.slice(group.indexes, start, start + array.slices * group.sliceSize);
}
