import { createHash } from 'node:crypto';
import { DeleteObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import type { AwsFault } from '../../aws/fault.ts';
import { faultBehind } from '../../aws/remote-error.ts';
import type { PutCondition, PutOutcome, Version } from '../store.ts';
import { type Bucket, backoff, call, etagOf, objectOf, versionOf } from './bucket.ts';
import { afterFault } from './decide.ts';
import { get, head, isNoObject } from './read.ts';

/** Writes that S3 calls conflicting (409) before we give up; AB 7.1. */
const conflicts = 10;

/** What is to be written, for comparison with what is there. */
export interface Content {
  /** Bytes. */
  readonly size: number;
  /** 64 hex digits. */
  readonly sha256: string;
}

export async function put(
  bucket: Bucket,
  key: string,
  bytes: Uint8Array,
  condition: PutCondition,
): Promise<PutOutcome> {
  const hash = createHash('sha256').update(bytes).digest();
  const content: Content = { size: bytes.length, sha256: hash.toString('hex') };
  // With If-Match S3 wants the right to read, too (AB 7.1).
  const operation = condition.kind === 'absent' ? 'PutObject' : 'PutObject if-match';
  return await writeIf(bucket, key, content, condition, () =>
    call(bucket, operation, key, async () => {
      const command = new PutObjectCommand({
        ...objectOf(bucket, key),
        ...conditionOf(condition),
        Body: bytes,
        ...(bucket.checksums ? { ChecksumSHA256: hash.toString('base64') } : {}),
        Metadata: { sha256: content.sha256 },
      });
      return versionOf((await bucket.client.send(command)).ETag);
    }),
  );
}

const conditionOf = (condition: PutCondition) =>
  condition.kind === 'absent' ? { IfNoneMatch: '*' } : { IfMatch: etagOf(condition.version) };

/** The SDK has sent it more than once: an earlier request may have been carried out, and only its answer lost. */
const mayBeDone = ({ attempts }: AwsFault) => attempts > 1;

/**
 * A write under a condition, repeated while S3 finds it in conflict with another one under way, and told `written`
 * when what is there is our own.
 * @param write gives the new version; errors in words, with the SDK's as their cause.
 */
export async function writeIf(
  bucket: Bucket,
  key: string,
  content: Content,
  condition: PutCondition,
  write: () => Promise<Version>,
): Promise<PutOutcome> {
  let maybeOurs = false;
  for (let attempt = 1; ; attempt++) {
    try {
      return { outcome: 'written', version: await write() };
    } catch (error) {
      const fault = faultBehind(error);
      maybeOurs ||= mayBeDone(fault);
      const next = afterFault(fault, condition, maybeOurs);
      if (next === 'fail') throw error;
      if (next === 'conflict') return { outcome: 'conflict' };
      if (next === 'compare') {
        const found = await compare(bucket, key, content);
        if (found !== 'nothing') return found;
        if (condition.kind === 'version') return { outcome: 'conflict' };
      }
      if (attempt === conflicts) throw error;
      await bucket.pause(backoff(attempt));
    }
  }
}

/** Whether what is there is what we were to write. Looks at size and checksum first: objects may be large. */
async function compare(bucket: Bucket, key: string, content: Content): Promise<PutOutcome | 'nothing'> {
  const found = await head(bucket, key);
  if (found === undefined) return 'nothing';
  if (found.size !== content.size) return { outcome: 'conflict' };
  if (found.sha256 !== undefined) {
    return found.sha256 === content.sha256
      ? { outcome: 'written', version: found.version }
      : { outcome: 'conflict' };
  }
  // Written by another program, which notes no checksum.
  const object = await get(bucket, key);
  if (object === undefined) return 'nothing';
  const sha256 = createHash('sha256').update(object.bytes).digest('hex');
  return sha256 === content.sha256
    ? { outcome: 'written', version: object.version }
    : { outcome: 'conflict' };
}

/** False when the object is gone or another version. */
export async function remove(bucket: Bucket, key: string, version: Version): Promise<boolean> {
  let maybeOurs = false;
  for (let attempt = 1; ; attempt++) {
    try {
      await call(bucket, 'DeleteObject', key, () =>
        bucket.client.send(new DeleteObjectCommand({ ...objectOf(bucket, key), IfMatch: etagOf(version) })),
      );
      return true;
    } catch (error) {
      const fault = faultBehind(error);
      maybeOurs ||= mayBeDone(fault);
      // Gone, and one of our requests got no answer: it was ours that deleted it.
      if (isNoObject(fault)) return maybeOurs;
      if (fault.status === 412) return false;
      if (fault.status !== 409 || attempt === conflicts) throw error;
      await bucket.pause(backoff(attempt));
    }
  }
}
