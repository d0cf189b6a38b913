import { expect, test } from 'vitest';
import type { GithubFacts, Values } from '../../src/doctor/github.ts';
import { assumedRoles, subjectsIn } from '../../src/doctor/oidc-trust.ts';

const provider = 'arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com';
const key = 'token.actions.githubusercontent.com:sub';

const statement = (Effect: string, Federated: string, Condition: object) => ({
  ...{ Effect, Principal: { Federated }, Action: 'sts:AssumeRoleWithWebIdentity', Condition },
});
const subjects = (Statement: object) =>
  subjectsIn(encodeURIComponent(JSON.stringify({ Version: '2012-10-17', Statement })));

test('subjects are those of statements that trust the issuer of GitHub', () => {
  const found = subjects([
    statement('Allow', provider, { StringLike: { [key]: 'repo:lab/grids:*' } }),
    statement('Allow', provider, { 'ForAnyValue:StringEquals': { [key]: ['repo:a/b:x', 'repo:c/d:y'] } }),
    statement('Deny', provider, { StringEquals: { [key]: 'repo:denied/x:*' } }),
    statement('Allow', 'accounts.google.com', { StringEquals: { [key]: 'repo:google/x:*' } }),
  ]);
  expect(found).toEqual(['repo:lab/grids:*', 'repo:a/b:x', 'repo:c/d:y']);
});

test('a policy may be one statement, and have other conditions beside', () => {
  const conditions = { StringLike: { [key]: 'repo:lab/grids:*' }, Bool: { 'aws:SecureTransport': true } };
  expect(subjects(statement('Allow', provider, conditions))).toEqual(['repo:lab/grids:*']);
});

test('what is no policy trusts nobody', () => {
  expect(subjectsIn('no policy')).toEqual([]);
});

const role = (name: string) => `arn:aws:iam::123456789012:role/${name}`;
const known = (values: Readonly<Record<string, string>>) =>
  ({ known: true, value: new Map(Object.entries(values)) satisfies Values }) as const;

function assumed(variables: GithubFacts['variables'], environmentVariables = new Map()) {
  const needs: GithubFacts['needs'] = {
    files: [],
    environments: [],
    variables: [
      { name: 'LAUNCH_ROLE', neededIn: [''], isRole: true },
      { name: 'JOB_ROLE', neededIn: [''], isRole: false },
    ],
  };
  return assumedRoles({ needs, variables, environmentVariables });
}

test('the role of jobs of AWS Batch, which no workflow assumes, does not have to trust GitHub', () => {
  const variables = known({ LAUNCH_ROLE: role('launch'), JOB_ROLE: role('job'), OTHER: role('other') });
  expect(assumed(variables)).toEqual([{ variable: 'LAUNCH_ROLE', arn: role('launch') }]);
});

test('each environment may have a role of its own', () => {
  const environments = new Map([['spend', known({ LAUNCH_ROLE: role('spend') })]]);
  expect(assumed(known({}), environments)).toEqual([
    { variable: 'LAUNCH_ROLE of environment spend', arn: role('spend') },
  ]);
});

test('what is no ARN of a role is not looked up', () => {
  expect(assumed(known({ LAUNCH_ROLE: 'launch' }))).toEqual([]);
});
