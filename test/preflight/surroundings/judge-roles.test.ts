import { describe, expect, test } from 'vitest';
import { judgeRoles } from '../../../src/preflight/surroundings/judge-roles.ts';
import type { AskedProfile, AskedRole, RoleFacts } from '../../../src/preflight/surroundings/roles.ts';
import { type Trust, trustedServices } from '../../../src/preflight/surroundings/trust.ts';
import { codesIn, idleIn, known, notDoneIn, refused, theOne } from './found.ts';

const account = '123456789012';
const arnOf = (name: string, of = account) => `arn:aws:iam::${of}:role/${name}`;
const root = {
  Effect: 'Allow',
  Principal: { AWS: `arn:aws:iam::${account}:root` },
  Action: 'sts:AssumeRole',
};
const trust = (...services: readonly string[]): Trust => ({
  services,
  document: JSON.stringify({ Version: '2012-10-17', Statement: [root] }),
});
const role = (name: string, trusted = trust('ecs-tasks.amazonaws.com')): AskedRole => ({
  arn: arnOf(name),
  state: known({ state: 'there', arn: arnOf(name), trust: trusted }),
});
const profile = (
  state: AskedProfile['state'] = known({
    state: 'there',
    role: { name: 'hosts', trust: trust('ec2.amazonaws.com') },
  }),
  environment = 'spot-c7a',
): AskedProfile => ({
  environment,
  profile: `arn:aws:iam::${account}:instance-profile/ecsInstanceRole`,
  state,
});
const right: RoleFacts = { job: role('job'), execution: role('execution'), profiles: [profile()] };
const judged = (changes: Partial<RoleFacts>) => judgeRoles({ ...right, ...changes }, account);

describe('roles', () => {
  test('are right where ECS and EC2 may assume them', () => {
    expect(codesIn(judged({}))).toEqual([]);
    expect(notDoneIn(judged({}))).toEqual([]);
  });

  test('of jobs should be named', () => {
    const checks = judgeRoles({ profiles: [profile()] }, account);
    expect(codesIn(checks)).toEqual(['job-role-unset']);
    expect(theOne(checks, 'job-role-unset').severity).toBe('warning');
    expect(idleIn(checks)).toEqual(['execution-role']);
  });

  test('that do not exist are found, with the command that makes them', () => {
    const checks = judged({ job: { arn: arnOf('job'), state: known({ state: 'missing' }) } });
    expect(codesIn(checks)).toEqual(['role-missing']);
    expect(theOne(checks, 'role-missing').fix).toContain('aws iam create-role --role-name job ');
  });

  test('of another account are no matter of the role that has their name here', () => {
    const theirs = { ...role('job', trust()), arn: arnOf('job', '210987654321') };
    expect(codesIn(judged({ job: theirs }))).toEqual(['role-of-another-account']);
  });

  test('are looked for by exactly their ARN', () => {
    const checks = judged({
      job: { arn: arnOf('job'), state: known({ state: 'there', arn: arnOf('lab/job'), trust: trust() }) },
    });
    expect(codesIn(checks)).toEqual(['role-path']);
    expect(theOne(checks, 'role-path').fix).toContain(arnOf('lab/job'));
  });

  test.each([[['ec2.amazonaws.com']], [[]]])('that trust %j cannot be had by ECS', (trusts) => {
    const checks = judged({ execution: role('execution', trust(...trusts)) });
    expect(codesIn(checks)).toEqual(['role-trust']);
    expect(theOne(checks, 'role-trust').fix).toContain('update-assume-role-policy --role-name execution ');
  });

  test('that ECS may not assume keep all that may already', () => {
    const checks = judged({ execution: role('execution', trust()) });
    const added = {
      Effect: 'Allow',
      Principal: { Service: 'ecs-tasks.amazonaws.com' },
      Action: 'sts:AssumeRole',
    };
    const merged = JSON.stringify({ Version: '2012-10-17', Statement: [root, added] });
    expect(theOne(checks, 'role-trust').fix).toMatch(`--policy-document '${merged}'`);
  });

  test('that trust anybody are taken by ECS, too', () => {
    expect(codesIn(judged({ job: role('job', trust('*')) }))).toEqual([]);
  });

  test('that are both are told of once', () => {
    const same = role('both', trust());
    expect(codesIn(judged({ job: same, execution: same }))).toEqual(['role-trust']);
  });

  test('whose trust nobody can read are not judged', () => {
    const job = {
      arn: arnOf('job'),
      state: known({ state: 'there', arn: arnOf('job'), trust: undefined }),
    } as const;
    expect(codesIn(judged({ job }))).toEqual([]);
    expect(notDoneIn(judged({ job }))).toEqual(['job-role']);
  });

  test('that may not be looked at leave the others judged', () => {
    const checks = judged({
      job: { arn: arnOf('job'), state: refused('iam:GetRole') },
      execution: role('execution', trust()),
    });
    expect(notDoneIn(checks)).toEqual(['job-role']);
    expect(codesIn(checks)).toEqual(['role-trust']);
  });
});

