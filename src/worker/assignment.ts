import { z } from 'zod';
import type { Grid, Resources } from '../grid/grid.ts';
import type { Slice } from '../plan/plan.ts';
import { sliceOf } from '../plan/slices.ts';
import { roundSchema, runSchema, stateSchema } from '../run/records.ts';
import { arrayKey, roundKey, runKey, stateKey } from '../store/keys.ts';
import type { Store } from '../store/store.ts';
import type { WorkerSettings } from './environment.ts';
import { RecordError, readRecord } from './read-record.ts';

/** What the worker needs of each record, and no more: its layer in an image may be older than the launcher. */
const runPart = runSchema.pick({ run: true, grid: true, data: true, images: true });
const roundPart = roundSchema.pick({
  round: true,
  classes: true,
  groups: true,
  arrays: true,
  environment: true,
});
const statePart = stateSchema.pick({ phase: true });
const arrayPart = z.object({
  state: z.string(),
  submission: z.object({ handle: z.object({ jobId: z.string() }) }).nullish(),
});

/** What this worker is to do, as the store says. */
export interface Assignment {
  readonly grid: Grid;
  readonly slice: Slice;
  readonly resources: Resources & { readonly architecture: 'arm64' | 'amd64' };
  /** Of one combination. */
  readonly timeoutSeconds: number;
  /** Content identity of the image. */
  readonly image: string;
  /** On top of the grid's environment. */
  readonly environment: Readonly<Record<string, string>>;
  /** SHA-256 of `program.files`, by path. */
  readonly fileDigests: Readonly<Record<string, string>>;
}

/** Reads run, round and array; `undefined` when another job was recorded for the array and this one is surplus. */
export async function readAssignment(
  store: Store,
  settings: WorkerSettings,
): Promise<Assignment | undefined> {
  const [run, round, array] = await Promise.all([
    readRecord(store, runKey(settings.run), runPart),
    readRecord(store, roundKey(settings.run, settings.round), roundPart),
    readRecord(store, arrayKey(settings.run, settings.round, settings.array), arrayPart),
  ]);
  if (array !== undefined && !isOurs(array, settings.parent)) return undefined;
  if (run === undefined) throw new RecordError(`${runKey(settings.run)} is not in the store`);
  if (round === undefined)
    throw new RecordError(`${roundKey(settings.run, settings.round)} is not in the store`);
  return assign(run, round, settings);
}

/**
 * A lost answer can make a second job of the same name (AB 1, fact 4); once one is recorded, only that one works.
 * Before that (`intended`, `submitting`) any may: the merge takes each combination once. A recorded job of a cancelled
 * array goes on to the run's phase, which tells it to stop. An array that was given up (`cancelled`, `unknown`) without
 * a job takes none any more: the run may be published without it.
 */
export function isOurs(array: z.infer<typeof arrayPart>, parent: string): boolean {
  const recorded = array.submission?.handle.jobId;
  return recorded === undefined ? !givenUp.has(array.state) : recorded === parent;
}

const givenUp: ReadonlySet<string> = new Set(['cancelled', 'unknown']);

function assign(
  run: z.infer<typeof runPart>,
  round: z.infer<typeof roundPart>,
  settings: WorkerSettings,
): Assignment {
  const array = round.arrays.find((one) => one.array === settings.array);
  const resourceClass = round.classes.find((one) => one.class === array?.class);
  const image = resourceClass === undefined ? undefined : run.images[resourceClass.image];
  if (array === undefined || resourceClass === undefined || image === undefined) {
    throw new RecordError(
      `round ${round.round} of ${run.run} has no array ${settings.array} with class and image`,
    );
  }
  if (settings.child >= array.slices) {
    throw new RecordError(
      `array ${array.array} has ${array.slices} slices; there is no child ${settings.child}`,
    );
  }
  const { scratchGib, concurrent, queue, ...resources } = resourceClass.resources;
  return {
    grid: run.grid,
    slice: sliceOf(round.groups, array.firstSlice + settings.child),
    resources: {
      ...resources,
      ...(scratchGib === undefined ? {} : { scratchGib }),
      ...(concurrent === undefined ? {} : { concurrent }),
      ...(queue === undefined ? {} : { queue }),
    },
    timeoutSeconds: resourceClass.timeoutSeconds,
    image: image.identity,
    environment: round.environment,
    fileDigests: Object.fromEntries(
      run.data.filter((file) => file.use === 'program').map((file) => [file.path, file.sha256]),
    ),
  };
}

/** Someone asked for the run to stop. */
export async function isCancelling(store: Store, run: string): Promise<boolean> {
  const state = await readRecord(store, stateKey(run), statePart);
  return state?.phase.phase === 'cancelling';
}
