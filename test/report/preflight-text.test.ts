import { expect, test } from 'vitest';
import { checksText, refusalLines, sumLine } from '../../src/report/preflight-text.ts';
import { blackhole, check, checks, waves } from '../preflight/checks.ts';

const text = checksText(checks, { 'ec2:DescribeSubnets': 2, 'batch:DescribeJobQueues': 1 });

test('the last line says how many errors, warnings and checks there were, and what it took', () => {
  expect(text.trimEnd().split('\n').at(-1)).toBe(
    '1 error, 1 warning, 3 checks done, 2 not done · 3 API calls',
  );
});

test('a finding shows what was seen, why it matters and the whole command that mends it', () => {
  expect(text).toContain(`error nat-blackhole: subnet-0ab12
  seen: ${blackhole.seen}
  why:  ${blackhole.why}
  fix:  ${blackhole.fix}
`);
});

test('errors come before warnings whatever the order of the checks', () => {
  const swapped = checksText([check({ findings: [waves] }), check({ findings: [blackhole] })]);
  expect(swapped.indexOf('error nat-blackhole')).toBeLessThan(swapped.indexOf('warning waves'));
});

test('the table has the groups in the order in which people read them, each named once', () => {
  const named = text.split('\n').map((line) => /^(identity|network|queue|image|storage) /.exec(line)?.[1]);
  expect(named.filter((group) => group !== undefined)).toEqual([
    ...['identity', 'network', 'queue', 'image', 'storage'],
  ]);
});

test('the table says of each check how it ended', () => {
  expect(text).toMatch(/A region is set +ok *$/m);
  expect(text).toMatch(/Every subnet has a way out +1 error *$/m);
  expect(text).toMatch(/Image one is there +not done *$/m);
  expect(text).toMatch(/Inputs can be read +nothing: no grid is given *$/m);
});

test('a refused call is told once, with every check that needed it', () => {
  expect(text).toContain(
    'not done without ecr:BatchGetImage: Image one is there; Image two is there\n  not allowed\n',
  );
});

test('a check that found something although an answer was lacking says both', () => {
  const half = check({ findings: [blackhole], notDone: [{ action: 'ec2:DescribeNatGateways', why: 'no' }] });
  expect(checksText([half])).toMatch(/1 error, not done *$/m);
  expect(sumLine([half])).toBe('1 error, 0 warnings, 0 checks done, 1 not done');
});

test('foreign text can neither break lines nor speak to a workflow', () => {
  const evil = { ...blackhole, seen: 'tag\n::error::boo\u001b[31m', about: '::warning::x' };
  const lines = refusalLines([evil]);
  expect(lines).toHaveLength(4);
  expect(lines.join('\n')).not.toMatch(/^::/m);
  expect(lines.join('\n')).not.toContain('\u001b');
});

test('a fix of several commands keeps them apart', () => {
  const fixed = refusalLines([{ ...blackhole, fix: 'aws one\naws two' }]);
  expect(fixed.slice(-2)).toEqual(['  fix:  aws one', '        aws two']);
});
