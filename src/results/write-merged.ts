import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { RemoteError } from '../errors.ts';
import type { OutputRule } from '../grid/grid.ts';
import { mergedPrefix } from '../store/keys.ts';
import type { Store } from '../store/store.ts';
import { openCombinationsCsv } from './combinations-csv.ts';
import { type DigestFile, openDigestFile } from './digest-file.ts';
import { openEnsembleMetadata } from './ensemble-metadata.ts';
import { objectDigest } from './file-digest.ts';
import { manifestLines } from './manifest.ts';
import type { MergeReport } from './merge.ts';
import type { Outcome } from './outcome.ts';
import { compareText } from './verdict.ts';
import { workLine } from './work-index.ts';

/** Names of the files of a merged set. */
export const mergedFiles = {
  metadata: 'ensemble_metadata.json',
  manifest: 'manifest.jsonl',
  combinations: 'combinations.csv',
  outcomes: 'outcomes.jsonl',
  workIndex: 'work-index.jsonl',
} as const;

export interface MergedFile {
  readonly name: string;
  /** On this machine. */
  readonly path: string;
  /** Bytes. */
  readonly size: number;
  readonly sha256: string;
}

export interface MergedSet {
  /** Over the names and digests of all files: equal sets have equal digests. */
  readonly sha256: string;
  /** Sorted by name. */
  readonly files: readonly MergedFile[];
}

export interface WriteMergedInput {
  readonly outcomes: AsyncIterable<Outcome>;
  readonly report: MergeReport;
  readonly run: {
    readonly id: string;
    readonly grid: string;
    readonly commit: string | null;
    /** ISO 8601; stands in for the creation time when there is no fragment. */
    readonly createdAt: string;
    readonly outputRules: readonly OutputRule[];
    /** Names of `results:` in written order. */
    readonly results: readonly string[];
  };
  /** What the whole run cost, attempts that became no outcome included. */
  readonly cost?: Readonly<Record<string, unknown>>;
  /** A link for a key of the store. */
  readonly url: (key: string) => string;
  /** An existing local folder without files of these names. */
  readonly directory: string;
}

/** Goes through the outcomes once and writes all files of the merged set beside each other. */
export async function writeMerged(input: WriteMergedInput): Promise<MergedSet> {
  const { directory, report, run, cost, url } = input;
  const path = (name: string) => join(directory, name);
  const { counts, versions, unreadable } = report;
  const metadata = openEnsembleMetadata(path(mergedFiles.metadata), {
    ...{ run: run.id, grid: run.grid, commit: run.commit, outputRules: run.outputRules },
    creationTime: report.creationTime ?? run.createdAt,
    sourceFiles: report.fragments,
    locate: ({ key }) => url(key),
    more: { counts, versions, unreadable, ...(cost && { cost }) },
  });
  const columns = { parameters: report.parameters, results: run.results };
  const csv = openCombinationsCsv(path(mergedFiles.combinations), columns);
  const manifest = openDigestFile(path(mergedFiles.manifest));
  const outcomes = openDigestFile(path(mergedFiles.outcomes));
  const works = openDigestFile(path(mergedFiles.workIndex));

  for await (const outcome of input.outcomes) {
    metadata.add(outcome);
    csv.add(outcome);
    for (const line of manifestLines(outcome)) writeLine(manifest, line);
    writeLine(outcomes, outcome);
    const work = workLine(outcome);
    if (work !== undefined) writeLine(works, work);
  }

  return setOf(directory, {
    [mergedFiles.metadata]: metadata.close(),
    [mergedFiles.combinations]: csv.close(),
    [mergedFiles.manifest]: manifest.close(),
    [mergedFiles.outcomes]: outcomes.close(),
    [mergedFiles.workIndex]: works.close(),
  });
}

/** Copies the set to its place in the store. May be repeated: the place is named after the content. */
export async function storeMerged(store: Store, run: string, set: MergedSet): Promise<void> {
  for (const { name, path, size, sha256 } of set.files) {
    const key = `${mergedPrefix(run, set.sha256)}${name}`;
    const put = await store.putFile(key, path);
    // Of an object that is there already, only its bytes tell whether it is the same.
    const there = put.outcome === 'written' ? undefined : await store.stat(key);
    const isSame = there?.size === size && (await objectDigest(store, key, size)) === sha256;
    if (put.outcome === 'written' || isSame) continue;
    throw new RemoteError(
      { service: 'store', operation: 'putFile' },
      `${store.url(key)} has other content than this merge: it was changed after it was published. Move it away and publish again.`,
    );
  }
}

function writeLine(file: DigestFile, value: unknown): void {
  file.write(`${JSON.stringify(value)}\n`);
}

function setOf(
  directory: string,
  closed: Readonly<Record<string, { readonly size: number; readonly sha256: string }>>,
): MergedSet {
  const files = Object.entries(closed)
    .map(([name, { size, sha256 }]) => ({ name, path: join(directory, name), size, sha256 }))
    .toSorted((a, b) => compareText(a.name, b.name));
  const hash = createHash('sha256');
  for (const { name, sha256 } of files) hash.update(`${name} ${sha256}\n`);
  return { sha256: hash.digest('hex'), files };
}
