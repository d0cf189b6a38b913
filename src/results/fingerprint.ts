import type { Combination } from '../grid/combination.ts';
import { letGo } from './flat-arrays.ts';

/**
 * Ids and labels of all combinations in 8 bytes each, to notice a fragment that speaks of another plan. FNV-1a with two
 * offsets, 52 bits of them: a guard against mix-ups, not against forgery (a forger would simply write the right id).
 */
export interface Fingerprints extends Disposable {
  readonly count: number;
  matches(index: number, id: string, label: string): boolean;
}

/** Reads all combinations once; throws when they are not exactly `count`, in index order. */
export async function fingerprintAll(
  combinations: AsyncIterable<Combination> | Iterable<Combination>,
  count: number,
  visit: (combination: Combination) => void,
): Promise<Fingerprints> {
  const prints = new Float64Array(count);
  let next = 0;
  for await (const combination of combinations) {
    if (combination.index !== next || next >= count) {
      throw new Error(`combination ${next} of ${count} expected, found index ${combination.index}`);
    }
    prints[next] = fingerprint(combination.id, combination.label);
    visit(combination);
    next += 1;
  }
  if (next !== count) throw new Error(`${count} combinations expected, found ${next}`);
  return {
    count,
    matches: (index, id, label) => prints[index] === fingerprint(id, label),
    [Symbol.dispose]: () => letGo([prints]),
  };
}

/** Both hashes in one pass over the text; a number holds 52 bits exactly. */
function fingerprint(id: string, label: string): number {
  const text = `${id}\n${label}`;
  let first = 0x811c9dc5;
  let second = 0x050c5d1f;
  for (let at = 0; at < text.length; at += 1) {
    const unit = text.charCodeAt(at);
    first = Math.imul(first ^ unit, 0x01000193);
    second = Math.imul(second ^ unit, 0x01000193);
  }
  return (first >>> 0) * 2 ** 20 + (second >>> 12);
}
