import type { JobRequest } from '../engine/engine.ts';
import type { LoadedGrid } from '../grid/grid.ts';
import { jobRequest } from './job-request.ts';
import type { Prepared } from './prepare.ts';

/** What the engine would be asked for a class, for whoever checks it before anything is written. */
export interface PlannedRequest {
  readonly class: number;
  readonly request: JobRequest;
}

/** The largest array of each class of the first round, as a launch would submit it. */
export function plannedRequests(
  { grid, count }: Pick<LoadedGrid, 'grid' | 'count'>,
  { run, images, first }: Pick<Prepared, 'run' | 'images' | 'first'>,
  storeLocation: string,
): readonly PlannedRequest[] {
  const perClass = Map.groupBy(first.arrays, (array) => array.class);
  // As the run keeps them, so that the requests are those of a launch to the letter.
  const kept = Object.fromEntries(
    Object.entries(images).map(([name, { kind: _, ...image }]) => [name, image] as const),
  );
  const record = { run, grid, images: kept, combinations: count() };
  return [...perClass].flatMap(([number, arrays]) => {
    const [largest] = arrays.toSorted((a, b) => b.slices - a.slices);
    if (largest === undefined) return [];
    const request = jobRequest(record, { ...first, round: 0 }, largest, storeLocation);
    return [{ class: number, request }];
  });
}
