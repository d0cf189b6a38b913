import { createHash } from 'node:crypto';
import type { JobImage, JobRequest } from '../engine/engine.ts';
import { sliceMarginSeconds } from '../money/estimate.ts';
import type { PlannedArray } from '../plan/plan.ts';
import type { PlannedRound } from '../plan/rounds.ts';
import type { RoundRecord, RunRecord } from './records.ts';

/** Of one attempt of one slice. */
export const sliceTimeoutSeconds = (combinationSeconds: number, sliceSize: number) =>
  combinationSeconds * sliceSize + sliceMarginSeconds;

const shortHash = (text: string, digits: number) =>
  createHash('sha256').update(text).digest('hex').slice(0, digits);
const pad = (value: number, digits: number) => String(value).padStart(digits, '0');

/** `<grid>-<run hex>-<6 hex of the store>-r000-a0000`: the same for every submitter of this array of this store. */
export function jobName(run: string, storeLocation: string, round: number, array: number): string {
  return `${run}-${shortHash(storeLocation, 6)}-r${pad(round, 3)}-a${pad(array, 4)}`;
}

const limitName = (run: string, storeLocation: string, number: number) =>
  `${run}-${shortHash(storeLocation, 6)}-c${number}`;

/** A slice has a combination at least: where there are no more of them than may run at once, nothing is to hold. */
const needsLimit = ({ combinations }: Asker, { concurrent }: { readonly concurrent?: number }) =>
  concurrent !== undefined && combinations > concurrent;

/** What a request depends on. */
type Asker = Pick<RunRecord, 'run' | 'combinations'> & {
  readonly images: Readonly<Record<string, JobImage>>;
  readonly grid: Pick<RunRecord['grid'], 'name'>;
};
type AskedRound = Pick<RoundRecord, 'round' | 'attempts'> & Pick<PlannedRound, 'classes' | 'groups'>;

/** What is asked of the engine for one array: a pure function of records, so every submitter asks the same. */
export function jobRequest(
  run: Asker,
  round: AskedRound,
  array: PlannedArray,
  storeLocation: string,
): JobRequest {
  const resourceClass = round.classes.find((one) => one.class === array.class);
  const group = round.groups.find((one) => one.class === array.class);
  const image = resourceClass === undefined ? undefined : run.images[resourceClass.image];
  if (resourceClass === undefined || group === undefined || image === undefined) {
    throw new Error(`round ${round.round} of ${run.run} has no class or image for array ${array.array}`);
  }
  const request = {
    name: jobName(run.run, storeLocation, round.round, array.array),
    queue: resourceClass.queueId ?? resourceClass.queue,
    size: array.slices,
    image,
    resources: resourceClass.resources,
    attempts: round.attempts,
    timeoutSeconds: sliceTimeoutSeconds(resourceClass.timeoutSeconds, group.sliceSize),
    tags: { 'muster:run': run.run, 'muster:grid': run.grid.name, 'muster:round': String(round.round) },
  };
  return {
    ...request,
    // The limit is that of a class, whatever rounds and arrays its slices are in.
    ...(needsLimit(run, request.resources) && {
      concurrentWith: limitName(run.run, storeLocation, array.class),
    }),
    environment: {
      MUSTER_STORE: storeLocation,
      MUSTER_RUN: run.run,
      MUSTER_ROUND: String(round.round),
      MUSTER_ARRAY: String(array.array),
      // The worker's own deadline: it fires before the engine's, and leaves time to say so.
      MUSTER_SLICE_SECONDS: String(request.timeoutSeconds),
      // Adoption compares the environment: so a job of other size, image, resources or limits is never adopted.
      MUSTER_DEFINITION: shortHash(JSON.stringify(request), 16),
    },
  };
}
