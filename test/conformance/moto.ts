import { S3 } from '@aws-sdk/client-s3';
import type { AwsSettings } from '../../src/aws/settings.ts';

/** Address of the moto server: `npm run test:conformance` starts it. */
export const motoUrl = process.env.MUSTER_TEST_CONFORMANCE ?? '';

export const moto = {
  region: 'us-east-1',
  endpoint: motoUrl,
  credentials: { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret' },
} as const satisfies AwsSettings;

/** A client that says what moto says, without ours in between. */
export const rawS3 = (settings: Pick<AwsSettings, 'region'> = {}) =>
  new S3({ ...moto, ...settings, forcePathStyle: true, maxAttempts: 1 });

/** A bucket that nothing else uses. */
export async function newBucket(name: string): Promise<string> {
  const bucket = `${name}-${process.pid}-${Date.now().toString(36)}`;
  await rawS3().createBucket({ Bucket: bucket });
  return bucket;
}
