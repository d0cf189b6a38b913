import { expect, test } from 'vitest';
import type { Check } from '../../src/preflight/finding.ts';
import { preflightMarkdown } from '../../src/report/preflight-markdown.ts';
import { checksText, eachCheckText, refusalLines } from '../../src/report/preflight-text.ts';
import { blackhole, check, checks, report, waves } from '../preflight/checks.ts';

const text = checksText(checks, { 'ec2:DescribeSubnets': 2, 'batch:DescribeJobQueues': 1 });

test('the last line says how many errors, warnings and checks there were, and what it took', () => {
  expect(text.trimEnd().split('\n').at(-1)).toBe(
    '1 error, 1 warning, 3 checks done, 2 not done · 3 API calls',
  );
});

test('the first line is the verdict, which does not reassure where nobody could look', () => {
  const first = (...some: readonly Check[]) => checksText(some).split('\n')[0];
  expect(first(check(), check({ nothing: 'no grid' }))).toBe('Nothing stands in the way.');
  expect(first(check({ findings: [waves] }))).toBe('Nothing stands in the way, with 1 warning.');
  const blind = check({ notDone: [{ action: 'ec2:X', why: 'no' }] });
  expect(first(blind, check())).toBe('Not known: 1 of 2 checks could not be done.');
  expect(first(check({ findings: [blackhole, waves] }))).toBe('Not ready: 1 error to mend first.');
  expect(first(check({ findings: [blackhole] }), blind)).toBe(
    'Not ready: 1 error to mend first, and 1 of 2 checks could not be done.',
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

test('each group has a line, in the order in which people read them, after all that was found', () => {
  expect(text).toContain(`
identity    1 ok
network     1 error
queue       1 warning
image       2 not done
storage     1 with nothing to look at
`);
  expect(text.indexOf('\nidentity ')).toBeGreaterThan(text.indexOf('\nwarning waves'));
});

test('a refused call is told once, with every check that needed it', () => {
  expect(text).toContain(`not done without ecr:BatchGetImage:
  - Image one is there
  - Image two is there
  not allowed
`);
});

test('a check that found something although an answer was lacking says both', () => {
  const half = check({ findings: [blackhole], notDone: [{ action: 'ec2:DescribeNatGateways', why: 'no' }] });
  expect(checksText([half])).toMatch(/^network +1 error, 1 not done$/m);
  expect(checksText([half])).toMatch(/^1 error, 0 warnings, 0 checks done, 1 not done$/m);
});

test('what is not shown counts for verdict and sum, and is said with its groups', () => {
  const hidden = [check({ group: 'queue', findings: [blackhole] }), check({ group: 'image' })];
  const shown = checksText([check()], undefined, { hidden });
  expect(shown).toMatch(/^Not ready: 1 error to mend first\.$/m);
  expect(shown).toMatch(/^Not shown: 1 error \(queue\)\.$/m);
  expect(shown).toMatch(/^1 error, 0 warnings, 3 checks done/m);
  expect(shown).not.toContain('nat-blackhole');
  expect(checksText([check()], undefined, { hidden: [check({ group: 'image' })] })).not.toContain(
    'Not shown',
  );
});

test('how slices fill their types stands before the sum, in text as in Markdown', () => {
  const type = { type: 'c7a.xlarge', vcpus: 4, memoryMib: 8192, perInstance: 1, idle: 0, tight: false };
  const fits = [{ about: 'grids/toy.yaml', queue: 'spot', vcpus: 4, memoryMib: 4096, types: [type] }];
  expect(checksText([check()], {}, { fits })).toMatch(/c7a\.xlarge .*\n\nnetwork +1 ok\n\n0 errors/);
  const page = preflightMarkdown({ ...report, fits });
  expect(page.indexOf('| c7a.xlarge |')).toBeGreaterThan(0);
  expect(page.indexOf('| c7a.xlarge |')).toBeLessThan(page.indexOf('All checks'));
});

test('doctor shows every check with what it saw, its result before it', () => {
  const lines = eachCheckText([
    check({ group: 'machine', title: 'Node is new enough: 24.21.0' }),
    check({ group: 'machine', title: 'Docker can build images', findings: [waves] }),
    check({ group: 'storage', title: 'The store answers', nothing: 'there are no credentials' }),
  ]);
  expect(lines).toContain(`
machine     ok          Node is new enough: 24.21.0
            1 warning   Docker can build images
storage     -           The store answers (there are no credentials)
`);
});

const long = 'instances start and never reach the service, so that slices wait '.repeat(4).trim();

test('lines fit a terminal of 80 columns, but for commands and ids, which are copied whole', () => {
  const arn = `arn:aws:iam::123456789012:role/${'x'.repeat(70)}`;
  const command = `aws ec2 x --id ${'y '.repeat(60).trim()}`;
  const finding = { ...blackhole, seen: `${long} ${arn}`, why: long, fix: `${command}, or ${long}` };
  const lines = checksText([check({ title: long, findings: [finding] })]).split('\n');
  const wide = lines.filter((line) => line.length > 80).map((line) => line.trim());
  expect(wide).toEqual([arn, `fix:  ${command}`]);
  const notDone = [{ action: 'ec2:X', why: long }];
  const rows = eachCheckText([check({ title: long, nothing: long }), check({ title: long, notDone })]);
  expect(rows.split('\n').filter((line) => line.length > 80)).toEqual([]);
  expect(rows.replace(/\s+/g, ' ')).toContain(`${long} (${long})`);
});

test('a command stands on a line of its own, from whatever words', () => {
  const fixed = (fix: string) => refusalLines([{ ...blackhole, fix }]).slice(3);
  expect(fixed('Create one like it, then: aws batch update --order a=1,b=2; it is free.')).toEqual([
    ...[
      '  fix:  Create one like it, then:',
      '        aws batch update --order a=1,b=2',
      '        it is free.',
    ],
  ]);
  expect(fixed('aws one, then write it down')).toEqual(['  fix:  aws one', '        then write it down']);
  expect(fixed('Write `then: aws one`, and look.')).toEqual(['  fix:  Write `then: aws one`, and look.']);
  const spanned = `Choose with \`aws ${'z '.repeat(50)}\`: aws does not.`;
  expect(fixed(spanned)[1]).toBe(`        \`aws ${'z '.repeat(50)}\`:`);
});

test('foreign text can neither break lines nor speak to a workflow', () => {
  const evil = { ...blackhole, seen: 'tag\n::error::boo\u001b[31m', about: '::warning::x' };
  const lines = refusalLines([evil]);
  expect(lines.join('\n')).not.toMatch(/^::/m);
  expect(lines.join('\n')).not.toContain('\u001b');
});

test('a fix of several commands keeps them apart', () => {
  const fixed = refusalLines([{ ...blackhole, fix: 'aws one\naws two' }]);
  expect(fixed.slice(-2)).toEqual(['  fix:  aws one', '        aws two']);
});
