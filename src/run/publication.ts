import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { RemoteError } from '../errors.ts';
import { Summariser, type Summary, withBill } from '../report/summary.ts';
import { AttemptsSeen } from '../results/attempts-seen.ts';
import { fileDigest } from '../results/file-digest.ts';
import type { MergeReport } from '../results/merge.ts';
import type { Outcome } from '../results/outcome.ts';
import { readOutcomes } from '../results/read-merged.ts';
import { type MergedFile, type MergedSet, mergedFiles, writeMerged } from '../results/write-merged.ts';
import { mergedPrefix, publishedKey } from '../store/keys.ts';
import { billOf } from './bill.ts';
import { classOfCombination } from './classes.ts';
import type { RunDeps } from './deps.ts';
import { requireDocument } from './documents.ts';
import { mergeOutcomes } from './merge-outcomes.ts';
import type { ArrayAt } from './observe.ts';
import { publishedSchema, type RunRecord } from './records.ts';
import type { Started } from './start.ts';

/** What a publication shows, with its files on this machine. */
export interface Publication {
  readonly started: Started;
  readonly summary: Summary;
  readonly set: MergedSet;
  readonly unreadable: MergeReport['unreadable'];
  /** ISO 8601, of the newest fragment. */
  readonly endedAt: string;
}

/** Runs `work` with a folder of its own for the files of a publication. */
export async function withFolder<T>(deps: RunDeps, work: (folder: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(deps.scratch, 'publish-'));
  try {
    return await work(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Merges what there is and writes the merged set into the folder. */
export async function mergePublication(
  deps: RunDeps,
  started: Started,
  arrays: readonly ArrayAt[],
  folder: string,
): Promise<Publication & { readonly fragments: number }> {
  const summariser = summariserOf(started.run);
  // The merge is let go before the summary is made: both hold tens of bytes a combination.
  const { bill, ...written } = await writePublication(deps, started, arrays, { folder, summariser });
  return { started, summary: withBill(summariser.finish(), bill), ...written };
}

async function writePublication(
  deps: RunDeps,
  started: Started,
  arrays: readonly ArrayAt[],
  { folder, summariser }: { readonly folder: string; readonly summariser: Summariser },
) {
  const { run } = started;
  const seen = new AttemptsSeen();
  using merge = await mergeOutcomes(deps, started, arrays, (fragment) => seen.add(fragment));
  const report = merge.report();
  const bill = await billOf(deps, started, arrays, seen);
  const set = await writeMerged({
    outcomes: summarised(merge.outcomes(), summariser),
    report,
    run: {
      id: run.run,
      grid: run.grid.name,
      commit: run.provenance.commit,
      createdAt: run.createdAt,
      outputRules: run.grid.program.outputs,
      results: Object.keys(run.grid.program.results),
    },
    cost: bill,
    url: (key) => deps.store.url(key),
    directory: folder,
  });
  const endedAt = report.creationTime ?? run.createdAt;
  return { set, bill, unreadable: report.unreadable, endedAt, fragments: report.fragments.length };
}

/** A publication as it stands in the store. Fragments that came later are not in it. */
export async function readPublication(
  deps: RunDeps,
  started: Started,
  sha256: string,
  folder: string,
): Promise<Publication> {
  const { run } = started;
  const summariser = summariserOf(run);
  for await (const outcome of readOutcomes(deps.store, { run: run.run, sha256 })) summariser.add(outcome);
  const files: MergedFile[] = [];
  for (const name of Object.values(mergedFiles).sort()) {
    files.push(await fetchMerged(deps, `${mergedPrefix(run.run, sha256)}${name}`, name, folder));
  }
  const published = await requireDocument(deps.store, publishedKey(run.run), publishedSchema);
  const { unreadable, endedAt, bill } = published.value;
  const summary = withBill(summariser.finish(), bill);
  return { started, summary, set: { sha256, files }, unreadable, endedAt };
}

async function fetchMerged(deps: RunDeps, key: string, name: string, folder: string): Promise<MergedFile> {
  const path = join(folder, name);
  const stat = await deps.store.stat(key);
  if (stat === undefined || !(await deps.store.getFile(key, path))) {
    const message = `${deps.store.url(key)} of a published run is missing. Was it deleted by hand?`;
    throw new RemoteError({ service: 'store', operation: 'getFile' }, message);
  }
  return { name, path, size: stat.size, sha256: await fileDigest(path) };
}

function summariserOf(run: RunRecord): Summariser {
  const results = Object.keys(run.grid.program.results);
  const rows = run.combinations;
  return new Summariser({ run: run.run, axes: run.axes, results, rows, classOf: classOfCombination(run) });
}

async function* summarised(
  outcomes: AsyncIterable<Outcome>,
  summariser: Summariser,
): AsyncGenerator<Outcome> {
  for await (const outcome of outcomes) {
    summariser.add(outcome);
    yield outcome;
  }
}
