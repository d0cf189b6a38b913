import type { z } from 'zod';
import { RemoteError } from '../errors.ts';
import type { Store } from '../store/store.ts';

/** Bytes of one request. */
const blockBytes = 4 << 20;

/**
 * A JSONL object of the store, line by line, each checked by the schema: memory does not grow with its size.
 * Throws `RemoteError` when the object is missing, damaged or changes while it is read.
 */
export async function* readStoreLines<S extends z.ZodType>(
  store: Store,
  key: string,
  schema: S,
): AsyncGenerator<z.output<S>, void, undefined> {
  let number = 0;
  for await (const line of textLines(store, key)) {
    number += 1;
    yield parseLine(line, schema, () => `${store.url(key)}, line ${number}`);
  }
}

function parseLine<S extends z.ZodType>(line: string, schema: S, place: () => string): z.output<S> {
  try {
    return schema.parse(JSON.parse(line));
  } catch (cause) {
    throw fault(`${place()} is damaged, or was written by another version of Muster.`, cause);
  }
}

async function* textLines(store: Store, key: string): AsyncGenerator<string, void, undefined> {
  const stat = await store.stat(key);
  if (stat === undefined) throw fault(`${store.url(key)} is missing: was the run published?`);
  let rest: Uint8Array = new Uint8Array();
  for (let start = 0; start < stat.size; start += blockBytes) {
    const object = await store.get(key, { start, end: Math.min(start + blockBytes, stat.size) });
    if (object === undefined || object.version !== stat.version) {
      throw fault(`${store.url(key)} changed while it was read.`);
    }
    const bytes = Buffer.concat([rest, object.bytes]);
    let begin = 0;
    for (let end = bytes.indexOf(newline); end >= 0; end = bytes.indexOf(newline, begin)) {
      if (end > begin) yield bytes.toString('utf8', begin, end);
      begin = end + 1;
    }
    rest = bytes.subarray(begin);
  }
  if (rest.length > 0) yield Buffer.from(rest).toString('utf8');
}

/** UTF-8 never holds this byte inside a character, so lines may be cut before they are decoded. */
const newline = 0x0a;

function fault(message: string, cause?: unknown): RemoteError {
  return new RemoteError({ service: 'store', operation: 'get' }, message, { cause });
}
