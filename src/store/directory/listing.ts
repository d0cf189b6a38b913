import { type Dirent, readdirSync, statSync } from 'node:fs';
import { head } from '../../files/chain.ts';
import { isMissing } from '../../files/faults.ts';
import type { Entry } from '../store.ts';
import { chainEnding, folderEnding, hidden, type Layout } from './layout.ts';
import { firstVersion } from './object.ts';

/** Entries looked at between two looks at the folder of chains. */
const pageSize = 256;

/** Everything that starts with `prefix` and comes after `after`, in the order of the keys' UTF-8 bytes. */
export function* walk(layout: Layout, prefix: string, after: string): Generator<Entry> {
  yield* walkFolder({ layout, prefix, after }, prefix.slice(0, prefix.lastIndexOf('/') + 1), true);
}

interface Request {
  readonly layout: Layout;
  readonly prefix: string;
  readonly after: string;
}

/**
 * One folder at a time is in memory.
 * @param folder empty or ending with `/`.
 * @param mayHaveChains false where no object of the folder above was ever overwritten or deleted: saves a look.
 */
function* walkFolder(request: Request, folder: string, mayHaveChains: boolean): Generator<Entry> {
  const { layout, prefix, after } = request;
  const chains = mayHaveChains && isThere(layout.chains(folder));
  const names = namesIn(layout, folder, prefix, chains).filter((name) =>
    mayFollow(`${folder}${name}`, after),
  );
  for (let from = 0; from < names.length; from += pageSize) {
    for (const found of lookAt(layout, folder, names.slice(from, from + pageSize))) {
      if (typeof found === 'string') yield* walkFolder(request, found, chains);
      else yield found;
    }
  }
}

const isThere = (path: string) => statSync(path, { throwIfNoEntry: false }) !== undefined;

/** A folder is worth a visit when some of its keys may come after; a key must do so itself. */
function mayFollow(key: string, after: string): boolean {
  if (after === '') return true;
  return compareBytes(key, after) > 0 || (key.endsWith('/') && after.startsWith(key));
}

/** Names of objects and, with a `/` at the end so that they sort as their keys do, of folders. */
function namesIn(layout: Layout, folder: string, prefix: string, chains: boolean): readonly string[] {
  const names = new Set<string>();
  for (const entry of readIfThere(`${layout.root}/${folder}`)) {
    if (folder === '' && entry.name === hidden) continue;
    names.add(entry.isDirectory() ? `${entry.name}/` : entry.name);
  }
  // Overwritten objects whose plain file a kill kept from being shown.
  for (const { name } of chains ? readIfThere(layout.chains(folder)) : []) {
    if (name.endsWith(chainEnding)) names.add(name.slice(0, -chainEnding.length));
    if (name.endsWith(folderEnding)) names.add(`${name.slice(0, -folderEnding.length)}/`);
  }
  const rest = prefix.slice(folder.length);
  const wanted = [...names].filter(
    (name) => name.startsWith(rest) || (name.endsWith('/') && rest.startsWith(name)),
  );
  return sortByBytes(wanted);
}

/**
 * Sizes and versions of a page of names; folders come back as keys. As in `current`, plain files are looked at
 * before chains, so that a size never belongs to another version.
 */
function lookAt(layout: Layout, folder: string, names: readonly string[]): readonly (Entry | string)[] {
  const seen = names.map((name) =>
    name.endsWith('/') ? undefined : statSync(`${layout.root}/${folder}${name}`, { throwIfNoEntry: false }),
  );
  const chains = names.some((name) => !name.endsWith('/')) && isThere(layout.chains(folder));
  return names.flatMap((name, position): readonly (Entry | string)[] => {
    const key = `${folder}${name}`;
    if (name.endsWith('/')) return [key];
    const chained = chains ? newestEntry(layout, key) : undefined;
    if (chained !== undefined) return chained === 'gone' ? [] : [chained];
    const plain = seen[position];
    return plain?.isFile() === true ? [{ key, size: plain.size, version: firstVersion }] : [];
  });
}

/** `undefined` when the object was never overwritten. */
export function newestEntry(layout: Layout, key: string): Entry | 'gone' | undefined {
  for (;;) {
    const newest = head(layout.chain(key));
    if (newest === undefined) return undefined;
    if (newest.kind === 'gone') return 'gone';
    const info = statSync(newest.file, { throwIfNoEntry: false });
    if (info !== undefined) return { key, size: info.size, version: newest.version };
  }
}

function readIfThere(path: string): readonly Dirent[] {
  try {
    return readdirSync(path, { withFileTypes: true });
  } catch (error) {
    if (isMissing(error)) return [];
    throw error;
  }
}

/** JavaScript compares UTF-16 units: the same order as bytes of UTF-8, but for what lies above the surrogates. */
function sortByBytes(names: string[]): readonly string[] {
  return names.some((name) => /[\ud800-\uffff]/.test(name)) ? names.sort(compareBytes) : names.sort();
}

function compareBytes(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}
