import type { AwsSettings } from '../../../src/aws/settings.ts';
import { openS3Store } from '../../../src/store/s3.ts';
import type { Store } from '../../../src/store/store.ts';
import { ReferenceS3 } from './reference-s3.ts';

export const credentials = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret' };

export const settingsFor = (reference: ReferenceS3): AwsSettings => ({
  region: 'us-east-1',
  credentials,
  requestHandler: reference.requestHandler,
});

/** A store on a reference in this process, which waits for nothing. */
export async function openPlace(
  options: ConstructorParameters<typeof ReferenceS3>[0] = {},
  url = 's3://ens/lab',
): Promise<{ readonly s3: ReferenceS3; readonly store: Store }> {
  const s3 = new ReferenceS3(options);
  const store = await openS3Store(url, { aws: settingsFor(s3), pause: async () => {} });
  return { s3, store };
}
