import {
  closeSync,
  fstatSync,
  linkSync,
  lstatSync,
  mkdirSync,
  openSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { advance, type Head, head, isFirst, start } from '../../files/chain.ts';
import { errorCode, isMissing } from '../../files/faults.ts';
import type { Staging } from '../../files/staging.ts';
import type { Layout } from './layout.ts';

/** Version of an object that was never overwritten; the versions of a chain look different. */
export const firstVersion = '1';

/** One object of the store: its plain file until it is overwritten or deleted, its chain from then on. */
export type Current =
  | { readonly kind: 'none' }
  | { readonly kind: 'gone'; readonly head: Head }
  | {
      readonly kind: 'held';
      readonly version: string;
      readonly head: Head | undefined;
      readonly file: string;
    };

export interface Place {
  readonly layout: Layout;
  readonly staging: Staging;
}

/**
 * Looks at the plain file *before* the chain: the plain file is only ever replaced or removed after the chain
 * exists. So what was seen of the plain file is the first version if there is no chain afterwards.
 */
export function current(layout: Layout, key: string): Current {
  const plain = layout.plain(key);
  const found = statSync(plain, { throwIfNoEntry: false });
  const newest = head(layout.chain(key));
  if (newest !== undefined) return fromHead(newest);
  if (found?.isFile() !== true) return { kind: 'none' };
  return { kind: 'held', version: firstVersion, head: undefined, file: plain };
}

/** The newest bytes as an open file, which stays readable when it is overwritten meanwhile. */
export function openCurrent(layout: Layout, key: string): (Disposable & OpenObject) | undefined {
  for (;;) {
    const plain = openIfThere(layout.plain(key));
    const newest = head(layout.chain(key));
    if (newest === undefined) return plain === undefined ? undefined : opened(plain, firstVersion);
    if (plain !== undefined) closeSync(plain);
    if (newest.kind === 'gone') return undefined;
    const descriptor = openIfThere(newest.file);
    if (descriptor !== undefined) return opened(descriptor, newest.version);
  }
}

interface OpenObject {
  readonly descriptor: number;
  readonly version: string;
  /** Bytes. */
  readonly size: number;
}

export type Created =
  | { readonly kind: 'written'; readonly version: string }
  | { readonly kind: 'taken'; readonly version: string; readonly file: string };

/** Makes `content` the object unless there is one. */
export function create(place: Place, key: string, content: string): Created {
  const { layout } = place;
  for (;;) {
    if (linkNew(content, layout.plain(key))) {
      const chain = layout.chain(key);
      // A chain that appeared around our link may have overwritten us, or may be of an object deleted before.
      if (head(chain) === undefined || isFirst(chain, content)) {
        return { kind: 'written', version: firstVersion };
      }
    }
    const now = current(layout, key);
    if (now.kind === 'held') return { kind: 'taken', version: now.version, file: now.file };
    if (now.kind === 'gone') {
      const next = advance(layout.chain(key), now.head, content);
      if (next === undefined) continue;
      show(place, key);
      return { kind: 'written', version: next.version };
    }
    refuseOddFile(layout.plain(key));
  }
}

/** Replaces the object (deletes it, without content) if `version` is the newest; the new version or `undefined`. */
export function swap(place: Place, key: string, version: string, content?: string): string | undefined {
  const now = current(place.layout, key);
  if (now.kind !== 'held' || now.version !== version) return undefined;
  const chain = place.layout.chain(key);
  const next =
    now.head === undefined ? startSecond(place, chain, now.file, content) : advance(chain, now.head, content);
  if (next === undefined) return undefined;
  show(place, key);
  return next.version;
}

function startSecond(place: Place, chain: string, first: string, content?: string): Head | undefined {
  const { folder: staging } = place.staging;
  try {
    return start(chain, { number: 2, first, staging, ...(content === undefined ? {} : { content }) });
  } catch (error) {
    // The plain file vanished under us: somebody deleted the object, so its chain exists.
    if (isMissing(error) && head(chain) !== undefined) return undefined;
    throw error;
  }
}

/**
 * Makes the plain file show the newest version, for people who browse the folder. The chain decides, so a kill here
 * costs nothing but a look at an older version until the next write.
 */
function show(place: Place, key: string): void {
  const plain = place.layout.plain(key);
  const chain = place.layout.chain(key);
  try {
    let newest = head(chain);
    while (newest !== undefined) {
      showHead(place, plain, newest);
      const after = head(chain);
      if (after?.version === newest.version) return;
      newest = after;
    }
  } catch {
    // The write itself has happened and must be reported as such.
  }
}

function showHead(place: Place, plain: string, newest: Head): void {
  if (newest.kind === 'gone') {
    rmSync(plain, { force: true });
    return;
  }
  using link = place.staging.path();
  try {
    linkSync(newest.file, link.path);
  } catch (error) {
    if (isMissing(error)) return; // The head has moved; the caller looks again.
    throw error;
  }
  mkdirSync(dirname(plain), { recursive: true });
  renameSync(link.path, plain);
}

/** A folder (other keys start with this one and `/`), a broken link or a device is in the way for good. */
function refuseOddFile(path: string): void {
  const found = lstatSync(path, { throwIfNoEntry: false });
  if (found === undefined || found.isFile()) return;
  throw Object.assign(new Error(`${path} is not a plain file`), { code: 'EISDIR' });
}

/** False when the name is taken. */
function linkNew(from: string, to: string): boolean {
  for (const lastTry of [false, true]) {
    try {
      linkSync(from, to);
      return true;
    } catch (error) {
      if (errorCode(error) === 'EEXIST') return false;
      if (lastTry || errorCode(error) !== 'ENOENT') throw error;
      mkdirSync(dirname(to), { recursive: true });
    }
  }
  return false;
}

function fromHead(newest: Head): Current {
  if (newest.kind === 'gone') return { kind: 'gone', head: newest };
  return { kind: 'held', version: newest.version, head: newest, file: newest.file };
}

function openIfThere(path: string): number | undefined {
  try {
    return openSync(path, 'r');
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

function opened(descriptor: number, version: string): (Disposable & OpenObject) | undefined {
  const close = () => closeSync(descriptor);
  const info = fstatSync(descriptor);
  if (info.isFile()) return { descriptor, version, size: info.size, [Symbol.dispose]: close };
  close();
  return undefined;
}
