import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { roleCredentials } from '../../src/action/credentials.ts';
import { RemoteError } from '../../src/errors.ts';
import { type Identity, startIdentity } from '../workflows/act/identity.ts';
import { Laboratory, roleArn } from './laboratory.ts';

const token = (claims: object) =>
  ['{}', JSON.stringify(claims), 'x'].map((part) => Buffer.from(part).toString('base64url')).join('.');
const claims = {
  iss: 'https://token.actions.githubusercontent.com',
  aud: 'sts.amazonaws.com',
  sub: 'repo:acme@1/ops@2:environment:spend',
};

describe('credentials of a role', () => {
  let identity: Identity;
  beforeAll(async () => {
    identity = await startIdentity({
      ...{ subject: claims.sub, accessKey: 'AKIDEXAMPLE', secretKey: 'secret' },
      trusts: (role) => role.endsWith('TRUSTING'),
    });
  });
  afterAll(() => identity[Symbol.asyncDispose]());
  const request = (role: string, idToken = async () => token(claims)) => ({
    ...{ roleArn: roleArn(role), region: 'us-east-1', idToken, job: { runId: '4711', hasIdToken: true } },
    aws: { endpoint: identity.environment.AWS_ENDPOINT_URL_STS ?? '' },
  });
  const failure = (role: string, idToken?: () => Promise<string>) =>
    roleCredentials(request(role, idToken))().then(
      () => expect.unreachable(),
      (error: unknown) => error,
    );

  it('are got once for all clients, in a session that leads to the workflow run', async () => {
    const provider = roleCredentials(request('TRUSTING'));
    const [one, other] = await Promise.all([provider(), provider()]);
    expect(one).toBe(other);
    expect(one).toMatchObject({ accessKeyId: 'AKIDEXAMPLE', sessionToken: 'session' });
    expect(identity.assumed.map(({ session }) => session)).toEqual(['muster-4711']);
  });

  it('are got again before they expire', async () => {
    const provider = roleCredentials(request('TRUSTING'));
    await provider();
    const before = identity.assumed.length;
    const now = vi.spyOn(Date, 'now').mockReturnValue(Date.now() + 56 * 60_000);
    await provider();
    now.mockRestore();
    expect(identity.assumed).toHaveLength(before + 1);
  });

  it('are asked for again after a failure', async () => {
    let isUp = false;
    const provider = roleCredentials(
      request('TRUSTING', async () => {
        if (!isUp) throw new Error('no answer');
        return token(claims);
      }),
    );
    await expect(provider()).rejects.toThrow('GitHub gave this job no token');
    isUp = true;
    expect(await provider()).toMatchObject({ accessKeyId: 'AKIDEXAMPLE' });
  });

  it('are refused with what the trust policy has to hold', async () => {
    const error = await failure('STRANGER');
    expect(error).toBeInstanceOf(RemoteError);
    expect(String(error)).toContain(`"token.actions.githubusercontent.com:sub": "${claims.sub}"`);
    expect(String(error)).toContain('"token.actions.githubusercontent.com:aud": "sts.amazonaws.com"');
  });

  it('are refused with why a policy that looks right does not match', async () => {
    const text = String(await failure('STRANGER'));
    expect(text).toContain('subjects with ids');
    expect(text).toContain('named by that alone');
  });

  it('are refused with the provider that the account lacks', async () => {
    const text = String(await failure('TRUSTING', async () => token({ ...claims, aud: 'other' })));
    expect(text).toContain('no OpenID Connect provider for https://token.actions.githubusercontent.com');
  });

  it('say nothing of the token itself', async () => {
    expect(String(await failure('STRANGER'))).not.toContain(token(claims));
  });
});

describe('a step with a role', () => {
  it('hides its secrets, and leaves none to the steps after it', async () => {
    await using lab = await Laboratory.open();
    const step = await lab.good({ action: 'poll-ensembles', job: 'watch/look' });
    const hidden = step.commands.filter(({ name }) => name === 'add-mask').map(({ message }) => message);
    expect(hidden).toEqual(expect.arrayContaining(['secret', 'session', expect.stringMatching(/^eyJ/)]));
    // What is hidden stands in no other line.
    const lines = step.log.split('\n').filter((line) => !line.startsWith('::add-mask::'));
    expect(lines.join('\n')).not.toMatch(/eyJ|ghs_/);
  });

  it('tells what its role should trust', async () => {
    await using lab = await Laboratory.open({ identity: { trusts: () => false } });
    const step = await lab.step({ action: 'poll-ensembles', job: 'watch/look' });
    expect(step.code).toBe(1);
    expect(step.commands.map(({ message }) => message).join()).toContain(
      'repo:lab/grids:ref:refs/heads/main',
    );
  });
});
