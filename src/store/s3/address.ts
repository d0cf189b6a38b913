import { ConfigurationError } from '../../errors.ts';
import { checkKey, refuse } from '../key-rule.ts';

/** Where a store begins. */
export interface Address {
  readonly bucket: string;
  /** Empty, or ending with `/`. */
  readonly prefix: string;
}

/** Reads `s3://bucket/prefix`; percent signs mean themselves, as everywhere in S3 URIs. */
export function parseAddress(url: string, from: string): Address {
  const [, bucket = '', rest = ''] = /^s3:\/\/([^/]*)\/?(.*)$/is.exec(url) ?? [];
  const prefix = rest.replace(/\/+$/, '');
  const reason = whyNotBucket(bucket) ?? whyNotPrefix(prefix);
  if (reason !== undefined) {
    throw new ConfigurationError({
      file: from,
      message: `${url} is no valid store URL: ${reason}`,
      fix: 'Write s3://bucket or s3://bucket/prefix, as in s3://lab-ensembles/muster.',
    });
  }
  if (prefix !== '') checkKey(prefix);
  return { bucket, prefix: prefix === '' ? '' : `${prefix}/` };
}

function whyNotBucket(bucket: string): string | undefined {
  if (bucket === '') return 'it names no bucket';
  if (!/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(bucket) || bucket.includes('..')) {
    return `"${bucket}" cannot be a bucket: those are 3 to 63 lower-case letters, digits, dots and dashes`;
  }
  if (/^\d+\.\d+\.\d+\.\d+$/.test(bucket)) return `"${bucket}" is an address, not a bucket`;
  if (bucket.endsWith('--x-s3')) {
    return `"${bucket}" is a directory bucket, which does not list in order; take a general purpose bucket`;
  }
  return undefined;
}

function whyNotPrefix(prefix: string): string | undefined {
  const part = /(?:^|\/)(\.{0,2})(?=\/|$)/.exec(prefix === '' ? 'x' : prefix)?.[1];
  if (part !== undefined) return `its prefix has ${part === '' ? 'an empty part' : `a part "${part}"`}`;
  return /[?#]/.test(prefix) ? 'it has a "?" or "#", as web addresses do' : undefined;
}

/** The name of an object in the bucket; throws for keys no store can hold. */
export function objectName({ prefix }: Address, key: string): string {
  checkKey(key);
  const name = `${prefix}${key}`;
  // S3's limit counts the store's prefix, too.
  if (Buffer.byteLength(name) > 1024) throw refuse(key, `is longer than 1024 bytes behind ${prefix}`);
  return name;
}
