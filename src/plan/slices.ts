import type { Group, PlannedArray, Slice } from './plan.ts';
import * as ranges from './ranges.ts';

/**
 * How a round's list of combinations becomes slices and arrays. Slices are numbered through the round, group after
 * group, and never cross a group; nothing but the groups has to be stored.
 */

/** Slices of one array, inclusive: 2 to 10,000 on AWS Batch (AB 2.1). */
export interface ArrayLimits {
  readonly min: number;
  readonly max: number;
}

export function sliceCount(groups: readonly Group[]): number {
  return groups.reduce((total, group) => total + slicesIn(group), 0);
}

/** What slice number `slice` of the round covers. Throws `RangeError` past the last one. */
export function sliceOf(groups: readonly Group[], slice: number): Slice {
  let firstSlice = 0;
  let firstPosition = 0;
  for (const group of groups) {
    const count = slicesIn(group);
    const combinations = ranges.size(group.indexes);
    if (slice >= firstSlice && slice < firstSlice + count) {
      const from = (slice - firstSlice) * group.sliceSize;
      const to = Math.min(from + group.sliceSize, combinations);
      const indexes = ranges.slice(group.indexes, from, to);
      return { slice, start: firstPosition + from, end: firstPosition + to, indexes };
    }
    firstSlice += count;
    firstPosition += combinations;
  }
  throw new RangeError(`There is no slice ${slice}: the round has ${firstSlice}, counted from 0.`);
}

/** All slices in order. One pass over the ranges, whatever their number. */
export function* slicesOf(groups: readonly Group[]): Generator<Slice> {
  let slice = 0;
  let start = 0;
  for (const group of groups) {
    for (const indexes of portions(group)) {
      const end = start + ranges.size(indexes);
      yield { slice, start, end, indexes };
      slice += 1;
      start = end;
    }
  }
}

/**
 * Arrays that cover the groups' slices consecutively, each of one group and within the limits. What is left over
 * below the minimum becomes plain jobs of one slice each.
 */
export function arraysOf(groups: readonly Group[], limits: ArrayLimits): readonly PlannedArray[] {
  const arrays: PlannedArray[] = [];
  let firstSlice = 0;
  for (const group of groups) {
    for (const slices of arraySizes(slicesIn(group), limits)) {
      arrays.push({ array: arrays.length, class: group.class, firstSlice, slices });
      firstSlice += slices;
    }
  }
  return arrays;
}

/** The slice of the round that holds a combination; `undefined` when the round has not got it. */
export function sliceWith(groups: readonly Group[], index: number): number | undefined {
  let firstSlice = 0;
  for (const group of groups) {
    if (ranges.contains(group.indexes, index)) {
      return firstSlice + Math.floor(ranges.positionOf(group.indexes, index) / group.sliceSize);
    }
    firstSlice += slicesIn(group);
  }
  return undefined;
}

function slicesIn(group: Group): number {
  return Math.ceil(ranges.size(group.indexes) / group.sliceSize);
}

function arraySizes(slices: number, { min, max }: ArrayLimits): readonly number[] {
  const whole = Array.from({ length: Math.floor(slices / max) }, () => max);
  const left = slices % max;
  return left >= min ? [...whole, left] : [...whole, ...Array.from({ length: left }, () => 1)];
}

/** A group's indexes, `sliceSize` at a time; the last portion may be smaller. */
function* portions(group: Group): Generator<Slice['indexes']> {
  let portion: (readonly [number, number])[] = [];
  let room = group.sliceSize;
  for (const [start, end] of group.indexes) {
    for (let from = start; from < end; ) {
      const to = Math.min(end, from + room);
      portion.push([from, to]);
      room -= to - from;
      from = to;
      if (room === 0) {
        yield portion;
        portion = [];
        room = group.sliceSize;
      }
    }
  }
  if (portion.length > 0) yield portion;
}
