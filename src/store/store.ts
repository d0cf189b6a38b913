/**
 * Where state and outputs live. Keys are `/`-separated, without a leading `/`, `.` or `..` parts.
 * Every implementation retries passing faults inside and throws `RemoteError` for the rest.
 */
export interface Store {
  /** `file:///path` or `s3://bucket/prefix`; identifies the store, no trailing `/`. */
  readonly location: string;

  /** The object, or a part of it; `undefined` when there is none. `end` is exclusive. */
  get(
    key: string,
    range?: { readonly start: number; readonly end: number },
  ): Promise<StoredObject | undefined>;

  /**
   * Writes all bytes or nothing, if the condition holds: create-only (`absent`), or compare-and-swap on the
   * version last read. Never overwrites unconditionally. A writer that finds its own earlier write (same bytes,
   * after a lost answer) is told `written`. Strongly consistent: a following get or list sees it.
   */
  put(key: string, bytes: Uint8Array | string, condition: PutCondition): Promise<PutOutcome>;

  /** Create-only copy of a local file of any size; its SHA-256 is recorded and returned by `stat`. */
  putFile(key: string, path: string): Promise<PutFileOutcome>;

  /** Streams an object into a new local file, whose folder exists. False when there is no such object. */
  getFile(key: string, path: string): Promise<boolean>;

  stat(key: string): Promise<Stat | undefined>;

  /** All objects whose key starts with `prefix`, in the order of their keys' UTF-8 bytes, streamed in pages. */
  list(prefix: string, options?: { readonly after?: string }): AsyncIterable<Entry>;

  /** Deletes if the version is still the given one; false when it is not or the object is gone. Idempotent. */
  delete(key: string, version: Version): Promise<boolean>;

  /** A link a person can open or paste. */
  url(key: string): string;
}

/** Opaque; equal versions of one key mean equal bytes. */
export type Version = string;

export interface StoredObject {
  readonly bytes: Uint8Array;
  readonly version: Version;
}

export type PutCondition =
  | { readonly kind: 'absent' }
  | { readonly kind: 'version'; readonly version: Version };

export type PutOutcome =
  | { readonly outcome: 'written'; readonly version: Version }
  | { readonly outcome: 'conflict' };

export type PutFileOutcome =
  | { readonly outcome: 'written'; readonly version: Version; readonly size: number; readonly sha256: string }
  | { readonly outcome: 'conflict' };

export interface Stat {
  /** Bytes. */
  readonly size: number;
  readonly version: Version;
  /** 64 hex digits; known for objects written by `putFile`. */
  readonly sha256?: string;
}

export interface Entry {
  readonly key: string;
  /** Bytes. */
  readonly size: number;
  readonly version: Version;
}

export const absent: PutCondition = { kind: 'absent' };
export const ifVersion = (version: Version): PutCondition => ({ kind: 'version', version });
