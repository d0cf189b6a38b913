import { awsError } from '../../aws/remote-error.ts';
import { type AwsSettings, clientConfig, persistent, watched } from '../../aws/settings.ts';

/** The account whose credentials these are; 12 digits. Everybody may ask that. */
export async function callerAccount(settings: AwsSettings): Promise<string> {
  const { STS } = await import('@aws-sdk/client-sts');
  const sts = watched(new STS(clientConfig(settings, persistent)), settings);
  try {
    return (await sts.getCallerIdentity({})).Account ?? '';
  } catch (error) {
    throw awsError('STS', 'GetCallerIdentity', error);
  }
}
