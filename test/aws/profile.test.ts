import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { missingProfile } from '../../src/aws/profile.ts';
import { awsError } from '../../src/aws/remote-error.ts';

describe('the profile that AWS_PROFILE names', () => {
  let folder: string;
  const files = () => ({
    AWS_CONFIG_FILE: join(folder, 'config'),
    AWS_SHARED_CREDENTIALS_FILE: join(folder, 'credentials'),
  });
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'muster-profile-'));
    writeFileSync(join(folder, 'config'), '[default]\n[profile lab]\n[profile "two words"]\n');
    writeFileSync(join(folder, 'credentials'), '[field]\naws_access_key_id = x\n');
  });
  afterEach(() => vi.unstubAllEnvs());
  afterAll(() => rmSync(folder, { recursive: true }));

  test.each(['default', 'lab', 'two words', 'field'])('%s is there', (name) => {
    expect(missingProfile({ ...files(), AWS_PROFILE: name })).toBeUndefined();
  });

  test('is missing when no file has it', () => {
    expect(missingProfile({ ...files(), AWS_PROFILE: 'nope' })).toBe('nope');
  });

  test('is missing when there are no files', () => {
    const none = { AWS_CONFIG_FILE: '/nowhere/a', AWS_SHARED_CREDENTIALS_FILE: '/nowhere/b' };
    expect(missingProfile({ ...none, AWS_PROFILE: 'lab' })).toBe('lab');
  });

  test('is nothing to look for when none is named', () => {
    expect(missingProfile({ ...files(), AWS_PROFILE: '' })).toBeUndefined();
  });

  test('is told by name where no credentials are found, and what lists the others', () => {
    for (const [name, value] of Object.entries(files())) vi.stubEnv(name, value);
    vi.stubEnv('AWS_PROFILE', 'nope');
    const nobody = Object.assign(new Error('none'), { name: 'CredentialsProviderError' });
    expect(awsError('S3', 'GetObject', nobody).message).toMatch(
      /`nope`.*no such profile[\s\S]*list-profiles/,
    );
    vi.stubEnv('AWS_PROFILE', 'lab');
    expect(awsError('S3', 'GetObject', nobody).message).not.toContain('no such profile');
  });
});
