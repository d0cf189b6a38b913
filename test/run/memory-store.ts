import { createHash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { checkKey, checkPrefix } from '../../src/store/key-rule.ts';
import type { Entry, PutCondition, Store, StoredObject } from '../../src/store/store.ts';

interface Kept {
  readonly bytes: Uint8Array;
  readonly version: string;
  readonly sha256?: string;
}

/** A store for thousands of stories: nothing touches a disk. It passes the contract's suite. */
export class MemoryStore implements Store {
  readonly location = 'file:///memory';
  readonly #objects = new Map<string, Kept>();
  #versions = 0;

  async get(
    key: string,
    range?: { readonly start: number; readonly end: number },
  ): Promise<StoredObject | undefined> {
    checkKey(key);
    const kept = this.#objects.get(key);
    if (kept === undefined) return undefined;
    const { bytes, version } = kept;
    return { bytes: range === undefined ? bytes : bytes.slice(range.start, range.end), version };
  }

  async put(key: string, bytes: Uint8Array | string, condition: PutCondition) {
    checkKey(key);
    const given = typeof bytes === 'string' ? new TextEncoder().encode(bytes) : bytes.slice();
    const kept = this.#objects.get(key);
    const holds = condition.kind === 'absent' ? kept === undefined : kept?.version === condition.version;
    if (holds) return { outcome: 'written', version: this.#keep(key, { bytes: given }) } as const;
    // An own write whose answer was lost.
    if (condition.kind === 'absent' && kept !== undefined && Buffer.compare(kept.bytes, given) === 0) {
      return { outcome: 'written', version: kept.version } as const;
    }
    return { outcome: 'conflict' } as const;
  }

  async putFile(key: string, path: string) {
    checkKey(key);
    const bytes = new Uint8Array(await readFile(path));
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    const kept = this.#objects.get(key);
    if (kept !== undefined && Buffer.compare(kept.bytes, bytes) !== 0)
      return { outcome: 'conflict' } as const;
    const version = kept?.version ?? this.#keep(key, { bytes, sha256 });
    return { outcome: 'written', version, size: bytes.length, sha256 } as const;
  }

  #keep(key: string, kept: Omit<Kept, 'version'>): string {
    this.#versions += 1;
    const version = String(this.#versions);
    this.#objects.set(key, { ...kept, version });
    return version;
  }

  async getFile(key: string, path: string): Promise<boolean> {
    checkKey(key);
    const kept = this.#objects.get(key);
    if (kept === undefined) return false;
    await writeFile(path, kept.bytes);
    return true;
  }

  async stat(key: string) {
    checkKey(key);
    const kept = this.#objects.get(key);
    if (kept === undefined) return undefined;
    const { bytes, version, sha256 } = kept;
    return { size: bytes.length, version, ...(sha256 !== undefined && { sha256 }) };
  }

  async *list(prefix: string, options: { readonly after?: string } = {}): AsyncGenerator<Entry> {
    checkPrefix(prefix);
    const { after } = options;
    const keys = [...this.#objects.keys()]
      .filter((key) => key.startsWith(prefix) && (after === undefined || byBytes(key, after) > 0))
      .sort(byBytes);
    for (const key of keys) {
      const kept = this.#objects.get(key);
      if (kept !== undefined) yield { key, size: kept.bytes.length, version: kept.version };
    }
  }

  async delete(key: string, version: string): Promise<boolean> {
    checkKey(key);
    return this.#objects.get(key)?.version === version && this.#objects.delete(key);
  }

  url(key: string): string {
    return `${this.location}/${key}`;
  }
}

const byBytes = (one: string, other: string) => Buffer.compare(Buffer.from(one), Buffer.from(other));
