import { marked } from 'marked';
import { expect, test } from 'vitest';
import { preflightMarkdown } from '../../src/report/preflight-markdown.ts';
import { blackhole, check, report } from '../preflight/checks.ts';

const text = preflightMarkdown(report);

test('the first line is the verdict', () => {
  const only = (...checks: ReturnType<typeof check>[]) =>
    preflightMarkdown({ ...report, checks }).split('\n')[0];
  expect(only(check())).toBe('**Nothing stands in the way**');
  expect(only(check({ findings: [blackhole] }))).toBe('**Not ready: 1 error to mend first**');
  expect(only(check({ notDone: [{ action: 'ec2:X', why: 'no' }] }))).toBe(
    '**Not known: 1 of 1 check could not be done**',
  );
});

test('what is not shown counts for the verdict, and is said', () => {
  const hidden = [check({ group: 'queue', findings: [blackhole] })];
  const shown = preflightMarkdown({ ...report, checks: [check()] }, hidden);
  expect(shown.split('\n')[0]).toBe('**Not ready: 1 error to mend first**');
  expect(shown).toContain('Not shown: 1 error (queue).');
  expect(shown).not.toContain('nat-blackhole');
});

test('it says what was looked at, where and when', () => {
  expect(text).toContain(
    'Preflight of `grids/toy.yaml` in `us-east-1`, 2026-11-20 19:05 UTC: 1 error, 1 warning',
  );
});

test('an error is open with its command to copy, a warning is folded', () => {
  const [open = ''] = text.split('<details>');
  expect(open).toContain(`\`\`\`sh\n${blackhole.fix}\n\`\`\``);
  expect(open).not.toContain('waves');
  expect(text).toContain('**Warning** `waves` `queue spot`');
});

test('what to change in a file is words, not a command', () => {
  expect(text).toContain('Fix: Raise `maxvCpus`.');
});

test('words behind a command are not part of what is copied', () => {
  const fix = 'aws logs create-log-group --log-group-name /a, or correct `log_group` in muster.yaml.';
  const shown = preflightMarkdown({ ...report, checks: [check({ findings: [{ ...blackhole, fix }] })] });
  expect(shown).toContain(
    '```sh\naws logs create-log-group --log-group-name /a\n```\n\nor correct `log_group` in muster.yaml.',
  );
});

test('a command behind words is shown as one, too', () => {
  const fix = 'Create one like it, then: aws batch update-job-queue --compute-environment-order order=1';
  const shown = preflightMarkdown({ ...report, checks: [check({ findings: [{ ...blackhole, fix }] })] });
  expect(shown).toContain(
    'Fix: Create one like it, then:\n\n```sh\naws batch update-job-queue --compute-environment-order order=1\n```',
  );
});

test('ids can be copied from the words around them', () => {
  const seen = 'vpc-2e2e490b0cac746be lacks `rtb-1` and arn:aws:iam::123456789012:role/a.';
  const shown = preflightMarkdown({ ...report, checks: [check({ findings: [{ ...blackhole, seen }] })] });
  expect(shown).toContain('`vpc-2e2e490b0cac746be` lacks `rtb-1` and `arn:aws:iam::123456789012:role/a`.');
});

test('the picture is handed to Mermaid as it is', () => {
  expect(text).toContain(`\`\`\`mermaid\n${report.picture}\n\`\`\``);
});

test('a picture that would end its own fence, or that nothing draws any more, is left out and said', () => {
  for (const picture of ['flowchart LR\n```\n# gone', 'x'.repeat(50_000)]) {
    const without = preflightMarkdown({ ...report, picture });
    expect(without).not.toContain('```mermaid');
    expect(without).toContain('too large to be drawn');
  }
});

test('what was not done is told with the call that is lacking', () => {
  expect(text).toContain('- `ecr:BatchGetImage`: Image one is there; Image two is there. not allowed');
});

test('every call is counted', () => {
  expect(text).toContain('| `ec2:DescribeSubnets` | 2 |');
});

test('foreign text stays text: no markup, mention or HTML', async () => {
  const evil = { ...blackhole, about: '<img src=x>', seen: '@team <script>x</script> | #1', why: '**loud**' };
  const html = await marked.parse(preflightMarkdown({ ...report, checks: [check({ findings: [evil] })] }));
  expect(html).not.toMatch(/<script|<img|<strong>loud/);
  expect(html).not.toContain('@team');
});
