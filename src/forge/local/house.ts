import { ConfigurationError, RemoteError } from '../../errors.ts';
import type { Repository } from './repository.ts';
import type { Records, StoredReview } from './reviews.ts';
import type { Gallery } from './show.ts';
import type { WorkFolder } from './work-folder.ts';

export const service = 'local forge';
export const defaultBranch = 'main';

/** What the local forge is made of. */
export interface House {
  readonly records: Records;
  readonly repository: Repository;
  readonly work: WorkFolder;
  readonly gallery: Gallery;
}

export function mustRead(records: Records, number: number): StoredReview {
  const review = records.read(number);
  if (review === undefined) throw refusal('find', `there is no review ${number}`);
  return review;
}

export const isDefault = (name: string | undefined): name is undefined | typeof defaultBranch =>
  name === undefined || name === defaultBranch;

export const refusal = (operation: string, reason: string) =>
  new RemoteError({ service, operation }, `${service}: cannot ${operation}: ${reason}`);

export const checkFolder = (folder: string) => {
  const plain = folder.replace(/\/$/, '');
  return plain === '' ? '' : checkPath(plain);
};

/** Paths come in safe; one that is not is a bug of the caller's and must not leave the folder. */
export function checkPath(path: string): string {
  const parts = path.split('/');
  const bad =
    parts.some((part) => ['', '.', '..', '.git'].includes(part.toLowerCase())) || /[\0\n]/.test(path);
  if (!bad) return path;
  throw new ConfigurationError({ file: path, message: 'is no path inside the repository' });
}
