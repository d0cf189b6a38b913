import { ConfigurationError } from '../errors.ts';
import { missingProfile } from './profile.ts';
import type { AwsSettings } from './settings.ts';

/**
 * The region of the settings, else of the environment, else (where a client is at hand) of the profile. Asked for
 * before any call, because the SDK reports a missing one as an error like any other.
 * @param ofProfile `() => client.config.region()` of any client.
 */
export async function requireRegion(
  settings: Pick<AwsSettings, 'region'>,
  ofProfile?: () => Promise<string>,
): Promise<string> {
  const named = namedRegion(settings);
  if (named !== undefined) return named;
  try {
    if (ofProfile !== undefined) return await ofProfile();
  } catch (error) {
    throw noRegion(error);
  }
  throw noRegion(undefined);
}

/**
 * Without the profile's. The SDK for JavaScript does not know AWS_DEFAULT_REGION; the AWS CLI, which people have set
 * up before, does.
 */
export function namedRegion(settings: Pick<AwsSettings, 'region'>): string | undefined {
  const { AWS_REGION, AWS_DEFAULT_REGION } = process.env;
  return settings.region || AWS_REGION || AWS_DEFAULT_REGION || undefined;
}

function noRegion(cause: unknown): ConfigurationError {
  const missing = missingProfile();
  return new ConfigurationError(
    {
      file: 'AWS region',
      message:
        missing === undefined
          ? 'no region is set'
          : `no region is set, and there is no profile \`${missing}\`, which AWS_PROFILE names`,
      fix: 'Write `region: <name>` in muster.yaml (as in us-east-1), or set AWS_REGION.',
    },
    { cause },
  );
}
