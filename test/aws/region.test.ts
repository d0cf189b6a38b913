import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { requireRegion } from '../../src/aws/region.ts';
import { ConfigurationError } from '../../src/errors.ts';

beforeEach(() => {
  vi.stubEnv('AWS_REGION', undefined);
  vi.stubEnv('AWS_DEFAULT_REGION', undefined);
});
afterEach(() => vi.unstubAllEnvs());

test('the region of the settings wins over the environment', async () => {
  vi.stubEnv('AWS_REGION', 'eu-west-1');
  expect(await requireRegion({ region: 'us-east-1' })).toBe('us-east-1');
});

test('the variable of the AWS CLI will do', async () => {
  vi.stubEnv('AWS_DEFAULT_REGION', 'eu-west-1');
  expect(await requireRegion({})).toBe('eu-west-1');
});

test('else the profile is asked', async () => {
  expect(await requireRegion({}, async () => 'ap-south-1')).toBe('ap-south-1');
});

test('no region anywhere is said with the way out, before anything is asked of AWS', async () => {
  const failure = requireRegion({}, () => Promise.reject(new Error('Region is missing')));
  await expect(failure).rejects.toThrow(ConfigurationError);
  await expect(failure).rejects.toThrow(/no region.*\n.*AWS_REGION/);
});
