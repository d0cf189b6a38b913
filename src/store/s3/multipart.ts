import { open } from 'node:fs/promises';
import {
  AbortMultipartUploadCommand,
  type CompletedPart,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { inParallel } from '../../in-parallel.ts';
import type { Version } from '../store.ts';
import { type Bucket, objectOf, versionOf } from './bucket.ts';

/** Of one file on their way at a time. */
const partsAtOnce = 4;

/** A piece of a file. */
export interface Part {
  /** From 1. */
  readonly number: number;
  readonly bytes: Buffer;
  /** The bytes are not needed any more: their memory may be used again. */
  readonly release: () => void;
}

/**
 * Creates an object out of parts. Whatever fails, nothing is left behind. The SDK's own way (`lib-storage`) gathers
 * each part anew out of a stream: for 20 MiB on their way it held 65, most of it waiting to be collected.
 */
export async function uploadParts(
  bucket: Bucket,
  key: string,
  sha256: string,
  parts: AsyncIterable<Part>,
): Promise<Version> {
  const { client, checksums } = bucket;
  const object = objectOf(bucket, key);
  const begin = new CreateMultipartUploadCommand({
    ...object,
    Metadata: { sha256 },
    // What the SDK adds to each part has to be announced (AB 7.3).
    ...(checksums && { ChecksumAlgorithm: 'CRC32' }),
  });
  const upload = { ...object, UploadId: (await client.send(begin)).UploadId };
  try {
    const sent: CompletedPart[] = [];
    for await (const part of inParallel(parts, partsAtOnce, (each) => sendPart(bucket, upload, each))) {
      sent.push(part);
    }
    const end = { ...upload, IfNoneMatch: '*', MultipartUpload: { Parts: sent } };
    return versionOf((await client.send(new CompleteMultipartUploadCommand(end))).ETag);
  } catch (error) {
    // Parts cost money until they are removed. What went wrong first is what matters.
    await client.send(new AbortMultipartUploadCommand(upload)).catch(() => undefined);
    throw error;
  }
}

async function sendPart(
  { client }: Bucket,
  upload: ReturnType<typeof objectOf> & { readonly UploadId: string | undefined },
  { number, bytes, release }: Part,
): Promise<CompletedPart> {
  const command = new UploadPartCommand({ ...upload, PartNumber: number, Body: bytes });
  const { ETag, ChecksumCRC32 } = await client.send(command);
  release();
  return { PartNumber: number, ETag, ...(ChecksumCRC32 !== undefined && { ChecksumCRC32 }) };
}

/** A file's bytes in parts of `size` bytes, the last one smaller. Takes no more memory than parts not yet released. */
export async function* partsOf(path: string, size: number): AsyncGenerator<Part, void, undefined> {
  await using file = await open(path);
  const free: Buffer[] = [];
  for (let number = 1; ; number++) {
    const buffer = free.pop() ?? Buffer.allocUnsafeSlow(size);
    let length = 0;
    for (let read = 1; read > 0 && length < size; length += read) {
      read = (await file.read(buffer, length, size - length)).bytesRead;
    }
    if (length > 0) yield { number, bytes: buffer.subarray(0, length), release: () => free.push(buffer) };
    if (length < size) return;
  }
}
