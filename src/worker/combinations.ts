import type { Combination } from '../grid/combination.ts';
import type { Ranges } from '../plan/plan.ts';
import { combinationBlockKey, combinationsPerBlock } from '../store/keys.ts';
import type { Store } from '../store/store.ts';
import { RecordError } from './read-record.ts';

/** The combinations of the ranges, in order. Each block is read once and only its needed lines are parsed. */
export async function readCombinations(
  store: Store,
  run: string,
  ranges: Ranges,
): Promise<readonly Combination[]> {
  const found: Combination[] = [];
  let block: { readonly number: number; readonly lines: readonly string[] } | undefined;
  for (const [start, end] of ranges) {
    for (let index = start; index < end; index += 1) {
      const number = Math.floor(index / combinationsPerBlock);
      if (block?.number !== number) block = { number, lines: await readBlock(store, run, number) };
      found.push(parseLine(block.lines[index % combinationsPerBlock], index));
    }
  }
  return found;
}

async function readBlock(store: Store, run: string, number: number): Promise<readonly string[]> {
  const key = combinationBlockKey(run, number);
  const object = await store.get(key);
  if (object === undefined) throw new RecordError(`${key} is not in the store`);
  return Buffer.from(object.bytes).toString('utf8').split('\n');
}

function parseLine(line: string | undefined, index: number): Combination {
  // Our own launch wrote the line, one combination each, and never changes it.
  const combination = line === undefined || line === '' ? undefined : (JSON.parse(line) as Combination);
  if (combination?.index !== index) throw new RecordError(`combination ${index} is not where it should be`);
  return combination;
}
