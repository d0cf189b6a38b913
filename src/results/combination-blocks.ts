import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { z } from 'zod';
import { RemoteError } from '../errors.ts';
import type { Combination, Value } from '../grid/combination.ts';
import { inParallel } from '../in-parallel.ts';
import { combinationBlockKey, combinationsPerBlock } from '../store/keys.ts';
import type { Store } from '../store/store.ts';

/** Boundary of the store: a line of `combinations/`. Values are JSON, whatever the grid says. */
export const combinationSchema = z.object({
  index: z.number(),
  id: z.string(),
  label: z.string(),
  parameters: z.record(
    z.string(),
    z.custom<Value>((value) => value !== undefined),
  ),
  text: z.record(z.string(), z.string()),
});

/** Requests in flight. */
const width = 16;

/**
 * Copies a run's list of combinations into `directory`, each block read once from the store, so that it can be gone
 * through several times. Throws `RemoteError` when a block is missing.
 */
export async function localCombinations(
  store: Store,
  run: string,
  count: number,
  directory: string,
): Promise<() => AsyncIterable<Combination>> {
  const blocks = Array.from({ length: Math.ceil(count / combinationsPerBlock) }, (_, block) => ({
    key: combinationBlockKey(run, block),
    path: join(directory, `combinations-${String(block).padStart(5, '0')}.jsonl`),
  }));
  for await (const _ of inParallel(blocks, width, ({ key, path }) => copy(store, key, path)));
  return async function* combinations() {
    for (const { path } of blocks) {
      for (const line of readLines(path)) yield parseCombination(line);
      // Nothing here waits for anything: without a turn now and then neither signals nor collections get theirs.
      if (blocks.length > 1) await setImmediate();
    }
  };
}

async function copy(store: Store, key: string, path: string): Promise<void> {
  if (await store.getFile(key, path)) return;
  throw new RemoteError(
    { service: 'store', operation: 'getFile' },
    `${store.url(key)} is missing: the run's list of combinations is incomplete, so nothing can be merged.`,
  );
}

/**
 * Line by line, each decoded when it is its turn: what lives as long as a whole block outlives two collections of
 * young memory, and a merge of a million combinations would take a hundred MiB more.
 */
function* readLines(path: string): Generator<string, void, undefined> {
  const bytes = readFileSync(path);
  let begin = 0;
  for (let end = bytes.indexOf(newline); end >= 0; end = bytes.indexOf(newline, begin)) {
    if (end > begin) yield bytes.toString('utf8', begin, end);
    begin = end + 1;
  }
  if (begin < bytes.length) yield bytes.toString('utf8', begin);
}

/** UTF-8 never holds this byte inside a character, so lines may be cut before they are decoded. */
const newline = 0x0a;

/** Our own launch wrote the line, create-only; a glance at it tells a list of combinations from something else. */
function parseCombination(line: string): Combination {
  const value: Combination = JSON.parse(line);
  const { index, id, label, parameters, text } = value;
  const good =
    typeof index === 'number' &&
    typeof id === 'string' &&
    typeof label === 'string' &&
    isRecord(parameters) &&
    isRecord(text);
  return good ? value : combinationSchema.parse(value);
}

const isRecord = (value: unknown) => typeof value === 'object' && value !== null;
