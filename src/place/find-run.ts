import { ConfigurationError } from '../errors.ts';
import type { RunDeps } from '../run/deps.ts';
import { requireDocument } from '../run/documents.ts';
import { type RunRecord, runSchema } from '../run/records.ts';
import { allRuns } from '../run/runs.ts';
import { runKey } from '../store/keys.ts';
import { calledAs } from './called-as.ts';

/** The run a person means: its id, a beginning of it, the name of a grid (its newest run), or nothing (the newest). */
export async function findRun(deps: RunDeps, given: string | undefined): Promise<RunRecord> {
  if (given !== undefined && (await deps.store.stat(runKey(given))) !== undefined) {
    return (await requireDocument(deps.store, runKey(given), runSchema)).value;
  }
  const runs = await allRuns(deps);
  const matching =
    given === undefined ? runs : runs.filter(({ run, grid }) => run.startsWith(given) || grid.name === given);
  const newest = matching[0];
  if (newest !== undefined) return newest;
  throw new ConfigurationError({
    file: 'command line',
    message: given === undefined ? 'this store holds no run yet' : `no run matches \`${given}\``,
    fix:
      runs.length === 0
        ? `Start one: ${calledAs} run grids/<name>.yaml`
        : `Runs here: ${runs
            .slice(0, 8)
            .map(({ run }) => run)
            .join(', ')}`,
  });
}
