import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { jobCommand, jobUrl, logUrl } from '../../../src/engine/aws-batch/links.ts';

const here = { region: 'us-east-1', logGroup: '/aws/batch/job' };

test('a job has its page in the console of its region, and a child its own', () => {
  expect(jobUrl(here, 'a1b2:17')).toBe(
    'https://us-east-1.console.aws.amazon.com/batch/home?region=us-east-1#jobs/detail/a1b2:17',
  );
});

test('slashes of log group and stream are escaped twice, with dollars', () => {
  expect(logUrl(here, 'demo/default/0af1')).toBe(
    'https://us-east-1.console.aws.amazon.com/cloudwatch/home?region=us-east-1' +
      '#logsV2:log-groups/log-group/$252Faws$252Fbatch$252Fjob/log-events/demo$252Fdefault$252F0af1',
  );
});

test('a log group of another name is the one linked', () => {
  expect(logUrl({ ...here, logGroup: '/lab/jobs' }, 'x')).toContain(
    'log-group/$252Flab$252Fjobs/log-events/x',
  );
});

test.each([
  ['cn-north-1', 'https://cn-north-1.console.amazonaws.cn/'],
  ['us-gov-west-1', 'https://us-gov-west-1.console.amazonaws-us-gov.com/'],
  ['eu-central-1', 'https://eu-central-1.console.aws.amazon.com/'],
])('%s has the console of its partition', (region, start) => {
  expect(jobUrl({ region }, 'j').startsWith(start)).toBe(true);
  expect(logUrl({ region }, 's').startsWith(start)).toBe(true);
});

test('what a link shows a command shows too', () => {
  expect(jobCommand(here, 'a1b2:17')).toBe('aws batch describe-jobs --region us-east-1 --jobs a1b2:17');
});

test('commands in the guide name the region, too', () => {
  const guide = readFileSync(new URL('../../../docs/aws.md', import.meta.url), 'utf8');
  const commands = [...guide.matchAll(/`(aws batch [^`]*)`/g)].map(([, command]) => command);
  expect(commands.length).toBeGreaterThan(0);
  for (const command of commands) expect(command).toContain('--region ');
});
