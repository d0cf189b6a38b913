import { createHash } from 'node:crypto';
import { mkdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { asRemoteError, errorCode } from '../files/faults.ts';
import { inParallel } from '../in-parallel.ts';
import type { Store } from '../store/store.ts';
import { fileDigest } from './file-digest.ts';
import { localPath } from './local-path.ts';
import type { ManifestLine } from './manifest.ts';
import type { FetchPlan } from './plan-fetch.ts';

export interface FetchProgress {
  readonly file: ManifestLine;
  readonly result: FetchedFile['result'];
  /** So far, this file included; what was there already counts too. */
  readonly files: number;
  readonly bytes: number;
}

export interface FetchOptions {
  /** Files at once; 8 unless told. */
  readonly parallel?: number;
  readonly onProgress?: (progress: FetchProgress) => void;
}

export interface FetchReport {
  readonly fetched: number;
  /** There already, with the right bytes. */
  readonly kept: number;
  /** Files that are not here now, or not as they should be. The others are. */
  readonly problems: readonly FileProblem[];
}

export interface FileProblem {
  readonly file: ManifestLine;
  /** In words, for people. */
  readonly reason: string;
}

type FetchedFile =
  | { readonly result: 'fetched' | 'kept' }
  | { readonly result: 'problem'; readonly reason: string };

/**
 * Downloads into `<target>/<label>/<path>`. A file appears under its name only when its SHA-256 is right, and what is
 * there with the right one is kept: after an interruption the same call goes on. Throws `RemoteError` when the store
 * does not answer or the disk takes no more; a file that is missing or damaged, or has no place here, is a problem in
 * the report and does not stop the others.
 */
export async function fetchFiles(
  store: Store,
  plan: FetchPlan,
  target: string,
  { parallel = 8, onProgress }: FetchOptions = {},
): Promise<FetchReport> {
  const counts = { fetched: 0, kept: 0 };
  const problems: FileProblem[] = [];
  let bytes = 0;
  let files = 0;
  const work = async (file: ManifestLine) => ({ file, answer: await fetchFile(store, file, target) });
  for await (const { file, answer } of inParallel(plan.files, parallel, work)) {
    if (answer.result === 'problem') problems.push({ file, reason: answer.reason });
    else counts[answer.result] += 1;
    files += 1;
    bytes += file.size;
    onProgress?.({ file, result: answer.result, files, bytes });
  }
  return { ...counts, problems };
}

async function fetchFile(store: Store, file: ManifestLine, target: string): Promise<FetchedFile> {
  const place = localPath(target, file.label, file.path);
  if (place.kind === 'refused') return { result: 'problem', reason: place.reason };
  const { path } = place;
  try {
    return await download(store, file, path);
  } catch (error) {
    if (obstacles.has(errorCode(error) ?? '')) {
      return { result: 'problem', reason: `${path}: something else is in the way, or the path is too long` };
    }
    throw asRemoteError({ service: 'disk', operation: 'write', what: path }, error);
  }
}

/** What stands in the way of one file only. */
const obstacles: ReadonlySet<string> = new Set(['EISDIR', 'ENOTDIR', 'EEXIST', 'ENAMETOOLONG']);

async function download(store: Store, file: ManifestLine, path: string): Promise<FetchedFile> {
  if (await holds(path, file)) return { result: 'kept' };
  mkdirSync(dirname(path), { recursive: true });
  const partial = partialOf(path);
  // Left by a download that was killed.
  rmSync(partial, { force: true });
  try {
    if (!(await store.getFile(file.key, partial))) {
      return { result: 'problem', reason: `${store.url(file.key)} is missing from the store` };
    }
    if (!(await holds(partial, file))) {
      return { result: 'problem', reason: `${store.url(file.key)} is not what the manifest says` };
    }
    renameSync(partial, path);
    return { result: 'fetched' };
  } finally {
    rmSync(partial, { force: true });
  }
}

/** Always the same, so that a repeat removes what a kill left; not longer than the name itself may be. */
export function partialOf(path: string): string {
  const name = createHash('sha256').update(basename(path)).digest('hex').slice(0, 16);
  return join(dirname(path), `.${name}.muster-partial`);
}

/** Whether a local file has the size and the SHA-256 of the manifest. */
export async function holds(path: string, { size, sha256 }: ManifestLine): Promise<boolean> {
  const stat = statSync(path, { throwIfNoEntry: false });
  return stat?.isFile() === true && stat.size === size && (await fileDigest(path)) === sha256;
}
