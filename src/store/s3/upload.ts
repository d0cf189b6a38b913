import { createHash } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { RemoteError } from '../../errors.ts';
import { absent, type PutFileOutcome, type Version } from '../store.ts';
import { type Bucket, inWords } from './bucket.ts';
import { type Part, partsOf, uploadParts } from './multipart.ts';
import { type Content, put, writeIf } from './put.ts';

/** Bytes. Files up to here go up in one request; a part may not be smaller than 5 MiB (AB 7.4). */
const smallestPart = 5 * 2 ** 20;
/** AB 7.4. */
const mostParts = 10_000;
/** Bytes. */
const readAtOnce = 2 ** 20;
/** Times a file may change under our hands. */
const readings = 3;

/** Create-only; hashes what is sent. */
export async function putFile(bucket: Bucket, key: string, path: string): Promise<PutFileOutcome> {
  return await bucket.files(async () => {
    const { size } = await inWords(bucket, 'PutObject', key, () => stat(path));
    return size <= smallestPart ? await putSmall(bucket, key, path) : await putLarge(bucket, key, path);
  });
}

async function putSmall(bucket: Bucket, key: string, path: string): Promise<PutFileOutcome> {
  const bytes = await inWords(bucket, 'PutObject', key, () => readFile(path));
  const outcome = await put(bucket, key, bytes, absent);
  if (outcome.outcome === 'conflict') return outcome;
  return { ...outcome, size: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex') };
}

/**
 * The checksum belongs to the metadata, which S3 takes before the first part: so the file is read once to hash it, and
 * once more to send it, when it must still be the same.
 */
async function putLarge(bucket: Bucket, key: string, path: string): Promise<PutFileOutcome> {
  for (let reading = 1; ; reading++) {
    const content = await inWords(bucket, 'PutObject', key, () => digest(path));
    try {
      const outcome = await writeIf(bucket, key, content, absent, () => inParts(bucket, key, path, content));
      return outcome.outcome === 'conflict' ? outcome : { ...outcome, ...content };
    } catch (error) {
      if (!(error instanceof FileChanged)) throw error;
      if (reading < readings) continue;
      const message = `S3: upload of ${path} to ${key}: the file changes while it is read. Wait until its program has ended`;
      throw new RemoteError({ service: 'S3', operation: 'PutObject' }, message, { cause: error });
    }
  }
}

/** On a conflict (409) the whole upload starts anew, as S3 demands (AB 7.1). */
async function inParts(bucket: Bucket, key: string, path: string, content: Content): Promise<Version> {
  const size = Math.max(smallestPart, Math.ceil(content.size / mostParts));
  return await inWords(bucket, 'PutObject', key, () =>
    uploadParts(bucket, key, content.sha256, unchanged(path, size, content)),
  );
}

/** The file's bytes. Fails before the last one counts, so that an upload of something else is never completed. */
async function* unchanged(path: string, size: number, content: Content): AsyncGenerator<Part> {
  const hash = createHash('sha256');
  for await (const part of partsOf(path, size)) {
    hash.update(part.bytes);
    yield part;
  }
  if (hash.digest('hex') !== content.sha256) throw new FileChanged(path);
}

class FileChanged extends Error {}

async function digest(path: string): Promise<Content> {
  const hash = createHash('sha256');
  let size = 0;
  for await (const { bytes, release } of partsOf(path, readAtOnce)) {
    size += bytes.length;
    hash.update(bytes);
    release();
  }
  return { size, sha256: hash.digest('hex') };
}
