import { chmodSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type JobTable, openJobTable } from '../../src/engine/local/job-table.ts';
import { openGrid } from '../../src/place/grid-files.ts';
import { launchGrid } from '../../src/place/launch-grid.ts';
import { openWorkplace } from '../../src/place/workplace.ts';
import { watch } from '../../src/run/watch.ts';

/** A run that waits to be executed, in a repository of its own. */
export interface LaunchedRun {
  readonly root: string;
  readonly run: string;
  /** Of the only array. */
  readonly jobId: string;
  readonly table: JobTable;
  /** Of the local engine. */
  readonly engineFolder: string;
  readonly storeFolder: string;
}

/**
 * @param root an empty folder.
 * @param grid YAML without name, image and resources.
 */
export async function launchRun(root: string, grid: string): Promise<LaunchedRun> {
  for (const folder of ['grids', 'docker/bench/bin']) mkdirSync(join(root, folder), { recursive: true });
  writeFileSync(join(root, 'docker/bench/Dockerfile'), 'FROM scratch\n');
  writeFileSync(join(root, 'docker/bench/bin/work'), work);
  chmodSync(join(root, 'docker/bench/bin/work'), 0o755);
  const head = 'name: bench\nresources: { vcpus: 1, memory: 64 MiB, architecture: any, capacity: spot }\n';
  writeFileSync(join(root, 'grids/bench.yaml'), head + grid);
  const storeFolder = join(root, 'store');
  const launched = await launchBench(root, storeFolder);
  const engineFolder = join(root, '.muster/engine');
  const table = openJobTable(engineFolder);
  const [jobId, ...more] = table.ids();
  if (jobId === undefined || more.length > 0) throw new Error(`the run has ${table.ids().length} arrays`);
  return { root, run: launched, jobId, table, engineFolder, storeFolder };
}

async function launchBench(root: string, store: string): Promise<string> {
  await using place = await openWorkplace({ directory: root, store });
  const { loaded } = openGrid(root, 'bench');
  const launched = await launchGrid(place, loaded, {});
  if (launched.outcome === 'refused') throw new Error(launched.why);
  await watch(place.deps, launched.run.run, { publish: false });
  return launched.run.run;
}

/** Counts for as long as it is told, and writes a file. */
const work = `#!/bin/sh
awk 'BEGIN { for (i = 0; i < '"$1"'; i++) s += i; print s }' > "$2"
`;

export const workProgram = (root: string) => join(root, 'docker/bench/bin/work');

/** So that the same slice can be executed once more. */
export function forget({ storeFolder, run }: LaunchedRun): void {
  for (const part of [`runs/${run}/rounds/000/fragments`, `runs/${run}/outputs`]) {
    rmSync(join(storeFolder, part), { recursive: true, force: true });
  }
}
