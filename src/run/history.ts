import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { Grid, LoadedGrid } from '../grid/grid.ts';
import { canonicalJson } from '../grid/identity.ts';
import type { IdentifiedImage } from '../image/identity.ts';
import type { History } from '../plan/make-plan.ts';
import type { Summary } from '../report/summary.ts';
import { historyKey } from '../store/keys.ts';
import type { Store } from '../store/store.ts';
import { keepDocument, readDocument } from './documents.ts';
import type { RunRecord } from './records.ts';

/** How long combinations of a program took: measured times replace what a grid expects. */
const historySchema = z.object({
  runs: z.array(
    z.object({
      run: z.string(),
      combinations: z.number(),
      seconds: z.object({ low: z.number(), median: z.number(), high: z.number() }),
      outputBytes: z.number(),
      /** Digest of the grid's shape; absent in entries of older versions. */
      values: z.string().exactOptional(),
    }),
  ),
});

/** What differs between the values of two grids, constants included. */
const valuesOf = ({ shape }: Pick<Grid, 'shape'>): string =>
  createHash('sha256').update(canonicalJson(shape)).digest('hex').slice(0, 16);

/** Runs kept. */
const most = 20;

/** The same program on the same image with the same resources; parameters may differ. */
function programIdentity(grid: Grid, imageIdentities: readonly string[]): string {
  const { command, environment, image } = grid.program;
  const { vcpus, memory, architecture } = grid.resources;
  const value = {
    command,
    environment,
    image,
    vcpus,
    memory,
    architecture,
    images: [...imageIdentities].sort(),
  };
  return createHash('sha256').update(canonicalJson(value)).digest('hex').slice(0, 16);
}

export async function readHistory(
  store: Store,
  loaded: LoadedGrid,
  images: Readonly<Record<string, IdentifiedImage>>,
): Promise<History | undefined> {
  const program = programIdentity(
    loaded.grid,
    Object.values(images).map(({ identity }) => identity),
  );
  const last = (await readDocument(store, historyKey(program), historySchema))?.value.runs.at(-1);
  if (last === undefined) return undefined;
  return {
    seconds: last.seconds,
    outputBytes: last.outputBytes,
    source: `${last.combinations} combinations of ${last.run}`,
    ofOtherValues: last.values !== valuesOf(loaded.grid),
  };
}

/** Adds what a run measured; the newest of a run replaces its earlier one. */
export async function recordHistory(store: Store, run: RunRecord, summary: Summary): Promise<void> {
  const { seconds } = summary;
  if (seconds === undefined) return;
  const key = historyKey(
    programIdentity(
      run.grid,
      Object.values(run.images).map(({ identity }) => identity),
    ),
  );
  const entry = {
    run: run.run,
    combinations: seconds.count,
    seconds: { low: seconds.lowerQuartile, median: seconds.median, high: seconds.upperQuartile },
    outputBytes: summary.outputs.bytes / Math.max(1, summary.states.succeeded),
    values: valuesOf(run.grid),
  };
  await keepDocument(store, key, historySchema, (present) => ({
    runs: [...(present?.runs ?? []).filter((one) => one.run !== run.run), entry].slice(-most),
  }));
}
