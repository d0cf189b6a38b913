import { posix, resolve } from 'node:path';
import { WorkFailure } from './failure.ts';

/**
 * The place of a path of the grid file in a folder. Placeholders are filled in by now, so what the grid's own check
 * could not see is refused here: `..` and absolute paths.
 */
export function inside(folder: string, path: string): string {
  const normal = posix.normalize(path);
  if (
    path === '' ||
    path.includes('\0') ||
    normal.startsWith('/') ||
    normal === '..' ||
    normal.startsWith('../')
  ) {
    throw new WorkFailure({
      class: 'input',
      message: `${JSON.stringify(path)} leads out of the work directory`,
      again: false,
    });
  }
  return resolve(folder, normal);
}
