import { describe, expect, it } from 'vitest';
import { isCredential, parameterVariable, programEnvironment } from '../../src/worker/program-environment.ts';
import { aRun, combination } from './a-run.ts';

const secrets = {
  AWS_ACCESS_KEY_ID: 'AKIA',
  AWS_SECRET_ACCESS_KEY: 's',
  AWS_SESSION_TOKEN: 't',
  AWS_CONTAINER_CREDENTIALS_RELATIVE_URI: '/v2/credentials/1',
  AWS_CONTAINER_CREDENTIALS_FULL_URI: 'http://169.254.170.2',
  AWS_CONTAINER_AUTHORIZATION_TOKEN: 't',
  AWS_WEB_IDENTITY_TOKEN_FILE: '/token',
  AWS_ROLE_ARN: 'arn:aws:iam::1:role/r',
  ECS_CONTAINER_METADATA_URI_V4: 'http://169.254.170.2/v4',
  GITHUB_TOKEN: 'ghs',
  ACTIONS_ID_TOKEN_REQUEST_TOKEN: 'o',
};

const printEnvironment = `console.log(JSON.stringify(process.env));`;

async function seen(credentials: boolean): Promise<Record<string, string>> {
  const its = await aRun({ script: printEnvironment, program: { credentials } });
  await its.start({ environment: { ...secrets, AWS_REGION: 'eu-west-1' } });
  return JSON.parse(its.programLog(await its.entry()));
}

describe('the environment of a program', () => {
  it('holds no credentials', async () => {
    const environment = await seen(false);
    expect(Object.keys(environment).filter((name) => name in secrets)).toEqual([]);
  });

  it('keeps what is no credential, such as the region', async () => {
    expect((await seen(false)).AWS_REGION).toBe('eu-west-1');
  });

  it('holds the credentials when the grid asks for them', async () => {
    expect(await seen(true)).toMatchObject(secrets);
  });

  it('cannot have the index of the combination changed by the grid', () => {
    const environment = programEnvironment({
      inherited: {},
      declared: { AWS_BATCH_JOB_ARRAY_INDEX: '999' },
      combination: combination(7),
      credentials: false,
      temporary: '/t',
      attemptId: 'x',
    });
    expect(environment.AWS_BATCH_JOB_ARRAY_INDEX).toBe('7');
  });

  it('takes the round over the grid', async () => {
    const its = await aRun({
      script: `console.log(process.env.MODE, process.env.KEPT);`,
      program: { environment: { MODE: 'grid', KEPT: 'grid' } },
      environment: { MODE: 'round' },
    });
    await its.start();
    expect(its.programLog(await its.entry())).toBe('round grid\n');
  });

  it('puts the engine’s programs first in PATH', () => {
    const environment = programEnvironment({
      inherited: { PATH: '/usr/bin' },
      declared: {},
      combination: combination(0),
      credentials: false,
      temporary: '/t',
      attemptId: 'x',
      programPath: '/opt/demo',
    });
    expect(environment.PATH).toBe('/opt/demo:/usr/bin');
  });

  it('names parameters in upper case', () => {
    expect(parameterVariable('alpha_ce')).toBe('MUSTER_PARAM_ALPHA_CE');
  });

  it('knows every version of the container metadata address', () => {
    expect(isCredential('ECS_CONTAINER_METADATA_URI')).toBe(true);
  });
});
