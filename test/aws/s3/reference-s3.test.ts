import { S3 } from '@aws-sdk/client-s3';
import { describe, expect, test } from 'vitest';
import { settingsFor } from './place.ts';
import { ReferenceS3 } from './reference-s3.ts';

/** What the store's tests rest on: the reference must be as strict as S3. */
describe('the reference S3', () => {
  const Bucket = 'ens';
  const open = () => {
    const reference = new ReferenceS3();
    return { reference, s3: new S3({ ...settingsFor(reference), maxAttempts: 1 }) };
  };
  const refused = (httpStatusCode: number, name: string) => ({ name, $metadata: { httpStatusCode } });

  test.each([
    { ChecksumSHA256: Buffer.alloc(32).toString('base64') },
    { ChecksumCRC32: Buffer.alloc(4).toString('base64') },
  ])('refuses a body that is not what %o says', async (checksum) => {
    const { s3, reference } = open();
    await expect(s3.putObject({ Bucket, Key: 'a', Body: 'x', ...checksum })).rejects.toMatchObject(
      refused(400, 'BadDigest'),
    );
    expect(reference.shelf().keys()).toEqual([]);
  });

  test('refuses a second create, a stale swap, a swap of nothing and a stale delete', async () => {
    const { s3 } = open();
    await s3.putObject({ Bucket, Key: 'a', Body: 'x', IfNoneMatch: '*' });
    await expect(s3.putObject({ Bucket, Key: 'a', Body: 'y', IfNoneMatch: '*' })).rejects.toMatchObject(
      refused(412, 'PreconditionFailed'),
    );
    await expect(s3.putObject({ Bucket, Key: 'a', Body: 'y', IfMatch: '"old"' })).rejects.toMatchObject(
      refused(412, 'PreconditionFailed'),
    );
    await expect(s3.putObject({ Bucket, Key: 'b', Body: 'y', IfMatch: '"old"' })).rejects.toMatchObject(
      refused(404, 'NoSuchKey'),
    );
    await expect(s3.deleteObject({ Bucket, Key: 'a', IfMatch: '"old"' })).rejects.toMatchObject(
      refused(412, 'PreconditionFailed'),
    );
  });

  test('refuses parts below 5 MiB but for the last', async () => {
    const { s3 } = open();
    const { UploadId } = await s3.createMultipartUpload({ Bucket, Key: 'a' });
    const Parts = [];
    for (const PartNumber of [1, 2]) {
      const { ETag } = await s3.uploadPart({ Bucket, Key: 'a', UploadId, PartNumber, Body: 'x' });
      Parts.push({ PartNumber, ETag });
    }
    await expect(
      s3.completeMultipartUpload({ Bucket, Key: 'a', UploadId, MultipartUpload: { Parts } }),
    ).rejects.toMatchObject(refused(400, 'EntityTooSmall'));
  });

  test('knows an upload no longer once it is complete', async () => {
    const { s3 } = open();
    const { UploadId } = await s3.createMultipartUpload({ Bucket, Key: 'a' });
    const { ETag } = await s3.uploadPart({ Bucket, Key: 'a', UploadId, PartNumber: 1, Body: 'x' });
    const complete = () =>
      s3.completeMultipartUpload({
        Bucket,
        Key: 'a',
        UploadId,
        MultipartUpload: { Parts: [{ PartNumber: 1, ETag }] },
      });
    await complete();
    await expect(complete()).rejects.toMatchObject(refused(404, 'NoSuchUpload'));
  });
});
