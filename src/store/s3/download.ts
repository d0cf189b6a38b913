import { open, rm } from 'node:fs/promises';
import { GetObjectCommand, type GetObjectCommandOutput } from '@aws-sdk/client-s3';
import { faultBehind } from '../../aws/remote-error.ts';
import { type Bucket, backoff, inWords, objectOf } from './bucket.ts';
import { brokenBody, isNoObject } from './read.ts';

/** Answers in a row that bring not one byte before we give up. */
const fruitless = 5;

interface Progress {
  /** Bytes in the file. */
  done: number;
  /** Of the object whose bytes these are. */
  etag?: string;
}

/** Streams the object into a new file, going on where a connection breaks. False when there is no such object. */
export async function getFile(bucket: Bucket, key: string, path: string): Promise<boolean> {
  try {
    const found = await bucket.calls(() =>
      inWords(bucket, 'GetObject', key, () => download(bucket, key, path)),
    );
    if (!found) await rm(path, { force: true });
    return found;
  } catch (error) {
    // Nobody may take a part for the whole.
    await rm(path, { force: true }).catch(() => {});
    throw error;
  }
}

async function download(bucket: Bucket, key: string, path: string): Promise<boolean> {
  const progress: Progress = { done: 0 };
  let file: Awaited<ReturnType<typeof open>> | undefined;
  try {
    for (let failures = 0; ; ) {
      const before = progress.done;
      const answer = await ask(bucket, key, progress);
      if (answer === 'missing') return false;
      if (answer === 'changed') {
        // Another version now: its bytes must not be mixed with the old ones.
        progress.done = 0;
        delete progress.etag;
        await file?.truncate(0);
        continue;
      }
      file ??= await open(path, 'w');
      if (answer.ETag !== undefined) progress.etag = answer.ETag;
      const trouble = await receive(answer, file, progress);
      if (trouble === undefined) return true;
      failures = progress.done > before ? 0 : failures + 1;
      if (failures === fruitless) throw brokenBody(trouble);
      await bucket.pause(backoff(failures));
    }
  } finally {
    await file?.close();
  }
}

async function ask(
  bucket: Bucket,
  key: string,
  { done, etag }: Progress,
): Promise<GetObjectCommandOutput | 'missing' | 'changed'> {
  const rest = done === 0 ? {} : { Range: `bytes=${done}-`, IfMatch: etag };
  try {
    return await bucket.client.send(new GetObjectCommand({ ...objectOf(bucket, key), ...rest }));
  } catch (error) {
    const fault = faultBehind(error);
    if (isNoObject(fault)) return 'missing';
    if (done > 0 && (fault.status === 412 || fault.status === 416)) return 'changed';
    throw error;
  }
}

/** Writes what comes; the error when that is not all. Those of the local disk are thrown. */
async function receive(
  { Body, ContentLength }: GetObjectCommandOutput,
  file: Awaited<ReturnType<typeof open>>,
  progress: Progress,
): Promise<unknown> {
  const wanted = progress.done + (ContentLength ?? 0);
  await using chunks = chunksOf(Body);
  for (;;) {
    const next = await chunks.next().then(
      (value) => ({ value }),
      (error: unknown) => ({ error }),
    );
    if ('error' in next) return next.error;
    if (next.value.done === true) break;
    const chunk = next.value.value;
    await file.write(chunk, 0, chunk.length, progress.done);
    progress.done += chunk.length;
  }
  return progress.done === wanted ? undefined : new Error(`${progress.done} of ${wanted} bytes came`);
}

async function* chunksOf(body: GetObjectCommandOutput['Body']): AsyncGenerator<Uint8Array> {
  // On Node the SDK's streams are Readables, which its type leaves open to browsers.
  if (body !== undefined) yield* body as AsyncIterable<Uint8Array>;
}
