import type { S3Client } from '@aws-sdk/client-s3';
import pLimit, { type LimitFunction } from 'p-limit';
import { awsError } from '../../aws/remote-error.ts';
import { asRemoteError } from '../../files/faults.ts';
import { type Address, objectName } from './address.ts';

/** Requests of one store at a time; the SDK would open as many connections as there are calls. */
const concurrent = 32;
/** Files on their way up at a time; each holds a few parts in memory. */
const concurrentFiles = 4;

/** What all operations of a store share. */
export interface Bucket extends Address {
  readonly client: S3Client;
  readonly region: string;
  /** Of a service that is not AWS's. */
  readonly endpoint?: string;
  /** Whether the service checks SHA-256 itself; S3-compatible ones may refuse what they do not know (AB 7.3). */
  readonly checksums: boolean;
  readonly calls: LimitFunction;
  readonly files: LimitFunction;
  /** Waits, in milliseconds. */
  readonly pause: (milliseconds: number) => Promise<void>;
}

export const limits = () => ({ calls: pLimit(concurrent), files: pLimit(concurrentFiles) });

/** What every command says of its object. */
export const objectOf = (bucket: Bucket, key: string) => ({
  Bucket: bucket.bucket,
  Key: objectName(bucket, key),
});

/** One call at its turn; errors in words. */
export function call<T>(
  bucket: Bucket,
  operation: string,
  key: string,
  action: () => Promise<T>,
): Promise<T> {
  return bucket.calls(() => inWords(bucket, operation, key, action));
}

/** Errors of AWS, of the network and of local files in words. */
export async function inWords<T>(
  bucket: Bucket,
  operation: string,
  key: string,
  action: () => Promise<T>,
): Promise<T> {
  try {
    return await action();
  } catch (error) {
    const resource = `s3://${bucket.bucket}/${bucket.prefix}${key}`;
    const { region, endpoint } = bucket;
    const at = { resource, region, ...(endpoint !== undefined && { endpoint }) };
    const told = awsError('S3', operation, error, at);
    const [plain = operation] = operation.split(' ');
    throw asRemoteError({ service: 'S3', operation: plain, what: resource }, told);
  }
}

/** Delays in milliseconds, growing, each a random part so that rivals do not meet again. */
export const backoff = (attempt: number) => Math.random() * Math.min(2000, 50 * 2 ** attempt);

/** ETags are quoted in headers; versions are not. */
export const versionOf = (etag: string | undefined) => (etag ?? '').replace(/^(?:W\/)?"?|"$/g, '');
export const etagOf = (version: string) => `"${version}"`;
