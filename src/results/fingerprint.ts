import type { Combination } from '../grid/combination.ts';

/**
 * Ids and labels of all combinations in 8 bytes each, to notice a fragment that speaks of another plan. FNV-1a with two
 * offsets: a guard against mix-ups, not against forgery (a forger would simply write the right id).
 */
export interface Fingerprints {
  readonly count: number;
  matches(index: number, id: string, label: string): boolean;
}

const offsets = [0x811c9dc5, 0x050c5d1f] as const;

/** Reads all combinations once; throws when they are not exactly `count`, in index order. */
export async function fingerprintAll(
  combinations: AsyncIterable<Combination> | Iterable<Combination>,
  count: number,
  visit: (combination: Combination) => void,
): Promise<Fingerprints> {
  const first = new Uint32Array(count);
  const second = new Uint32Array(count);
  let next = 0;
  for await (const combination of combinations) {
    if (combination.index !== next || next >= count) {
      throw new Error(`combination ${next} of ${count} expected, found index ${combination.index}`);
    }
    first[next] = fnv(offsets[0], combination.id, combination.label);
    second[next] = fnv(offsets[1], combination.id, combination.label);
    visit(combination);
    next += 1;
  }
  if (next !== count) throw new Error(`${count} combinations expected, found ${next}`);
  return {
    count,
    matches: (index, id, label) =>
      first[index] === fnv(offsets[0], id, label) && second[index] === fnv(offsets[1], id, label),
  };
}

function fnv(offset: number, id: string, label: string): number {
  return mix(mix(mix(offset, id), '\n'), label) >>> 0;
}

function mix(seed: number, text: string): number {
  let hash = seed;
  for (let at = 0; at < text.length; at += 1) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  return hash;
}
