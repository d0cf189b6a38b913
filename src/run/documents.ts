import type { z } from 'zod';
import { RemoteError } from '../errors.ts';
import { absent, ifVersion, type Store, type Version } from '../store/store.ts';

/** JSON documents of the store: parsed by their schema at every read, changed by compare-and-swap. */

export interface Document<T> {
  readonly value: T;
  readonly version: Version;
}

export async function readDocument<S extends z.ZodType>(
  store: Store,
  key: string,
  schema: S,
): Promise<Document<z.output<S>> | undefined> {
  const object = await store.get(key);
  if (object === undefined) return undefined;
  return {
    value: parseDocument(store, key, new TextDecoder().decode(object.bytes), schema),
    version: object.version,
  };
}

/** The document, or an error that names it: for those that cannot be missing. */
export async function requireDocument<S extends z.ZodType>(
  store: Store,
  key: string,
  schema: S,
): Promise<Document<z.output<S>>> {
  const document = await readDocument(store, key, schema);
  if (document !== undefined) return document;
  throw new RemoteError(
    { service: 'store', operation: 'get' },
    `${store.url(key)} is missing. Was it deleted by hand, or is this the wrong store?`,
  );
}

function parseDocument<S extends z.ZodType>(store: Store, key: string, text: string, schema: S): z.output<S> {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    throw damaged(store, key, 'it is not JSON', cause);
  }
  const parsed = schema.safeParse(json);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  throw damaged(store, key, `${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'unknown'}`, parsed.error);
}

/** A document that is there and cannot be used. */
export class DamagedDocumentError extends RemoteError {}

const damaged = (store: Store, key: string, why: string, cause: unknown) =>
  new DamagedDocumentError(
    { service: 'store', operation: 'get' },
    `${store.url(key)} is damaged or was written by another version of Muster: ${why}`,
    { cause },
  );

/** Create-only; false when it was there before (with other content). */
export async function createDocument(store: Store, key: string, value: unknown): Promise<boolean> {
  return (await store.put(key, encode(value), absent)).outcome === 'written';
}

/** One compare-and-swap; `undefined` when another writer was first. */
export async function swapDocument<T>(
  store: Store,
  key: string,
  version: Version,
  value: T,
): Promise<Document<T> | undefined> {
  const put = await store.put(key, encode(value), ifVersion(version));
  return put.outcome === 'written' ? { value, version: put.version } : undefined;
}

/**
 * Reads, changes and swaps until the swap holds. `change` returns the next value, or `undefined` to leave it; it is
 * called again with what another writer wrote, so it must be pure.
 */
export async function changeDocument<S extends z.ZodType>(
  store: Store,
  key: string,
  schema: S,
  change: (value: z.output<S>) => z.output<S> | undefined,
): Promise<Document<z.output<S>>> {
  for (;;) {
    const current = await requireDocument(store, key, schema);
    const next = change(current.value);
    if (next === undefined) return current;
    const swapped = await swapDocument(store, key, current.version, next);
    if (swapped !== undefined) return swapped;
  }
}

/**
 * The same for a document that need not be there: `change` is given `undefined` then, and what it returns is created.
 * Ends without a write when it returns `undefined`.
 */
export async function keepDocument<S extends z.ZodType>(
  store: Store,
  key: string,
  schema: S,
  change: (value: z.output<S> | undefined) => z.output<S> | undefined,
): Promise<void> {
  for (;;) {
    const current = await readDocument(store, key, schema);
    const next = change(current?.value);
    if (next === undefined) return;
    const written =
      current === undefined
        ? await createDocument(store, key, next)
        : (await swapDocument(store, key, current.version, next)) !== undefined;
    if (written) return;
  }
}

const encode = (value: unknown) => `${JSON.stringify(value, null, 1)}\n`;
