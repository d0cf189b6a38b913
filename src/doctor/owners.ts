import { existsSync, readFileSync } from 'node:fs';
import { join, matchesGlob } from 'node:path';

/** Where GitHub looks for it, in its order. */
const ownersFiles = ['.github/CODEOWNERS', 'CODEOWNERS', 'docs/CODEOWNERS'];

/** The text of the file that counts; absent: there is none. */
export function readOwners(root: string): { readonly file: string; readonly text: string } | undefined {
  const file = ownersFiles.find((path) => existsSync(join(root, path)));
  return file === undefined ? undefined : { file, text: readFileSync(join(root, file), 'utf8') };
}

/** Owners of a path: of the last line that matches it, as GitHub reads it; a line without owners takes them away. */
export function ownersOf(text: string, path: string): readonly string[] {
  const lines = text.split('\n').map((line) => line.replace(/(^|\s)#.*$/, '').trim());
  const rules = lines.filter((line) => line !== '').map((line) => line.split(/\s+/));
  const [, ...owners] = rules.findLast(([pattern = '']) => owns(pattern, path)) ?? [];
  return owners;
}

/** Patterns of `.gitignore`, without `!` and brackets, which CODEOWNERS does not know. */
function owns(pattern: string, path: string): boolean {
  const bare = pattern.replace(/^\/|\/$/g, '');
  const isAnchored = /^\/|\/(?=.)/.test(pattern);
  const globs = isAnchored ? [bare] : [bare, `**/${bare}`];
  const isFolder = pattern.endsWith('/');
  // A last part with a star names files of that folder only; any other name may be that of a folder.
  const reaches = isFolder || !/\*[^/]*$/.test(bare) || bare === '*';
  return globs.some(
    (glob) => (!isFolder && matchesGlob(path, glob)) || (reaches && matchesGlob(path, `${glob}/**`)),
  );
}
