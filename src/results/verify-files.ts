import { inParallel } from '../in-parallel.ts';
import type { Store } from '../store/store.ts';
import { type FileProblem, holds } from './fetch.ts';
import { objectDigest } from './file-digest.ts';
import { localPath } from './local-path.ts';
import type { ManifestLine } from './manifest.ts';

export interface VerifyReport {
  /** Files looked at. */
  readonly files: number;
  readonly bytes: number;
  readonly problems: readonly FileProblem[];
}

export interface VerifyOptions {
  /** Files at once; 8 unless told. */
  readonly parallel?: number;
  /** Read every byte, rather than trust the checksum that the store recorded when the file was put there. */
  readonly read?: boolean;
}

type Files = AsyncIterable<ManifestLine> | Iterable<ManifestLine>;

/** Compares every file of the manifest with what the store holds. */
export function verifyStored(store: Store, files: Files, options: VerifyOptions = {}): Promise<VerifyReport> {
  return verify(files, options, (file) => storedProblem(store, file, options.read === true));
}

/** Compares every file of the manifest with what was fetched into `target`. */
export function verifyFetched(
  target: string,
  files: Files,
  options: VerifyOptions = {},
): Promise<VerifyReport> {
  return verify(files, options, async (file) => {
    const place = localPath(target, file.label, file.path);
    if (place.kind === 'refused') return place.reason;
    return (await holds(place.path, file)) ? undefined : `${place.path} is missing or differs`;
  });
}

async function verify(
  files: Files,
  { parallel = 8 }: VerifyOptions,
  check: (file: ManifestLine) => Promise<string | undefined>,
): Promise<VerifyReport> {
  const problems: FileProblem[] = [];
  let count = 0;
  let bytes = 0;
  const work = async (file: ManifestLine) => ({ file, reason: await check(file) });
  for await (const { file, reason } of inParallel(files, parallel, work)) {
    count += 1;
    bytes += file.size;
    if (reason !== undefined) problems.push({ file, reason });
  }
  return { files: count, bytes, problems };
}

async function storedProblem(store: Store, file: ManifestLine, read: boolean): Promise<string | undefined> {
  const { key, size, sha256 } = file;
  const stat = await store.stat(key);
  if (stat === undefined) return `${store.url(key)} is missing from the store`;
  if (stat.size !== size) return `${store.url(key)} has ${stat.size} bytes instead of ${size}`;
  const found = (read ? undefined : stat.sha256) ?? (await objectDigest(store, key, size));
  return found === sha256 ? undefined : `${store.url(key)} has another SHA-256 than the manifest`;
}
