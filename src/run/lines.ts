import type { z } from 'zod';
import { absent, ifVersion, type PutOutcome, type Store, type Version } from '../store/store.ts';

/** Files of the store with one JSON document a line: parsed by its schema at every read, replaced as a whole. */
export interface Lines<T> {
  readonly lines: readonly T[];
  /** Of the file; absent when there is none. */
  readonly version: Version | undefined;
}

export async function readLines<S extends z.ZodType>(
  store: Store,
  key: string,
  schema: S,
): Promise<Lines<z.output<S>>> {
  const object = await store.get(key);
  if (object === undefined) return { lines: [], version: undefined };
  const lines = new TextDecoder()
    .decode(object.bytes)
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => schema.parse(JSON.parse(line)));
  return { lines, version: object.version };
}

/** In the place of what was read; a conflict when another writer was first. */
export function putLines(store: Store, key: string, { lines, version }: Lines<unknown>): Promise<PutOutcome> {
  const text = lines.map((line) => `${JSON.stringify(line)}\n`).join('');
  return store.put(key, text, version === undefined ? absent : ifVersion(version));
}
