import { globSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { rightsFor } from '../aws/guide.ts';

const source = fileURLToPath(new URL('../../src/preflight', import.meta.url));
const asked = globSync('**/*.ts', { cwd: source }).flatMap((path) =>
  Array.from(
    readFileSync(`${source}/${path}`, 'utf8').matchAll(
      /'((?:batch|ec2|ecr|iam|logs|s3|servicequotas):[A-Z]\w+)'/g,
    ),
    ([, action = '']) => action,
  ),
);

test('the guide names every right that a preflight asks for, and none that it does not', () => {
  // The probe's own: who launches has them for the store.
  const ofProbe = ['s3:PutObject', 's3:DeleteObject'];
  const named = rightsFor('Preflight');
  expect(asked.filter((action) => !named.has(action) && !ofProbe.includes(action))).toEqual([]);
  // Needs no right; and is asked where the account has no quota of its own, under the name of the other.
  const besides = ['sts:GetCallerIdentity', 'servicequotas:GetAWSDefaultServiceQuota'];
  const unused = [...named].filter((action) => !besides.includes(action) && !asked.includes(action));
  expect(unused).toEqual([]);
});
