import type { AwsSettings } from './settings.ts';

/** The address of a service that is not AWS's own, as the SDK finds it in settings and environment. */
export function customEndpoint(settings: AwsSettings, service: 'S3'): string | undefined {
  if (settings.endpoint !== undefined) return settings.endpoint;
  if (process.env.AWS_IGNORE_CONFIGURED_ENDPOINT_URLS === 'true') return undefined;
  return process.env[`AWS_ENDPOINT_URL_${service}`] || process.env.AWS_ENDPOINT_URL || undefined;
}
