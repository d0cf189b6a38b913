import { describe, expect, test } from 'vitest';
import { jobRole } from '../../test/aws/guide.ts';
import { mayDo, readPolicy } from '../../test/aws/policy.ts';
import type { S3Operation } from '../../test/aws/s3/faults.ts';
import { rolesIn } from '../rights-page.ts';
import { synthesize } from './synthesized.ts';

const bucket = 'muster-<account>-<region>';
const [made] = rolesIn(synthesize()).filter(({ name }) => name === 'muster-job');
const statements = (made?.statements ?? []).map(({ Effect, Action, Resource, Condition }) => ({
  ...{ Effect, Action, Resource },
  ...(Object.keys(Condition).length > 0 && { Condition }),
}));
const policy = readPolicy(JSON.stringify({ Version: '2012-10-17', Statement: statements }));

const run = 'ensembles/runs/demo-0';
const keys = [
  ...[`${run}/outputs/a=1/000-job-01/answer.json`, `${run}/rounds/000/fragments/0000000/job-01-0000.json`],
  ...[`${run}/run.json`, `${run}/state.json`, `${run}/rounds/000/arrays/0000.json`],
  ...['ensembles/published/demo-0.json', 'ensembles/spend/2026-11.json', 'elsewhere/runs/demo-0/outputs/x'],
];
const operations: readonly S3Operation[] = [
  'GetObject',
  'PutObject',
  'CompleteMultipartUpload',
  'DeleteObject',
];
const conditions: readonly Readonly<Record<string, string>>[] = [
  {},
  { 'if-none-match': '*' },
  { 'if-match': '"etag"' },
];
const asks = keys.flatMap((key) =>
  operations.flatMap((operation) =>
    conditions.map((headers) => ({
      key,
      operation,
      headers,
      bucket,
    })),
  ),
);

describe('the job role', () => {
  test('may do exactly what that of the guide may', () => {
    const guide = jobRole(bucket);
    const allowed = asks.filter((ask) => mayDo(policy, ask));
    expect(allowed).toEqual(asks.filter((ask) => mayDo(guide, ask)));
    expect(allowed.length).toBeGreaterThan(0);
  });

  test('creates, and writes over nothing', () => {
    const [output = ''] = keys;
    const put = (headers: Readonly<Record<string, string>>) =>
      mayDo(policy, { operation: 'PutObject', bucket, key: output, headers });
    expect(put({ 'if-none-match': '*' })).toBe(true);
    expect(put({})).toBe(false);
  });
});
