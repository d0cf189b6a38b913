import { IAM } from '@aws-sdk/client-iam';
import { describe, expect, test } from 'vitest';
import { clientConfig, once } from '../../../src/aws/settings.ts';
import { judgeRoles } from '../../../src/preflight/surroundings/judge-roles.ts';
import { gatherRoles, type RoleNeeds } from '../../../src/preflight/surroundings/roles.ts';
import { codesIn, notDoneIn } from './found.ts';
import { type Reply, service, settings } from './wire.ts';

const account = '123456789012';
const trust = (name: string) =>
  encodeURIComponent(
    JSON.stringify({
      Statement: [
        { Effect: 'Allow', Principal: { Service: `${name}.amazonaws.com` }, Action: 'sts:AssumeRole' },
      ],
    }),
  );
const role = (name: string, trusts: string) =>
  `<RoleName>${name}</RoleName><Arn>arn:aws:iam::${account}:role/${name}</Arn><AssumeRolePolicyDocument>${trusts}</AssumeRolePolicyDocument>`;
const answer = (operation: string, inner: string): Reply => ({
  body: `<${operation}Response><${operation}Result>${inner}</${operation}Result></${operation}Response>`,
});
const getRole = answer('GetRole', `<Role>${role('job', trust('ecs-tasks'))}</Role>`);
const getProfile = answer(
  'GetInstanceProfile',
  `<InstanceProfile><Roles><member>${role('hosts', trust('ec2'))}</member></Roles></InstanceProfile>`,
);
const error = (code: string, status: number): Reply => ({
  status,
  body: `<ErrorResponse><Error><Code>${code}</Code><Message>no</Message></Error></ErrorResponse>`,
});

const needs: RoleNeeds = {
  job: `arn:aws:iam::${account}:role/job`,
  execution: `arn:aws:iam::${account}:role/job`,
  profiles: [
    { environment: 'spot', profile: `arn:aws:iam::${account}:instance-profile/lab/hosts` },
    { environment: 'steady', profile: 'hosts' },
  ],
};

async function look(replies: Readonly<Record<string, Reply>> = {}) {
  const asked: string[] = [];
  const requestHandler = service((operation) => {
    asked.push(operation);
    return { GetRole: getRole, GetInstanceProfile: getProfile, ...replies }[operation] ?? error('?', 500);
  });
  const iam = new IAM(clientConfig({ ...settings, requestHandler }, once));
  const checks = judgeRoles(await gatherRoles({ iam }, needs), account);
  return { asked, codes: codesIn(checks), notDone: notDoneIn(checks) };
}

describe('asking for roles', () => {
  test('finds nothing where all is right', async () => {
    expect(await look()).toMatchObject({ codes: [], notDone: [] });
  });

  test('asks once for what is named twice, by ARN or by name', async () => {
    expect((await look()).asked.toSorted()).toEqual(['GetInstanceProfile', 'GetRole']);
  });

  test('tells what is not there from what may not be asked', async () => {
    const gone = error('NoSuchEntity', 404);
    expect(await look({ GetRole: gone, GetInstanceProfile: gone })).toMatchObject({
      codes: ['role-missing', 'instance-profile-missing'],
      notDone: [],
    });
    const denied = error('AccessDenied', 403);
    expect(await look({ GetRole: denied })).toMatchObject({
      codes: [],
      notDone: ['job-role'],
    });
  });

  test('finds a profile without a role', async () => {
    const empty = answer('GetInstanceProfile', '<InstanceProfile><Roles/></InstanceProfile>');
    expect((await look({ GetInstanceProfile: empty })).codes).toEqual(['instance-profile-empty']);
  });

  test('reads whom the role of the instances trusts', async () => {
    const roles = `<Roles><member>${role('hosts', trust('ecs-tasks'))}</member></Roles>`;
    const other = answer('GetInstanceProfile', `<InstanceProfile>${roles}</InstanceProfile>`);
    expect((await look({ GetInstanceProfile: other })).codes).toEqual(['instance-role-trust']);
  });
});
