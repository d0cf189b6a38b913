import { getIDToken } from '@actions/core';
import { AssumeRoleWithWebIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { type Identity, type IdentitySettings, startIdentity } from './act/identity.ts';

const role = 'arn:aws:iam::123456789012:role/plan';

afterEach(() => {
  vi.unstubAllEnvs();
});

async function identity(settings: Partial<IdentitySettings> = {}): Promise<Identity> {
  const started = await startIdentity({
    ...{ subject: 'repo:lab/grids:pull_request', accessKey: 'AKID', secretKey: 'secret', ...settings },
  });
  for (const [name, value] of Object.entries(started.environment)) vi.stubEnv(name, value);
  return started;
}

function assume({ environment }: Identity, WebIdentityToken: string) {
  const endpoint = environment.AWS_ENDPOINT_URL_STS ?? '';
  const client = new STSClient({ region: 'us-east-1', endpoint, maxAttempts: 1 });
  const command = { RoleArn: role, RoleSessionName: 'run-1', WebIdentityToken };
  return client.send(new AssumeRoleWithWebIdentityCommand(command));
}

describe('the model of a job and its identity', () => {
  it('gives the role for the token of the job', async () => {
    await using place = await identity();
    const { Credentials } = await assume(place, await getIDToken('sts.amazonaws.com'));
    expect(Credentials?.AccessKeyId).toBe('AKID');
    expect(place.assumed).toEqual([{ role, session: 'run-1' }]);
  });

  it('refuses a token for somebody else', async () => {
    await using place = await identity();
    const token = await getIDToken('https://github.com/lab');
    await expect(assume(place, token)).rejects.toMatchObject({ name: 'InvalidIdentityTokenException' });
  });

  it('refuses a subject that the role does not trust', async () => {
    await using place = await identity({ trusts: (_, subject) => subject.endsWith(':environment:launch') });
    const token = await getIDToken('sts.amazonaws.com');
    await expect(assume(place, token)).rejects.toMatchObject({ name: 'AccessDenied' });
  });

  it('gives no token to whoever is not the job', async () => {
    await using place = await identity();
    const url = `${place.environment.ACTIONS_ID_TOKEN_REQUEST_URL}&audience=sts.amazonaws.com`;
    expect((await fetch(url, { headers: { authorization: 'Bearer guessed' } })).status).toBe(401);
  });
});
