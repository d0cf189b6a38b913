import { ConfigurationError } from '../errors.ts';
import type { RunDeps } from '../run/deps.ts';
import { requireDocument } from '../run/documents.ts';
import { type RunRecord, runSchema } from '../run/records.ts';
import { allRuns } from '../run/runs.ts';
import { runKey } from '../store/keys.ts';
import { calledAs } from './called-as.ts';

/**
 * The run a person means: its id, the name of a grid (its newest run), the beginning of one id and no other, or nothing
 * (the newest).
 */
export async function findRun(deps: RunDeps, given: string | undefined): Promise<RunRecord> {
  if (given !== undefined && (await deps.store.stat(runKey(given))) !== undefined) {
    return (await requireDocument(deps.store, runKey(given), runSchema)).value;
  }
  const runs = await allRuns(deps);
  const named = given === undefined ? runs : runs.filter(({ grid }) => grid.name === given);
  const begun = given === undefined ? [] : runs.filter(({ run }) => run.startsWith(given));
  const [found] = named.length > 0 ? named : begun;
  if (found === undefined) throw noRun(runs, given);
  // What spends or stops must not guess.
  if (named.length === 0 && begun.length > 1) {
    const message = `\`${given}\` is the beginning of ${begun.length} runs`;
    throw new ConfigurationError({ file: 'command line', message, fix: `Say which: ${list(begun)}` });
  }
  return found;
}

function noRun(runs: readonly RunRecord[], given: string | undefined): ConfigurationError {
  return new ConfigurationError({
    file: 'command line',
    message: given === undefined ? 'this store holds no run yet' : `no run matches \`${given}\``,
    fix: runs.length === 0 ? `Start one: ${calledAs} run grids/<name>.yaml` : `Runs here: ${list(runs)}`,
  });
}

const list = (runs: readonly RunRecord[]) =>
  runs
    .slice(0, 8)
    .map(({ run }) => run)
    .join(', ');
