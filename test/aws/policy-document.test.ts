import { describe, expect, test } from 'vitest';
import { policyStatements, policyWith, speaksOf } from '../../src/aws/policy-document.ts';

const read = (statement: unknown) => policyStatements(JSON.stringify({ Statement: statement }));

describe('a policy', () => {
  test('may have its only statement without a list', () => {
    expect(read({ Effect: 'Allow', Action: 'sts:AssumeRole' })).toEqual([
      { allows: true, actions: ['sts:AssumeRole'], conditions: {} },
    ]);
  });

  test('may be percent-encoded, as IAM gives it', () => {
    const document = encodeURIComponent(
      JSON.stringify({ Statement: [{ Effect: 'Deny', NotAction: ['s3:*'] }] }),
    );
    expect(policyStatements(document)).toEqual([{ allows: false, notActions: ['s3:*'], conditions: {} }]);
  });

  test('may have booleans and numbers in conditions', () => {
    const [statement] =
      read({
        Effect: 'Allow',
        Condition: {
          Bool: { 'aws:SecureTransport': true },
          NumericLessThan: { 'aws:MultiFactorAuthAge': [60] },
        },
      }) ?? [];
    expect(statement?.conditions).toEqual({
      Bool: { 'aws:SecureTransport': ['true'] },
      NumericLessThan: { 'aws:MultiFactorAuthAge': ['60'] },
    });
  });

  test.each([
    ['*', { AWS: ['*'] }],
    [{ AWS: '*' }, { AWS: ['*'] }],
    [
      { Service: ['a.amazonaws.com', 'b.amazonaws.com'] },
      { Service: ['a.amazonaws.com', 'b.amazonaws.com'] },
    ],
  ])('with principal %j names it by kind', (Principal, principals) => {
    expect(read([{ Effect: 'Allow', Principal }])?.[0]?.principals).toEqual(principals);
  });

  test.each([undefined, '', 'words', '{}', '%7', '{"Statement":[{"Action":"*"}]}'])(
    'that is %j cannot be read',
    (document) => {
      expect(policyStatements(document)).toBeUndefined();
    },
  );
});

describe('a statement', () => {
  const about = (statement: object, action: string) => {
    const [only] = read({ Effect: 'Allow', ...statement }) ?? [];
    return only !== undefined && speaksOf(only, action);
  };

  test.each(['sts:AssumeRole', 'STS:assumerole', 'sts:Assume*', 'sts:*', '*', 'sts:AssumeRol?'])(
    '%s speaks of sts:AssumeRole',
    (Action) => {
      expect(about({ Action }, 'sts:AssumeRole')).toBe(true);
    },
  );

  test.each(['sts:AssumeRoleWithWebIdentity', 'sts:Assume', 'sts.AssumeRole', 's3:*'])(
    '%s does not speak of sts:AssumeRole',
    (Action) => {
      expect(about({ Action }, 'sts:AssumeRole')).toBe(false);
    },
  );

  test('a sign of patterns elsewhere is no pattern', () => {
    expect(about({ Action: 'a.c:Get' }, 'abc:Get')).toBe(false);
  });

  test('speaks of all but what it excludes', () => {
    expect(about({ NotAction: 's3:*' }, 'sts:AssumeRole')).toBe(true);
    expect(about({ NotAction: 'sts:assume*' }, 'sts:AssumeRole')).toBe(false);
  });

  test('that names no action speaks of none', () => {
    expect(about({}, 'sts:AssumeRole')).toBe(false);
  });
});

test.each([
  ['a list', '[{"Effect":"Deny"}]'],
  ['one alone', '{"Effect":"Deny"}'],
])('a statement is added to %s, and the rest of the policy stays', (_, there) => {
  const document = encodeURIComponent(`{"Version":"2012-10-17","Id":"x","Statement":${there}}`);
  expect(policyWith(document, { Effect: 'Allow' })).toBe(
    '{"Version":"2012-10-17","Id":"x","Statement":[{"Effect":"Deny"},{"Effect":"Allow"}]}',
  );
});
