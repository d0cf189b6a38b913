import { S3 } from '@aws-sdk/client-s3';
import { expect, test } from 'vitest';
import { awsError } from '../../../src/aws/remote-error.ts';
import { clientConfig, once } from '../../../src/aws/settings.ts';
import * as faults from './faults.ts';
import { settingsFor } from './place.ts';
import { ReferenceS3 } from './reference-s3.ts';

/** What the SDK really throws, in our words. */
test.each([
  ['a clock that is behind', faults.skewed(-60), /60 minutes behind/],
  ['expired credentials', faults.expiredToken, /have expired/],
  ['a refusal', faults.accessDenied, /needs s3:GetObject on s3:\/\/ens\/a/],
  ['a service in trouble', faults.internalError, /HTTP 500, InternalError.*asked once/],
  ['too many requests', faults.slowDown, /fewer requests/],
  ['a connection that breaks', faults.lostAnswer, /no answer \(ECONNRESET/],
])('%s', async (_, fault, words) => {
  const reference = new ReferenceS3({ faults: faults.always('GetObject', fault) });
  const s3 = new S3(clientConfig(settingsFor(reference), once));
  const error = await s3.getObject({ Bucket: 'ens', Key: 'a' }).catch((thrown: unknown) => thrown);
  expect(awsError('S3', 'GetObject', error, { resource: 's3://ens/a' }).message).toMatch(words);
});

test('credentials of nobody are told before anything is asked', async () => {
  const reference = new ReferenceS3();
  const nobody = async () => {
    throw Object.assign(new Error('no provider has any'), { name: 'CredentialsProviderError' });
  };
  const s3 = new S3({ ...clientConfig(settingsFor(reference), once), credentials: nobody });
  const error = await s3.getObject({ Bucket: 'ens', Key: 'a' }).catch((thrown: unknown) => thrown);
  expect(awsError('S3', 'GetObject', error)).toMatchObject({ name: 'ConfigurationError' });
  expect(reference.counts).toEqual({});
});
