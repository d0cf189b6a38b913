import { cp, mkdir, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Input } from '../grid/grid.ts';
import { programFileKey } from '../store/keys.ts';
import type { Store } from '../store/store.ts';
import { WorkFailure } from './failure.ts';
import { inside } from './inside.ts';

export interface InputSources {
  readonly run: string;
  readonly store: Store;
  /** Opens another store, for inputs elsewhere. */
  openStore(url: string): Store | Promise<Store>;
}

/** Fetches one input into the work directory; a `from` with a final `/` means everything below it. */
export async function fetchInput(input: Input, work: string, sources: InputSources): Promise<void> {
  const target = targetOf(input, work);
  await mkdir(input.from.endsWith('/') ? target : dirname(target), { recursive: true });
  const scheme = /^([a-z][a-z0-9+.-]*):\/\//i.exec(input.from)?.[1];
  switch (scheme) {
    case undefined:
      return await fromStore(sources.store, programFileKey(sources.run, input.from), input, target);
    case 'file':
      return await fromFolder(input, target);
    case 's3': {
      const { bucket, key } = splitS3(input.from);
      return await fromStore(await sources.openStore(`s3://${bucket}`), key, input, target);
    }
    default:
      throw refused(
        `input ${input.from}: ${scheme}:// is not supported; use s3://, file:// or a path of the repository`,
      );
  }
}

/** A file goes to `to`, or into it when `to` ends with `/`; everything below a folder goes below `to`. */
function targetOf(input: Input, work: string): string {
  const below = inside(work, input.to === '' ? '.' : input.to);
  return input.to.endsWith('/') && !input.from.endsWith('/') ? join(below, basename(input.from)) : below;
}

async function fromStore(store: Store, key: string, input: Input, target: string): Promise<void> {
  if (!key.endsWith('/')) {
    if (!(await store.getFile(key, target))) throw refused(`input ${input.from} does not exist`);
    return;
  }
  let fetched = 0;
  for await (const entry of store.list(key)) {
    // Markers that some tools write for empty folders.
    if (entry.key.endsWith('/')) continue;
    const file = inside(target, entry.key.slice(key.length));
    await mkdir(dirname(file), { recursive: true });
    if (await store.getFile(entry.key, file)) fetched += 1;
  }
  if (fetched === 0) throw refused(`input ${input.from} holds nothing`);
}

async function fromFolder(input: Input, target: string): Promise<void> {
  const source = localPath(input.from);
  const found = await stat(source).catch(() => undefined);
  if (found === undefined) throw refused(`input ${input.from} does not exist on this machine`);
  if (found.isDirectory() !== input.from.endsWith('/')) {
    throw refused(`input ${input.from}: a folder is written with a final /, a file without`);
  }
  await cp(source, target, { recursive: true, dereference: true });
}

function localPath(url: string): string {
  try {
    return fileURLToPath(url);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw refused(`input ${url} is not file:///path: ${why}`);
  }
}

function splitS3(url: string): { readonly bucket: string; readonly key: string } {
  const [, bucket, key] = /^s3:\/\/([^/]+)\/(.+)$/i.exec(url) ?? [];
  if (bucket === undefined || key === undefined) throw refused(`input ${url} is not s3://bucket/key`);
  return { bucket, key };
}

function refused(message: string): WorkFailure {
  return new WorkFailure({ class: 'input', message, again: false });
}
