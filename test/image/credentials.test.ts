import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { ConfigurationError } from '../../src/errors.ts';
import { credentialSource } from '../../src/image/credentials.ts';
import { scriptedEcr } from './ecr/wire.ts';

const auth = (text: string) => Buffer.from(text).toString('base64');

describe('credentials for a registry', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'muster-credentials-'));
    vi.stubEnv('DOCKER_CONFIG', folder);
    vi.stubEnv('PATH', `${folder}${delimiter}${process.env.PATH ?? ''}`);
  });
  afterEach(() => {
    vi.unstubAllEnvs();
    rmSync(folder, { recursive: true });
  });

  const configure = (config: object) => writeFileSync(join(folder, 'config.json'), JSON.stringify(config));
  const find = (registry: string) => credentialSource({})(registry);

  function helper(name: string, script: string): void {
    const file = join(folder, `docker-credential-${name}`);
    writeFileSync(file, `#!/bin/sh\n${script}\n`);
    chmodSync(file, 0o755);
  }

  test('are those of `docker login`', async () => {
    configure({ auths: { 'ghcr.io': { auth: auth('me:pass:word') } } });
    expect(await find('ghcr.io')).toEqual({ user: 'me', password: 'pass:word', from: 'docker' });
  });

  test('of Docker Hub are under its old address', async () => {
    configure({ auths: { 'https://index.docker.io/v1/': { auth: auth('me:p') } } });
    expect(await find('docker.io')).toMatchObject({ user: 'me' });
  });

  test('come from the helper of the registry, which is asked for it on standard input', async () => {
    configure({ credHelpers: { 'ghcr.io': 'mine' }, credsStore: 'none' });
    helper('mine', `cat > ${folder}/asked; echo '{"Username": "me", "Secret": "s"}'`);
    expect(await find('ghcr.io')).toEqual({ user: 'me', password: 's', from: 'docker' });
    expect(readFileSync(join(folder, 'asked'), 'utf8')).toBe('ghcr.io');
  });

  test('come from the keychain of all registries', async () => {
    configure({ credsStore: 'all' });
    helper('all', `echo '{"Username": "me", "Secret": "s"}'`);
    expect(await find('ghcr.io')).toMatchObject({ user: 'me' });
  });

  test.each([
    ['a helper that has none', () => helper('all', 'echo credentials not found; exit 1')],
    ['a helper that is not installed', () => undefined],
    ['a helper that says nonsense', () => helper('all', 'echo nonsense')],
    [
      'a token that only Docker can exchange',
      () => helper('all', `echo '{"Username": "<token>", "Secret": "s"}'`),
    ],
  ])('are not had from %s', async (_what, make) => {
    configure({ credsStore: 'all' });
    make();
    expect(await find('ghcr.io')).toBeUndefined();
  });

  test.each([
    ['no configuration', undefined],
    ['another registry', { auths: { 'quay.io': { auth: auth('me:p') } } }],
    ['an entry without a password', { auths: { 'ghcr.io': {} } }],
    ['an entry that is no pair', { auths: { 'ghcr.io': { auth: auth('alone') } } }],
  ])('are not had where there is %s', async (_what, config) => {
    if (config !== undefined) configure(config);
    expect(await find('ghcr.io')).toBeUndefined();
  });

  test('cannot be had from a file that is broken, which is named', async () => {
    writeFileSync(join(folder, 'config.json'), '{');
    const finding = find('ghcr.io');
    await expect(finding).rejects.toBeInstanceOf(ConfigurationError);
    await expect(finding).rejects.toThrow(join(folder, 'config.json'));
  });

  test('of ECR are a token from AWS, made once', async () => {
    const token = { authorizationData: [{ authorizationToken: auth('AWS:to:ken') }] };
    const aws = await scriptedEcr({ GetAuthorizationToken: [{ body: token }] });
    const source = credentialSource(aws);
    const registry = '123456789012.dkr.ecr.us-west-2.amazonaws.com';
    const both = await Promise.all([source(registry), source(registry)]);
    expect(both[0]).toEqual({ user: 'AWS', password: 'to:ken', from: 'ecr' });
    expect(both[1]).toEqual(both[0]);
    expect(aws.calls).toEqual(['GetAuthorizationToken']);
  });

  test.each([
    [{}],
    [{ authorizationData: [] }],
    [{ authorizationData: [{ authorizationToken: auth('x') }] }],
  ])('of ECR are not made of %j, which is not shown', async (body) => {
    const aws = await scriptedEcr({ GetAuthorizationToken: [{ body }] });
    const finding = credentialSource(aws)('123456789012.dkr.ecr.us-west-2.amazonaws.com');
    await expect(finding).rejects.toThrow(/holds no token that can be used/);
  });
});
