import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { subjectsIn } from '../../src/doctor/oidc-trust.ts';
import { settingsSchema } from '../settings.ts';
import { subjectsOf, type WorkflowRole } from '../stack/trust.ts';
import { resourcesOf, synthesize, whole } from './synthesized.ts';

const folder = new URL('../../.github/workflows/', import.meta.url);

const workflowSchema = z.looseObject({
  on: z.record(z.string(), z.unknown()),
  jobs: z.record(
    z.string(),
    z.looseObject({
      environment: z.looseObject({ name: z.string() }).optional(),
      steps: z.array(z.looseObject({ with: z.record(z.string(), z.unknown()).default({}) })).default([]),
    }),
  ),
});

/** What jobs show to AWS, by the role that they assume: the end of the subject of their token (GH 4.4). */
function shown(): ReadonlyMap<string, ReadonlySet<string>> {
  const found = new Map<string, Set<string>>();
  for (const file of readdirSync(folder)) {
    const { on, jobs } = workflowSchema.parse(parse(readFileSync(new URL(file, folder), 'utf8')));
    for (const { environment, steps } of Object.values(jobs)) {
      for (const { with: inputs } of steps) {
        const [, role] = /vars\.MUSTER_(\w+)_ROLE/.exec(String(inputs['role-arn'] ?? '')) ?? [];
        if (role === undefined) continue;
        const tails = environment === undefined ? byTrigger(on) : environmentsIn(environment.name);
        found.set(role.toLowerCase(), new Set([...(found.get(role.toLowerCase()) ?? []), ...tails]));
      }
    }
  }
  return found;
}

/** An expression names its environments as texts. */
function environmentsIn(name: string): readonly string[] {
  if (!name.includes('${{')) return [`environment:${name}`];
  const texts = Array.from(name.matchAll(/(?:&&|\|\|) '([\w-]+)'/g), ([, text = '']) => text);
  return texts.map((text) => `environment:${text}`);
}

const byTrigger = (on: Readonly<Record<string, unknown>>) =>
  Object.keys(on).map((event) => (event === 'pull_request' ? 'pull_request' : 'ref:refs/heads/main'));

const settings = settingsSchema.parse({
  github: { repository: 'lab/grids', owner_id: 123456, repository_id: 456789 },
});
const { github } = settings;
if (github === undefined) throw new Error('no github');

test('workflows assume four roles', () => {
  expect([...shown().keys()].toSorted()).toEqual(['images', 'launch', 'plan', 'watch']);
});

describe.each([...shown()])('the role %s', (role, tails) => {
  // One of the four, as the test above says.
  const subjects = subjectsOf(role as WorkflowRole, github);

  test('trusts exactly the jobs that assume it, in both forms of the subject', () => {
    const forms = ['repo:lab/grids', 'repo:lab@123456/grids@456789'];
    const expected = forms.flatMap((form) => [...tails].map((tail) => `${form}:${tail}`));
    expect(subjects.toSorted()).toEqual(expected.toSorted());
  });

  test('has them in its trust policy, with the audience of AWS and the id of the repository', () => {
    const made = resourcesOf(synthesize(whole), 'AWS::IAM::Role').find(
      ({ Properties }) => Properties.RoleName === `muster-${role}`,
    );
    const { Statement } = z
      .looseObject({ Statement: z.tuple([z.looseObject({ Condition: z.unknown() })]) })
      .parse(made?.Properties.AssumeRolePolicyDocument);
    const issuer = 'token.actions.githubusercontent.com';
    expect(Statement[0].Condition).toEqual({
      StringEquals: { [`${issuer}:aud`]: 'sts.amazonaws.com', [`${issuer}:sub`]: subjects },
      StringEqualsIfExists: { [`${issuer}:repository_id`]: '456789' },
    });
  });

  test('is one that `muster doctor` can read', () => {
    const provider = 'arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com';
    const document = { ...resourceTrust(role), Version: '2012-10-17' };
    expect(subjectsIn(JSON.stringify(document).replace(/\{"Fn::Sub":"[^"]*"\}/, `"${provider}"`))).toEqual(
      subjects,
    );
  });
});

const resourceTrust = (role: string) =>
  z
    .looseObject({})
    .parse(
      resourcesOf(synthesize(whole), 'AWS::IAM::Role').find(
        ({ Properties }) => Properties.RoleName === `muster-${role}`,
      )?.Properties.AssumeRolePolicyDocument,
    );

test('the provider of GitHub is made, unless the account has it', () => {
  expect(resourcesOf(synthesize(whole), 'AWS::IAM::OIDCProvider')).toHaveLength(1);
  const there = whole.replace('repository_id: 456789', 'repository_id: 456789, provider: existing');
  expect(resourcesOf(synthesize(there), 'AWS::IAM::OIDCProvider')).toHaveLength(0);
});

test('without a repository no role trusts GitHub', () => {
  expect(JSON.stringify(synthesize())).not.toContain('token.actions.githubusercontent.com');
});
