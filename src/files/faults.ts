import { setTimeout as sleep } from 'node:timers/promises';
import { RemoteError } from '../errors.ts';

/** The `code` of a system error (`ENOENT`, ...); `undefined` for anything else. */
export function errorCode(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}

/** Nothing has this name: not there, or below something that is a file. */
export const isMissing = (error: unknown) => ['ENOENT', 'ENOTDIR'].includes(errorCode(error) ?? '');

const meanings: ReadonlyMap<string, string> = new Map([
  ['ENOSPC', 'the disk is full. Free some space and repeat the command: nothing was half-written'],
  ['EDQUOT', 'the disk quota is used up. Free some space and repeat the command: nothing was half-written'],
  ['EACCES', 'permission denied. Check who owns the folder'],
  ['EPERM', 'not permitted. The folder may be read-only for you, or its file system has no hard links'],
  ['EROFS', 'the file system is read-only'],
  ['EXDEV', 'the folder spans two file systems. Keep all of it on one'],
  ['ENOTSUP', 'the file system has no hard links. Use a folder on another one'],
  ['ENAMETOOLONG', 'the path is too long for this file system'],
  ['ENOTDIR', 'a part of this path is a file, not a folder'],
  ['EISDIR', 'there is a folder (or something else that is no file) of this name'],
  ['EIO', 'the disk reported an input/output error'],
  ['EMFILE', 'too many open files'],
]);

/** Faults that pass by themselves; ESTALE and EBUSY come from network file systems. */
const passing: ReadonlySet<string> = new Set(['EMFILE', 'ENFILE', 'EAGAIN', 'EBUSY', 'EINTR', 'ESTALE']);
/** Milliseconds. */
const delays = [20, 60, 200, 600, 2000] as const;

/** Repeats `action` while the file system has passing faults; its other errors become `RemoteError`. */
export async function withFileErrors<T>(
  at: { readonly service: string; readonly operation: string; readonly what: string },
  action: () => T | Promise<T>,
): Promise<T> {
  for (let attempt = 0; ; attempt++) {
    try {
      return await action();
    } catch (error) {
      const delay = delays[attempt];
      if (delay === undefined || !passing.has(errorCode(error) ?? '')) throw asRemoteError(at, error);
      await sleep(delay);
    }
  }
}

/** System errors as `RemoteError` in plain words; everything else as it is. */
export function asRemoteError(
  at: { readonly service: string; readonly operation: string; readonly what: string },
  error: unknown,
): unknown {
  const code = errorCode(error);
  if (!(error instanceof Error) || code === undefined || !/^E[A-Z0-9]+$/.test(code)) return error;
  const meaning = meanings.get(code) ?? error.message;
  return new RemoteError(at, `${at.service}: ${at.operation} ${at.what}: ${meaning} (${code})`, {
    cause: error,
  });
}
