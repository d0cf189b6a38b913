import { describe, expect, test } from 'vitest';
import type { IdentityFacts } from '../../../src/preflight/surroundings/identity.ts';
import { judgeIdentity } from '../../../src/preflight/surroundings/judge-identity.ts';
import { codesIn, idleIn, known, notDoneIn, refused, theOne } from './found.ts';

const queue = (name: string, region = 'us-east-1', account = '123456789012') => ({
  name,
  arn: `arn:aws:batch:${region}:${account}:job-queue/${name}`,
});
const queues = [queue('spot'), queue('steady')];
const right: IdentityFacts = {
  region: 'us-east-1',
  caller: known({ account: '123456789012', arn: 'arn:aws:sts::123456789012:assumed-role/plan/x' }),
  aheadSeconds: 1,
};
const found = (changes: Partial<IdentityFacts>, wanted = queues) =>
  codesIn(judgeIdentity({ ...right, ...changes }, wanted));

describe('who asks', () => {
  test('is right with a role of the account and region of the queues', () => {
    expect(found({})).toEqual([]);
  });

  test('is right with no queue to compare with', () => {
    expect(found({}, [])).toEqual([]);
  });

  test('has no region: only that is found, and the region of the queues is proposed', () => {
    const checks = judgeIdentity({ caller: refused('sts:GetCallerIdentity') }, queues);
    expect(codesIn(checks)).toEqual(['region-unset']);
    expect(theOne(checks, 'region-unset').fix).toContain('region: us-east-1');
    expect(notDoneIn(checks)).toEqual([]);
    expect(idleIn(checks)).toEqual(['caller', 'clock']);
  });

  test('asks another region than that of a queue', () => {
    const checks = judgeIdentity(right, [queue('spot'), queue('far', 'eu-west-1')]);
    expect(codesIn(checks)).toEqual(['region-elsewhere']);
    expect(theOne(checks, 'region-elsewhere')).toMatchObject({
      about: 'queue far',
      seen: 'in eu-west-1; us-east-1 is asked',
    });
  });

  test('tells of several queues of one other region once', () => {
    const far = [queue('far', 'eu-west-1'), queue('farther', 'eu-west-1')];
    expect(theOne(judgeIdentity(right, far), 'region-elsewhere').about).toBe('queues far, farther');
  });

  test('is of another account than the queues', () => {
    const checks = judgeIdentity(right, [queue('theirs', 'us-east-1', '210987654321')]);
    expect(codesIn(checks)).toEqual(['account-elsewhere']);
    expect(theOne(checks, 'account-elsewhere').seen).toContain('210987654321');
  });

  test('is the root user, which is a warning', () => {
    const caller = known({ account: '123456789012', arn: 'arn:aws:iam::123456789012:root' });
    const checks = judgeIdentity({ ...right, caller }, queues);
    expect(codesIn(checks)).toEqual(['root-user']);
    expect(theOne(checks, 'root-user').severity).toBe('warning');
  });

  test('is no root user for a role of that name', () => {
    const arn = 'arn:aws:sts::123456789012:assumed-role/root/x';
    expect(found({ caller: known({ account: '123456789012', arn }) })).toEqual([]);
  });

  test('nobody knows: only that check is not done', () => {
    const checks = judgeIdentity({ ...right, caller: refused('sts:GetCallerIdentity') }, queues);
    expect(codesIn(checks)).toEqual([]);
    expect(notDoneIn(checks)).toEqual(['caller']);
  });
});

describe('the clock', () => {
  test.each([
    [0, []],
    [60, []],
    [-60, []],
    [61, ['clock-off']],
    [-61, ['clock-off']],
    [300, ['clock-off']],
    [301, ['clock-wrong']],
    [-301, ['clock-wrong']],
  ])('%i s ahead is %j', (aheadSeconds, codes) => {
    expect(found({ aheadSeconds })).toEqual(codes);
  });

  test('is ahead or behind in words', () => {
    const seen = (aheadSeconds: number) =>
      theOne(judgeIdentity({ ...right, aheadSeconds }, queues), 'clock-wrong').seen;
    expect(seen(400)).toBe("400 s ahead of AWS's");
    expect(seen(-400)).toBe("400 s behind AWS's");
  });

  test('that no answer told is not judged', () => {
    const { aheadSeconds: _, ...unasked } = right;
    expect(notDoneIn(judgeIdentity(unasked, queues))).toEqual(['clock']);
  });
});
