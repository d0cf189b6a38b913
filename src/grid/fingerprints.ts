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

/** A quick 64-bit hash of text as two halves (cyrb64 by bryc, public domain). */
export function fingerprint(text: string): readonly [high: number, low: number] {
  let high = 0xdeadbeef;
  let low = 0x41c6ce57;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    high = Math.imul(high ^ code, 0x9e3779b1);
    low = Math.imul(low ^ code, 0x5f356495);
  }
  high = Math.imul(high ^ (high >>> 16), 0x85ebca6b) ^ Math.imul(low ^ (low >>> 13), 0xc2b2ae35);
  low = Math.imul(low ^ (low >>> 16), 0x85ebca6b) ^ Math.imul(high ^ (high >>> 13), 0xc2b2ae35);
  return [high >>> 0, low >>> 0];
}
