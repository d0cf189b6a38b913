import { fileURLToPath } from 'node:url';
import { ConfigurationError } from '../errors.ts';
import { openDirectoryStore } from './directory.ts';
import type { Store } from './store.ts';

/** One line per driver: the URL's scheme, and what opens it. */
const drivers: ReadonlyMap<string, (url: string) => Store> = new Map([
  ['file:', (url: string) => openDirectoryStore(fileURLToPath(url))],
]);

/**
 * Opens `file:///path`, another known scheme, or a plain path. Touches nothing yet.
 * @param from where the URL was written, for messages.
 */
export function openStore(url: string, from = 'command line'): Store {
  const scheme = /^([a-z][a-z0-9+.-]*:)\/\//i.exec(url)?.[1]?.toLowerCase();
  if (url === '')
    throw new ConfigurationError({ file: from, message: 'the store URL is empty', fix: known() });
  if (scheme === undefined) return openDirectoryStore(url);
  const open = drivers.get(scheme);
  if (open === undefined) {
    throw new ConfigurationError({
      file: from,
      message: `the store ${url} has a scheme this build does not know`,
      fix: known(),
    });
  }
  try {
    return open(url);
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    const message = `${url} is no valid store URL: ${error.message}`;
    throw new ConfigurationError({ file: from, message, fix: known() }, { cause: error });
  }
}

const known = () =>
  `Known: ${[...drivers.keys()].map((scheme) => `${scheme}//`).join(', ')} (as in file:///data/store) and plain paths.`;
