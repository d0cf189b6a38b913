import { z } from 'zod';
import type { Store } from '../store/store.ts';

/** A document of the store that is missing or not what it should be: another attempt will not find it better. */
export class RecordError extends Error {
  override readonly name = 'RecordError';
}

/** A JSON document of the store; `undefined` when there is none. Throws `RecordError` when it does not parse. */
export async function readRecord<S extends z.ZodType>(
  store: Store,
  key: string,
  schema: S,
): Promise<z.infer<S> | undefined> {
  const object = await store.get(key);
  if (object === undefined) return undefined;
  try {
    return schema.parse(JSON.parse(Buffer.from(object.bytes).toString('utf8')));
  } catch (error) {
    const why = error instanceof z.ZodError ? z.prettifyError(error) : String(error);
    throw new RecordError(`${store.url(key)} cannot be read as a record: ${why}`, { cause: error });
  }
}
