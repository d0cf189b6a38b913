import { describe, expect, test } from 'vitest';
import { principalOf } from '../gather-deployment.ts';
import { type AccountFacts, judgeDeployment } from '../judge-deployment.ts';
import { parseSettings } from '../read-settings.ts';
import { known } from './account.ts';

const empty: AccountFacts = {
  region: 'us-east-1',
  deployed: known(false),
  offered: known(new Set(['c7g', 'm7g', 'r7g', 'c7a', 'm7a', 'r7a'])),
  vpcs: known([{ id: 'vpc-default', cidr: '172.31.0.0/16' }]),
  provider: known(false),
  bucket: known('free'),
  refused: known([]),
};
const github = 'github: { repository: lab/grids, owner_id: 1, repository_id: 2 }';
const judge = (facts: Partial<AccountFacts>, settings = github) =>
  judgeDeployment({ ...empty, ...facts }, parseSettings(settings)).map(
    ({ severity, text }) => `${severity}: ${text}`,
  );

test('an empty account needs nothing', () => {
  expect(judge({})).toEqual([]);
});

test('a stack that is there may be changed', () => {
  expect(judge({ deployed: known(true), provider: known(true), bucket: known('ours') })).toEqual([]);
});

describe('before anything is made, somebody is told of', () => {
  test.each<[string, Partial<AccountFacts>, string, string]>([
    [
      'families that the region lacks',
      { offered: known(new Set(['c7g', 'm7g', 'r7g', 'c7a', 'm7a'])) },
      github,
      'does not offer r7a. Write others as compute.instances.amd64',
    ],
    [
      'a bucket of another account',
      { bucket: known('of somebody else') },
      github,
      'taken by another account',
    ],
    ['a bucket that was left', { bucket: known('ours') }, github, 'existing: true'],
    ['a bucket that is not there', {}, 'storage: { bucket: lab, existing: true }', 'there is no bucket lab'],
    ['a provider that is there', { provider: known(true) }, github, 'github.provider: existing'],
    [
      'a provider that is not there',
      {},
      github.replace(' }', ', provider: existing }'),
      'Leave github.provider out',
    ],
    ['rights that are missing', { refused: known(['iam:CreateRole']) }, github, 'may not: iam:CreateRole'],
  ])('%s', (_, facts, settings, says) => {
    const told = judge(facts, settings);
    expect(told).toHaveLength(1);
    expect(told[0]).toMatch(/^error: /);
    expect(told[0]).toContain(says);
  });

  test('a range that is used, which stops nothing', () => {
    const told = judge({ vpcs: known([{ id: 'vpc-1', cidr: '10.84.128.0/20' }]) });
    expect(told).toEqual([
      expect.stringMatching(/^warning: 10\.84\.0\.0\/16 overlaps with 10\.84\.128\.0\/20 of vpc-1/),
    ]);
  });

  test('what could not be asked, which stops nothing', () => {
    const told = judge({ provider: { known: false, action: 'iam:GetOpenIDConnectProvider', why: 'denied' } });
    expect(told).toEqual(['warning: not checked: iam:GetOpenIDConnectProvider (denied)']);
  });
});

test('what architectures are not asked for need not be offered', () => {
  const settings = 'compute: { architectures: [arm64] }';
  expect(judge({ offered: known(new Set(['c7g', 'm7g', 'r7g'])) }, settings)).toEqual([]);
});

test.each([
  ['arn:aws:sts::123456789012:assumed-role/Admin/jane', 'arn:aws:iam::123456789012:role/Admin'],
  ['arn:aws:iam::123456789012:user/jane', 'arn:aws:iam::123456789012:user/jane'],
])('%s is judged by %s', (caller, principal) => {
  expect(principalOf(caller)).toBe(principal);
});
