import { activePrefix, publishedKey, publishedPrefix, runKey, stateKey } from '../store/keys.ts';
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

/** Runs that are on the work list or were published, newest first. */
export async function allRuns(deps: Pick<RunDeps, 'store' | 'log'>): Promise<readonly RunRecord[]> {
  const names = new Set<string>();
  for await (const { key } of deps.store.list(activePrefix)) names.add(key.slice(activePrefix.length));
  for await (const { key } of deps.store.list(publishedPrefix)) {
    names.add(key.slice(publishedPrefix.length, -'.json'.length));
  }
  const runs: RunRecord[] = [];
  for (const name of names) {
    const run = await unlessDamaged(deps, () => readDocument(deps.store, runKey(name), runSchema));
    if (run !== undefined) runs.push(run.value);
  }
  return runs.sort((one, other) => (one.createdAt < other.createdAt ? 1 : -1));
}

/** Every publication of the store. One that another version wrote or that is damaged is told of and left out. */
export async function* allPublished(deps: Pick<RunDeps, 'store' | 'log'>): AsyncGenerator<PublishedRecord> {
  for await (const { key } of deps.store.list(publishedPrefix)) {
    const published = await unlessDamaged(deps, () => requireDocument(deps.store, key, publishedSchema));
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
