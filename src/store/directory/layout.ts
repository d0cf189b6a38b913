import { join } from 'node:path';
import { checkKey, refuse } from '../key-rule.ts';

/**
 * Where the directory store keeps things:
 *
 *     <root>/<key>                                     the object; for an overwritten one a link to its newest version
 *     <root>/.muster/versions/<folder>.d/<name>.v/     the chain of versions, from the second one on
 *     <root>/.muster/sha256/<folder>.d/<name>          "<version> <sha256>" of what putFile wrote
 *     <root>/.muster/staging/                          files in the making
 *
 * The endings keep a deleted object `a` apart from a folder `a` that came later.
 */
export interface Layout {
  readonly root: string;
  readonly staging: string;
  plain(key: string): string;
  chain(key: string): string;
  checksum(key: string): string;
  /** Holds the chains of a folder's objects; `folder` is empty or ends with `/`. */
  chains(folder: string): string;
}

export const hidden = '.muster';
export const chainEnding = '.v';
export const folderEnding = '.d';

/** File systems allow 255 bytes a name; two are for the ending of a chain. */
const longestName = 253;

export function layoutOf(root: string): Layout {
  const versions = join(root, hidden, 'versions');
  const checksums = join(root, hidden, 'sha256');
  return {
    root,
    staging: join(root, hidden, 'staging'),
    plain: (key) => `${root}/${key}`,
    chain: (key) => `${versions}/${folders(key)}${chainEnding}`,
    checksum: (key) => `${checksums}/${folders(key)}`,
    chains: (folder) => `${versions}/${folders(folder)}`,
  };
}

/** Throws unless the key is legal and its names fit this store. */
export function checkDirectoryKey(key: string): void {
  checkKey(key);
  if (key === hidden || key.startsWith(`${hidden}/`)) throw refuse(key, `is the store's own ("${hidden}")`);
  // One character is at most three bytes in UTF-8 per UTF-16 unit: short keys need no closer look.
  if (key.length <= longestName / 3) return;
  const long = key.split('/').some((name) => Buffer.byteLength(name) > longestName);
  if (long) throw refuse(key, `has a name longer than the ${longestName} bytes a directory store can hold`);
}

const folders = (key: string) => key.replaceAll('/', `${folderEnding}/`);
