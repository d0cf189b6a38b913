import type { Problem } from '../errors.ts';

/** GitHub wants paths from the root of the workspace. */
export function placeOf({ file, line, column, message, fix }: Problem, prefix: string) {
  return {
    file: prefix === '' ? file : `${prefix}/${file}`,
    message: fix === undefined ? message : `${message}\n${fix}`,
    ...(line !== undefined && { line }),
    ...(column !== undefined && { column }),
  };
}
