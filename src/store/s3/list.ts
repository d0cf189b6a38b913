import { ListObjectsV2Command, type ListObjectsV2CommandInput } from '@aws-sdk/client-s3';
import type { Entry } from '../store.ts';
import { type Bucket, call, versionOf } from './bucket.ts';

interface Page {
  readonly entries: readonly Entry[];
  /** Asks for the next one. */
  readonly next?: Pick<ListObjectsV2CommandInput, 'ContinuationToken'>;
}

/** In the order of the keys' UTF-8 bytes, as S3 lists; the next page comes while this one is used. */
export async function* list(bucket: Bucket, prefix: string, after: string): AsyncGenerator<Entry> {
  const start = after === '' ? {} : { StartAfter: `${bucket.prefix}${after}` };
  let page: Promise<Page> | undefined = fetchPage(bucket, prefix, start);
  while (page !== undefined) {
    const { entries, next }: Page = await page;
    page = next && fetchPage(bucket, prefix, next);
    // Whoever stops reading never hears of its failure, which must not end the process.
    page?.catch(() => {});
    yield* entries;
  }
}

async function fetchPage(
  bucket: Bucket,
  prefix: string,
  where: Pick<ListObjectsV2CommandInput, 'StartAfter' | 'ContinuationToken'>,
): Promise<Page> {
  const answer = await call(bucket, 'ListObjectsV2', prefix, () =>
    bucket.client.send(
      new ListObjectsV2Command({
        Bucket: bucket.bucket,
        Prefix: `${bucket.prefix}${prefix}`,
        // XML cannot hold every character that a key can.
        EncodingType: 'url',
        ...where,
      }),
    ),
  );
  const plain = answer.EncodingType === 'url' ? decoded : (key: string) => key;
  return {
    entries: (answer.Contents ?? []).map(({ Key = '', Size = 0, ETag }) => ({
      key: plain(Key).slice(bucket.prefix.length),
      size: Size,
      version: versionOf(ETag),
    })),
    ...(answer.IsTruncated === true && answer.NextContinuationToken !== undefined
      ? { next: { ContinuationToken: answer.NextContinuationToken } }
      : {}),
  };
}

/** As forms are encoded: a space may come as `+`, a plus never does. */
const decoded = (key: string) => decodeURIComponent(key.replaceAll('+', ' '));
