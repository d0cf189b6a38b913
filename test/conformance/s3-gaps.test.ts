import { beforeAll, describe, expect, test } from 'vitest';
import { newBucket, rawS3 } from './moto.ts';

/** Where moto is no S3. A test that fails here after a new version of moto is good news: mend the README. */
describe('moto, unlike S3,', () => {
  const s3 = rawS3();
  let Bucket: string;
  beforeAll(async () => {
    Bucket = await newBucket('gaps');
    await s3.putObject({ Bucket, Key: 'a', Body: 'x' });
  });

  test('takes a body whose checksum is wrong', async () => {
    const ChecksumSHA256 = Buffer.alloc(32).toString('base64');
    const answer = s3.putObject({ Bucket, Key: 'wrong', Body: 'x', ChecksumSHA256 });
    await expect(answer).resolves.toBeDefined();
  });

  test('serves a bucket to clients of any region', async () => {
    const elsewhere = rawS3({ region: 'eu-west-1' });
    await expect(elsewhere.headObject({ Bucket, Key: 'a' })).resolves.toMatchObject({ ContentLength: 1 });
  });

  test('does not find a key with a line break', async () => {
    await expect(s3.putObject({ Bucket, Key: 'a\nb', Body: 'x' })).rejects.toMatchObject({
      $metadata: { httpStatusCode: 404 },
    });
  });

  test('takes keys of more than 1,024 bytes', async () => {
    await expect(s3.putObject({ Bucket, Key: 'k'.repeat(1025), Body: 'x' })).resolves.toBeDefined();
  });

  test('answers a second completion of an upload as if it were the first', async () => {
    const Key = 'parts';
    const { UploadId } = await s3.createMultipartUpload({ Bucket, Key });
    const part = await s3.uploadPart({ Bucket, Key, UploadId, PartNumber: 1, Body: 'x' });
    const complete = () =>
      s3.completeMultipartUpload({
        Bucket,
        Key,
        UploadId,
        IfNoneMatch: '*',
        MultipartUpload: { Parts: [{ PartNumber: 1, ETag: part.ETag }] },
      });
    await complete();
    await expect(complete()).resolves.toBeDefined();
  });

  test('writes spaces of listed keys as %20 and not as +', async () => {
    await s3.putObject({ Bucket, Key: 'b c+d', Body: 'x' });
    const page = await s3.listObjectsV2({ Bucket, Prefix: 'b', EncodingType: 'url' });
    expect(page.Contents?.[0]?.Key).toBe('b%20c%2Bd');
  });
});
