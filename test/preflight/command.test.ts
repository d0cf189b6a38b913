import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { awsCommand, quoted } from '../../src/preflight/command.ts';

test('a command names its region before its options', () => {
  expect(
    awsCommand('eu-west-1', 'ec2 describe-subnets', '--max-items 3', [
      '--filters',
      'Name=vpc-id,Values=vpc-1',
    ]),
  ).toBe('aws ec2 describe-subnets --region eu-west-1 --max-items 3 --filters Name=vpc-id,Values=vpc-1');
});

test('an option that is not there leaves no gap', () => {
  expect(awsCommand('eu-west-1', 'ec2 describe-vpcs', '')).toBe('aws ec2 describe-vpcs --region eu-west-1');
});

test('words of an option are quoted, its name is not', () => {
  expect(awsCommand('eu-west-1', 'ec2 x', ['--launch-template-name', 'a(b)'])).toBe(
    "aws ec2 x --region eu-west-1 --launch-template-name 'a(b)'",
  );
});

test.each(['a(b)', "it's", 'a b', '$(id)', '', '*', 'a;b', '!x'])('a shell reads %j as it was', (word) => {
  expect(execFileSync('sh', ['-c', `printf %s ${quoted(word)}`], { encoding: 'utf8' })).toBe(word);
});
