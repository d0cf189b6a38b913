import { GetObjectCommand, type GetObjectCommandOutput, HeadObjectCommand } from '@aws-sdk/client-s3';
import type { AwsFault } from '../../aws/fault.ts';
import { faultBehind } from '../../aws/remote-error.ts';
import type { Stat, StoredObject } from '../store.ts';
import { type Bucket, backoff, call, inWords, objectOf, versionOf } from './bucket.ts';

/** Answers whose body may break before we give up. */
const bodies = 5;

export async function get(
  bucket: Bucket,
  key: string,
  range?: { readonly start: number; readonly end: number },
): Promise<StoredObject | undefined> {
  if (range !== undefined && range.end <= range.start) return await nothingOf(bucket, key);
  const Range = range === undefined ? undefined : `bytes=${range.start}-${range.end - 1}`;
  try {
    return await bucket.calls(() => wholeBody(bucket, key, Range));
  } catch (error) {
    const fault = faultBehind(error);
    if (isNoObject(fault)) return undefined;
    // The range begins behind the end.
    if (fault.status === 416) return await nothingOf(bucket, key);
    throw error;
  }
}

/** The SDK repeats requests, but not those whose body breaks on the way. */
async function wholeBody(
  bucket: Bucket,
  key: string,
  Range: string | undefined,
): Promise<StoredObject | undefined> {
  for (let attempt = 1; ; attempt++) {
    const answer = await inWords(bucket, 'GetObject', key, () =>
      bucket.client.send(new GetObjectCommand({ ...objectOf(bucket, key), Range })),
    );
    try {
      return { bytes: await bytesOf(answer), version: versionOf(answer.ETag) };
    } catch (error) {
      if (attempt === bodies) {
        return await inWords(bucket, 'GetObject', key, () => Promise.reject(brokenBody(error)));
      }
      await bucket.pause(backoff(attempt));
    }
  }
}

async function bytesOf({ Body, ContentLength }: GetObjectCommandOutput): Promise<Uint8Array> {
  const bytes = (await Body?.transformToByteArray()) ?? new Uint8Array();
  if (ContentLength !== undefined && bytes.length !== ContentLength) {
    throw new Error(`${bytes.length} of ${ContentLength} bytes came`);
  }
  return bytes;
}

/** Whatever the stream said: to the reader it is a connection that does not hold. */
export function brokenBody(error: unknown): Error {
  const why = error instanceof Error ? error.message : String(error);
  return Object.assign(new Error(`the answer broke off ${bodies} times: ${why}`, { cause: error }), {
    code: 'ECONNRESET',
  });
}

async function nothingOf(bucket: Bucket, key: string): Promise<StoredObject | undefined> {
  const found = await head(bucket, key);
  return found && { bytes: new Uint8Array(), version: found.version };
}

export async function head(bucket: Bucket, key: string): Promise<Stat | undefined> {
  try {
    const answer = await call(bucket, 'HeadObject', key, () =>
      bucket.client.send(new HeadObjectCommand(objectOf(bucket, key))),
    );
    const sha256 = answer.Metadata?.sha256;
    return {
      size: answer.ContentLength ?? 0,
      version: versionOf(answer.ETag),
      ...(sha256 !== undefined && /^[0-9a-f]{64}$/.test(sha256) ? { sha256 } : {}),
    };
  } catch (error) {
    const fault = faultBehind(error);
    if (isNoObject(fault)) return undefined;
    if (fault.status === 400 || fault.status === 403) await giveReason(bucket, key);
    throw error;
  }
}

/** Answers to HEAD have no body, so they do not say why they refuse; those to GET do. */
async function giveReason(bucket: Bucket, key: string): Promise<void> {
  await call(bucket, 'GetObject', key, async () => {
    const command = new GetObjectCommand({ ...objectOf(bucket, key), Range: 'bytes=0-0' });
    await (await bucket.client.send(command)).Body?.transformToByteArray();
  });
}

/**
 * No such key (`NotFound` where an answer has no body). A missing bucket is called otherwise, and a 404 without any of
 * these names comes from something that is not S3.
 */
export const isNoObject = ({ status, name }: AwsFault) =>
  status === 404 && (name === 'NoSuchKey' || name === 'NotFound');