describe('instance profiles', () => {
  test.each([
    [{ state: 'missing' }, 'instance-profile-missing'],
    [{ state: 'there' }, 'instance-profile-empty'],
    [
      { state: 'there', role: { name: 'hosts', trust: trust('ecs-tasks.amazonaws.com') } },
      'instance-role-trust',
    ],
  ] as const)('%j is %s', (state, code) => {
    expect(codesIn(judged({ profiles: [profile(known(state))] }))).toEqual([code]);
  });

  test('of China have a domain of their own', () => {
    const state = { state: 'there', role: { name: 'hosts', trust: trust('ec2.amazonaws.com.cn') } } as const;
    expect(codesIn(judged({ profiles: [profile(known(state))] }))).toEqual([]);
  });

  test('that are missing or empty are mended by whole commands, whose gap no shell reads as a redirection', () => {
    const fixes = (['missing', 'there'] as const).map(
      (state) =>
        judged({ profiles: [profile(known({ state }))] }).flatMap(({ findings }) => findings)[0]?.fix,
    );
    const add =
      'aws iam add-role-to-instance-profile --instance-profile-name ecsInstanceRole --role-name ROLE_OF_THE_INSTANCES';
    expect(fixes).toEqual([
      `aws iam create-instance-profile --instance-profile-name ecsInstanceRole && ${add}`,
      add,
    ]);
  });

  test('that several environments share are told of once', () => {
    const missing = known({ state: 'missing' } as const);
    const checks = judged({ profiles: [profile(missing, 'one'), profile(missing, 'two')] });
    expect(theOne(checks, 'instance-profile-missing').about).toBe(
      'instance profile ecsInstanceRole of one, two',
    );
  });

  test('that may not be looked at are not judged', () => {
    const checks = judged({ profiles: [profile(refused('iam:GetInstanceProfile'))] });
    expect(codesIn(checks)).toEqual([]);
    expect(notDoneIn(checks)).toEqual(['instance-profiles']);
  });

  test('whose role nobody can read are not judged', () => {
    const state = { state: 'there', role: { name: 'hosts', trust: undefined } } as const;
    expect(notDoneIn(judged({ profiles: [profile(known(state))] }))).toEqual(['instance-profiles']);
  });

  test('of no environment are nothing to look at', () => {
    expect(idleIn(judged({ profiles: [] }))).toEqual(['instance-profiles']);
  });
});

describe('a trust policy', () => {
  const policy = (...statements: readonly object[]) => JSON.stringify({ Statement: statements });
  const allow = { Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { Service: 'a' } };

  test.each([
    ['one service', policy(allow), ['a']],
    ['several services', policy({ ...allow, Principal: { Service: ['a', 'b'] } }), ['a', 'b']],
    ['several statements', policy(allow, { ...allow, Principal: { Service: 'b' } }), ['a', 'b']],
    ['one statement alone', JSON.stringify({ Statement: allow }), ['a']],
    ['several actions', policy({ ...allow, Action: ['sts:TagSession', 'sts:AssumeRole'] }), ['a']],
    ['all actions of STS', policy({ ...allow, Action: 'sts:*' }), ['a']],
    ['a pattern of actions', policy({ ...allow, Action: 'sts:Assume*' }), ['a']],
    ['actions in another case', policy({ ...allow, Action: 'STS:assumerole' }), ['a']],
    ['a pattern of other actions', policy({ ...allow, Action: 'sts:AssumeRoleWith*' }), []],
    ['anybody', policy({ ...allow, Principal: '*' }), ['*']],
    ['people only', policy({ ...allow, Principal: { AWS: 'arn:aws:iam::1:root' } }), []],
    ['another action', policy({ ...allow, Action: 'sts:TagSession' }), []],
    ['a refusal', policy({ ...allow, Effect: 'Deny' }), []],
    ['as IAM encodes it', encodeURIComponent(policy(allow)), ['a']],
    ['no JSON', 'nothing', undefined],
    ['nothing', undefined, undefined],
    ['another shape', '{"Statement":7}', undefined],
  ])('with %s is read', (_, document, services) => {
    expect(trustedServices(document)).toEqual(services);
  });
});
