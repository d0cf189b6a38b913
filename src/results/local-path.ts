import { lstatSync, type Stats } from 'node:fs';
import { isAbsolute, join, resolve } from 'node:path';

export type LocalPath =
  | { readonly kind: 'path'; readonly path: string }
  | { readonly kind: 'refused'; readonly reason: string };

/**
 * Where a file of a combination goes below `target`. Labels and paths were checked when they were made; they are
 * checked again here because what lies in a store may have been written by anybody.
 */
export function localPath(target: string, label: string, path: string): LocalPath {
  const parts = [...label.split('/'), ...path.split('/')];
  const bad = parts.find((part) => !isPlainName(part));
  if (bad !== undefined || isAbsolute(label) || isAbsolute(path)) {
    return { kind: 'refused', reason: `${label}/${path} is no plain path below a folder` };
  }
  return refusedOnTheWay(resolve(target), parts) ?? { kind: 'path', path: resolve(target, ...parts) };
}

function isPlainName(part: string): boolean {
  if (part === '' || part === '.' || part === '..') return false;
  // A backslash or a drive's colon means something elsewhere; control characters mean nothing good anywhere.
  return !/[\\\p{Cc}]/u.test(part) && !/^[A-Za-z]:$/.test(part);
}

/** A link on the way could lead anywhere: refused rather than followed. Nothing lies below a file. */
function refusedOnTheWay(target: string, parts: readonly string[]): LocalPath | undefined {
  let place = target;
  for (const [position, part] of parts.entries()) {
    place = join(place, part);
    const stat: Stats | undefined = lstatSync(place, { throwIfNoEntry: false });
    if (stat === undefined) return undefined;
    if (stat.isSymbolicLink()) return { kind: 'refused', reason: `${place} is a symbolic link` };
    const isLast = position === parts.length - 1;
    if (!isLast && !stat.isDirectory()) return { kind: 'refused', reason: `${place} is no folder` };
  }
  return undefined;
}
