import { fileURLToPath } from 'node:url';
import type { AwsSettings } from '../aws/settings.ts';
import { ConfigurationError } from '../errors.ts';
import { openDirectoryStore } from './directory.ts';
import type { Store } from './store.ts';

type Driver = (url: string, from: string, aws: AwsSettings) => Promise<Store>;

/** One line per driver: the URL's scheme, and what opens it; the SDK is loaded only for whom it serves. */
const drivers: ReadonlyMap<string, Driver> = new Map<string, Driver>([
  ['file:', async (url) => openDirectoryStore(fileURLToPath(url))],
  ['s3:', async (url, from, aws) => await (await import('./s3.ts')).openS3Store(url, { from, aws })],
]);

/**
 * Opens `file:///path`, another known scheme, or a plain path. Touches nothing yet.
 * @param from where the URL was written, for messages.
 */
export async function openStore(url: string, from = 'command line', aws: AwsSettings = {}): Promise<Store> {
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
    return await open(url, from, aws);
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    const message = `${url} is no valid store URL: ${error.message}`;
    throw new ConfigurationError({ file: from, message, fix: known() }, { cause: error });
  }
}

const known = () =>
  `Known: ${[...drivers.keys()].map((scheme) => `${scheme}//`).join(', ')} (as in file:///data/store, s3://bucket/prefix) and plain paths.`;
