import { inParallel } from '../in-parallel.ts';
import { activePrefix, publishedKey, publishedPrefix, runKey, stateKey } from '../store/keys.ts';
import type { Entry } from '../store/store.ts';
import type { RunDeps } from './deps.ts';
import { DamagedDocumentError, readDocument, requireDocument } from './documents.ts';
import {
  type PublishedRecord,
  publishedSchema,
  type RunRecord,
  runSchema,
  type StateRecord,
  stateSchema,
} from './records.ts';
import { storeWidth } from './settings.ts';

/** Runs that are on the work list or were published, newest first. */
export async function allRuns(deps: Pick<RunDeps, 'store' | 'log'>): Promise<readonly RunRecord[]> {
  const names = new Set<string>();
  for await (const { key } of deps.store.list(activePrefix)) names.add(key.slice(activePrefix.length));
  for await (const { key } of deps.store.list(publishedPrefix)) {
    names.add(key.slice(publishedPrefix.length, -'.json'.length));
  }
  const runs: RunRecord[] = [];
  const read = (name: string) => unlessDamaged(deps, () => readDocument(deps.store, runKey(name), runSchema));
  for await (const run of inParallel(names, storeWidth, read)) if (run !== undefined) runs.push(run.value);
  return runs.sort((one, other) => (one.createdAt < other.createdAt ? 1 : -1));
}

/** Every publication of the store. One that another version wrote or that is damaged is told of and left out. */
export async function* allPublished(deps: Pick<RunDeps, 'store' | 'log'>): AsyncGenerator<PublishedRecord> {
  const read = ({ key }: Entry) =>
    unlessDamaged(deps, () => requireDocument(deps.store, key, publishedSchema));
  for await (const published of inParallel(deps.store.list(publishedPrefix), storeWidth, read)) {
    if (published !== undefined) yield published.value;
  }
}

/** Where many documents are gone through, one that cannot be read must not hide the others. */
export async function unlessDamaged<T>(
  deps: Pick<RunDeps, 'log'>,
  read: () => Promise<T>,
): Promise<T | undefined> {
  try {
    return await read();
  } catch (error) {
    if (!(error instanceof DamagedDocumentError)) throw error;
    deps.log({ kind: 'left-out', why: error.message });
    return undefined;
  }
}

export async function readState(deps: Pick<RunDeps, 'store'>, run: string): Promise<StateRecord | undefined> {
  return (await readDocument(deps.store, stateKey(run), stateSchema))?.value;
}

export async function readPublished(
  deps: Pick<RunDeps, 'store'>,
  run: string,
): Promise<PublishedRecord | undefined> {
  return (await readDocument(deps.store, publishedKey(run), publishedSchema))?.value;
}
