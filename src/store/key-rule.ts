import { ConfigurationError } from '../errors.ts';

/** S3's limit, kept everywhere so that a run can move between stores. Bytes of UTF-8. */
const longestKey = 1024;

/** Throws unless `key` is one that every store can hold; see `Store`. */
export function checkKey(key: string): void {
  const reason = whyNotKey(key);
  if (reason !== undefined) throw refuse(key, reason);
}

/** A prefix is the beginning of a key, cut anywhere. */
export function checkPrefix(prefix: string): void {
  const complete = prefix.slice(0, prefix.lastIndexOf('/') + 1);
  const reason = complete === '' ? whyNotText(prefix) : whyNotKey(`${complete}x`);
  if (reason !== undefined) throw refuse(prefix, reason);
}

function whyNotKey(key: string): string | undefined {
  if (key === '') return 'is empty';
  if (key.startsWith('/')) return 'starts with "/"';
  const part = /(?:^|\/)(\.{0,2})(?=\/|$)/.exec(key)?.[1];
  if (part !== undefined) return part === '' ? 'has an empty part' : `has a part "${part}"`;
  return whyNotText(key);
}

function whyNotText(key: string): string | undefined {
  if (key.includes('\0')) return 'has a NUL character';
  if (!key.isWellFormed()) return 'is not valid Unicode';
  if (Buffer.byteLength(key) > longestKey) return `is longer than ${longestKey} bytes`;
  return undefined;
}

/** What a driver throws for a key it cannot hold. */
export function refuse(key: string, reason: string): ConfigurationError {
  const shown = key.length > 100 ? `${key.slice(0, 100)}...` : key;
  return new ConfigurationError({
    file: 'store',
    message: `the key ${JSON.stringify(shown)} ${reason}`,
    fix: 'Keys are names separated by "/", without "." or ".." parts. Shorten or rename the label or the file it comes from.',
  });
}
