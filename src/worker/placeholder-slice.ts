import type { Assignment } from './assignment.ts';
import { WorkFailure } from './failure.ts';

/**
 * What `{slice.start} {slice.end}` stand for. For a program that takes a whole slice they are indexes of combinations:
 * positions of the round's list are the same at launch, but in a rerun of one slice they would start at 0 again.
 */
export function placeholderSlice({ grid, slice }: Pick<Assignment, 'grid' | 'slice'>): {
  readonly start: number;
  readonly end: number;
} {
  if (grid.slice.per === 'combination') return { start: slice.start, end: slice.end };
  const [range, ...more] = slice.indexes;
  if (range === undefined || more.length > 0) {
    const message = 'the combinations of the slice are not consecutive, but the program takes {slice.start}';
    throw new WorkFailure({ class: 'input', message, again: false });
  }
  return { start: range[0], end: range[1] };
}
