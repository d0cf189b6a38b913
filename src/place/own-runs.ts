import type { RunDeps } from '../run/deps.ts';
import { readDocument } from '../run/documents.ts';
import { foreignRun } from '../run/own-engine.ts';
import { runSchema } from '../run/records.ts';
import { unlessDamaged } from '../run/runs.ts';
import { activeRuns } from '../run/watch.ts';
import { runKey } from '../store/keys.ts';

/** All active runs; those of another engine are said and left to it. */
export async function ownRuns(deps: RunDeps, say: (line: string) => void): Promise<readonly string[]> {
  const own: string[] = [];
  for await (const run of activeRuns(deps)) {
    // One that cannot be read is tried, and fails, by itself: the others must be looked at all the same.
    const record = await unlessDamaged(deps, () => readDocument(deps.store, runKey(run), runSchema));
    const foreign = record === undefined ? undefined : foreignRun(deps, record.value);
    if (foreign === undefined) own.push(run);
    else say(foreign.message);
  }
  return own;
}
