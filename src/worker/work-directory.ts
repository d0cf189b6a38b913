import {
  chmodSync,
  constants,
  copyFileSync,
  mkdirSync,
  readFileSync,
  statfsSync,
  writeFileSync,
} from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { programFileKey } from '../store/keys.ts';
import type { Store } from '../store/store.ts';
import { WorkFailure } from './failure.ts';
import { removeTree } from './remove-tree.ts';

/** The folders of one attempt of a slice. */
export interface Scratch {
  /** Everything below is removed when the worker ends. */
  readonly root: string;
  /** What a combination may fill: its work directory and its temporary files. */
  readonly space: string;
  readonly work: string;
  readonly temporary: string;
  /** Archives and logs on their way to the store. */
  readonly outbox: string;
  /** `program.files`, fetched once. */
  readonly files: string;
}

export function scratchBelow(root: string): Scratch {
  const space = join(root, 'space');
  const scratch = {
    root,
    space,
    work: join(space, 'work'),
    temporary: join(space, 'tmp'),
    outbox: join(root, 'outbox'),
    files: join(root, 'files'),
  };
  mkdirSync(scratch.files);
  return scratch;
}

/** Empty folders for the next combination: nothing of the one before remains. */
export function cleanScratch(scratch: Scratch): void {
  for (const folder of [scratch.space, scratch.outbox]) {
    removeTree(folder);
  }
  for (const folder of [scratch.space, scratch.work, scratch.temporary, scratch.outbox]) mkdirSync(folder);
}

/** Copies `program.files` into the work directory, each under its own name; scripts can be executed. */
export async function placeProgramFiles(
  store: Store,
  run: string,
  paths: readonly string[],
  scratch: Scratch,
): Promise<void> {
  for (const path of paths) {
    const copy = join(scratch.files, basename(path));
    const target = join(scratch.work, basename(path));
    try {
      copyFileSync(copy, target, constants.COPYFILE_FICLONE | constants.COPYFILE_EXCL);
    } catch {
      await fetchProgramFile(store, run, path, copy);
      copyFileSync(copy, target, constants.COPYFILE_FICLONE);
    }
  }
}

async function fetchProgramFile(store: Store, run: string, path: string, copy: string): Promise<void> {
  await mkdir(dirname(copy), { recursive: true });
  if (!(await store.getFile(programFileKey(run, path), copy))) {
    const message = `${path} of program.files is not in the store`;
    throw new WorkFailure({ class: 'input', message, again: false });
  }
  if (readFileSync(copy).subarray(0, 2).toString('latin1') === '#!') chmodSync(copy, 0o755);
}

export function writeJson(path: string, value: unknown): void {
  writeFileSync(path, `${JSON.stringify(value, undefined, 2)}\n`);
}

/** Less than this many bytes left: programs that write fail for that reason. */
const nothingLeft = 1024 * 1024;

export function diskIsFull(folder: string): boolean {
  const { bavail, bsize } = statfsSync(folder);
  return bavail * bsize < nothingLeft;
}
