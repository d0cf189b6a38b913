import type { Ranges } from './plan.ts';

/**
 * Sets of combination indexes as half-open ranges: a whole grid of a million is one pair. Every function returns
 * sorted ranges that neither overlap nor touch, and takes such ranges; none keeps a list of single indexes.
 */

type Range = Ranges[number];

/** All indexes of a grid of `count` combinations. */
export function upTo(count: number): Ranges {
  return count > 0 ? [[0, count]] : [];
}

/** From indexes in any order, repeats allowed; an ascending stream is never held. */
export function fromIndexes(indexes: Iterable<number>): Ranges {
  const builder = rangesBuilder();
  for (const index of indexes) builder.add(index);
  return builder.ranges();
}

/** Collects indexes one by one, for streams that feed several sets at once. */
export function rangesBuilder(): { add(index: number): void; ranges(): Ranges } {
  const found: [number, number][] = [];
  let ascending = true;
  return {
    add(index) {
      const last = found.at(-1);
      if (last !== undefined && index === last[1]) {
        last[1] = index + 1;
        return;
      }
      if (last !== undefined && index < last[1]) ascending = false;
      found.push([index, index + 1]);
    },
    ranges: () => (ascending ? found : normalise(found)),
  };
}

/** How many indexes there are. */
export function size(ranges: Ranges): number {
  let total = 0;
  for (const [start, end] of ranges) total += end - start;
  return total;
}

export function contains(ranges: Ranges, index: number): boolean {
  return meets(ranges, [index, index + 1]);
}

/** Whether any index of `range` is in `ranges`. */
export function meets(ranges: Ranges, range: Range): boolean {
  let low = 0;
  let high = ranges.length - 1;
  while (low <= high) {
    const middle = (low + high) >> 1;
    const [start, end] = ranges[middle] ?? [0, 0];
    if (range[1] <= start) high = middle - 1;
    else if (range[0] >= end) low = middle + 1;
    else return true;
  }
  return false;
}

/** Ascending. */
export function* iterate(ranges: Ranges): Generator<number> {
  for (const [start, end] of ranges) for (let index = start; index < end; index += 1) yield index;
}

/** The indexes at positions `[start, end)` of the ascending list; positions past the list are left out. */
export function slice(ranges: Ranges, start: number, end: number): Ranges {
  const found: Range[] = [];
  let position = 0;
  for (const [first, past] of ranges) {
    if (position >= end) break;
    const from = Math.max(first, first + start - position);
    const to = Math.min(past, first + end - position);
    if (from < to) found.push([from, to]);
    position += past - first;
  }
  return found;
}

/** How many indexes come before `index`. */
export function positionOf(ranges: Ranges, index: number): number {
  let position = 0;
  for (const [start, end] of ranges) {
    if (index <= start) break;
    position += Math.min(index, end) - start;
  }
  return position;
}

/** The first `count` indexes. */
export function take(ranges: Ranges, count: number): Ranges {
  return slice(ranges, 0, count);
}

export function union(...sets: readonly Ranges[]): Ranges {
  return normalise(sets.flat());
}

/** Indexes of `left` that are not in `right`. */
export function difference(left: Ranges, right: Ranges): Ranges {
  const found: Range[] = [];
  let next = 0;
  for (const [start, end] of left) {
    let from = start;
    while (next < right.length && (right[next]?.[1] ?? 0) <= from) next += 1;
    for (let at = next; at < right.length && from < end; at += 1) {
      const [without, past] = right[at] ?? [end, end];
      if (without >= end) break;
      if (from < without) found.push([from, without]);
      from = Math.max(from, past);
    }
    if (from < end) found.push([from, end]);
  }
  return found;
}

export function intersection(left: Ranges, right: Ranges): Ranges {
  if (covers(right, left)) return left;
  return difference(left, difference(left, right));
}

/** Whether a single range of `outer` spans all of `inner`: the usual case, that needs no copy of a million pairs. */
function covers(outer: Ranges, inner: Ranges): boolean {
  const [first, last] = [inner[0], inner.at(-1)];
  if (first === undefined || last === undefined) return true;
  return outer.some(([start, end]) => start <= first[0] && end >= last[1]);
}

function normalise(ranges: Iterable<readonly [number, number]>): Ranges {
  const merged: [number, number][] = [];
  for (const [start, end] of [...ranges].sort((one, other) => one[0] - other[0])) {
    const last = merged.at(-1);
    if (last !== undefined && start <= last[1]) last[1] = Math.max(last[1], end);
    else if (start < end) merged.push([start, end]);
  }
  return merged;
}
