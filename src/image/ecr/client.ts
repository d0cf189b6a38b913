import type { ECR } from '@aws-sdk/client-ecr';
import { type AwsSettings, clientConfig, persistent, watched } from '../../aws/settings.ts';

/** All that is asked of ECR may be repeated: a second creation is told apart by its name. */
export async function openEcr(settings: AwsSettings): Promise<ECR> {
  const { ECR } = await import('@aws-sdk/client-ecr');
  return watched(new ECR(clientConfig(settings, persistent)), settings);
}
