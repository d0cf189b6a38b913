import { hash } from 'node:crypto';

/**
 * Remembers which 64-bit fingerprints were seen and where, in 15 bytes each: a million labels would take a hundred
 * megabytes as text. Two texts share a fingerprint once in 10^7 grids of a million, so a hit is to be confirmed.
 */
export interface Fingerprints {
  /** The index stored with an equal fingerprint before, or -1 after storing this one. */
  add(high: number, low: number, index: number): number;
}

/** For at most `most` entries: growing on the way would hold the old table beside the new one. */
export function fingerprints(most: number): Fingerprints {
  const capacity = Math.ceil(most * 1.25) + 8;
  const keys = new Uint32Array(capacity * 2);
  const indexes = new Int32Array(capacity).fill(-1);
  return {
    add(high, low, index) {
      let at = ((high ^ Math.imul(low, 0x9e3779b1)) >>> 0) % capacity;
      for (;;) {
        const found = indexes[at] ?? -1;
        if (found === -1) break;
        if (keys[at * 2] === high >>> 0 && keys[at * 2 + 1] === low >>> 0) return found;
        at = at + 1 === capacity ? 0 : at + 1;
      }
      keys[at * 2] = high;
      keys[at * 2 + 1] = low;
      indexes[at] = index;
      return -1;
    },
  };
}

/** 64 bits of the SHA-1 of a text as two halves. */
export function fingerprint(text: string): readonly [high: number, low: number] {
  const digest = hash('sha1', text, 'hex');
  return [Number.parseInt(digest.slice(0, 8), 16), Number.parseInt(digest.slice(8, 16), 16)];
}
