import type { Reused } from '../results/merge-run.ts';
import { readReusable } from '../results/read-merged.ts';
import { combinationsPerBlock, reusedBlockKey } from '../store/keys.ts';
import type { RunDeps } from './deps.ts';
import { putLines, readLines } from './lines.ts';
import { type ReusedRecord, reusedSchema } from './records.ts';

/** Which combinations a run takes over from published runs: a list in blocks, named by its digest. */

export async function writeReused(
  deps: Pick<RunDeps, 'store'>,
  runId: string,
  sha256: string,
  records: readonly ReusedRecord[],
): Promise<void> {
  for (let start = 0; start < records.length; start += combinationsPerBlock) {
    const lines = records.slice(start, start + combinationsPerBlock);
    const key = reusedBlockKey(runId, sha256, start / combinationsPerBlock);
    await putLines(deps.store, key, { lines, version: undefined });
  }
}

/** The outcomes taken over, source run by source run. */
export async function* readReused(
  deps: Pick<RunDeps, 'store'>,
  runId: string,
  sha256: string,
): AsyncGenerator<Reused> {
  const bySource = new Map<string, Map<number, number[]>>();
  for (const record of await readRecords(deps, runId, sha256)) {
    const place = `${record.run}\n${record.sha256}`;
    const source = bySource.get(place) ?? new Map<number, number[]>();
    bySource.set(place, source.set(record.from, [...(source.get(record.from) ?? []), record.index]));
  }
  for (const [place, wanted] of bySource) {
    const [run = '', merged = ''] = place.split('\n');
    for await (const { from, outcome } of readReusable(
      deps.store,
      { run, sha256: merged },
      new Set(wanted.keys()),
    )) {
      for (const index of wanted.get(from) ?? []) yield { index, outcome };
    }
  }
}

async function readRecords(
  deps: Pick<RunDeps, 'store'>,
  runId: string,
  sha256: string,
): Promise<readonly ReusedRecord[]> {
  const records: ReusedRecord[] = [];
  for (let block = 0; ; block++) {
    const { lines, version } = await readLines(
      deps.store,
      reusedBlockKey(runId, sha256, block),
      reusedSchema,
    );
    if (version === undefined) return records;
    records.push(...lines);
  }
}
