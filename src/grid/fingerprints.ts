/**
 * Remembers which 64-bit fingerprints were seen and where, in 12 bytes each at most twice: a million labels would
 * take a hundred megabytes as text. Two texts share a fingerprint once in 10^7 grids of a million, so a hit is to
 * be confirmed.
 */
export interface Fingerprints {
  /** The index stored with an equal fingerprint before, or -1 after storing this one. */
  add(high: number, low: number, index: number): number;
}

export function fingerprints(): Fingerprints {
  let capacity = 1 << 10;
  let used = 0;
  let keys = new Uint32Array(capacity * 2);
  let indexes = new Int32Array(capacity).fill(-1);

  const insert = (high: number, low: number, index: number): number => {
    let at = (high ^ Math.imul(low, 0x9e3779b1)) & (capacity - 1);
    for (;;) {
      const found = indexes[at] ?? -1;
      if (found === -1) break;
      if (keys[at * 2] === high >>> 0 && keys[at * 2 + 1] === low >>> 0) return found;
      at = (at + 1) & (capacity - 1);
    }
    keys[at * 2] = high;
    keys[at * 2 + 1] = low;
    indexes[at] = index;
    used += 1;
    return -1;
  };

  const grow = () => {
    const [oldKeys, oldIndexes] = [keys, indexes];
    capacity *= 2;
    used = 0;
    keys = new Uint32Array(capacity * 2);
    indexes = new Int32Array(capacity).fill(-1);
    for (let at = 0; at < oldIndexes.length; at += 1) {
      if (oldIndexes[at] !== -1) insert(oldKeys[at * 2] ?? 0, oldKeys[at * 2 + 1] ?? 0, oldIndexes[at] ?? 0);
    }
  };

  return {
    add(high, low, index) {
      if (used * 4 >= capacity * 3) grow();
      return insert(high, low, index);
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
