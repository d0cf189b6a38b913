import { describe, expect, test } from 'vitest';
import { readConfiguration } from '../../src/run/configuration.ts';
import { decide, stageOf } from '../../src/run/decide.ts';

const yaml = (text: string) => readConfiguration('muster.yaml', text);
const arn = (region: string) => `arn:aws:batch:${region}:123456789012:job-queue/q`;
const queues = (region = 'us-east-1') =>
  `queues:\n  q: { arn: "${arn(region)}", architecture: amd64, capacity: spot }\n`;
const account = `store: s3://b/p\nengine: aws-batch\n${queues()}`;

describe('what a command goes by', () => {
  test('is the command line before the environment before muster.yaml before the default', () => {
    const file = yaml('store: in-file\n');
    const environment = { MUSTER_STORE: 'in-environment' };
    expect(decide(file, { store: 'given' }, environment).store.value).toBe('given');
    expect(decide(file, {}, environment).store.value).toBe('in-environment');
    expect(decide(file, {}, {}).store.value).toBe('in-file');
    expect(decide(yaml(''), {}, {}).store.value).toBe('.muster/store');
  });

  test('comes with the place that said it', () => {
    const file = yaml('money: {}\nstore: in-file\n');
    expect(decide(file, { store: 'x' }, {}).store.from).toEqual({ file: 'command line' });
    expect(decide(file, {}, { MUSTER_STORE: 'x' }).store.from).toEqual({
      file: 'environment variable MUSTER_STORE',
    });
    expect(decide(file, {}, {}).store.from).toEqual({ file: 'muster.yaml', line: 2, column: 8 });
    expect(decide(yaml(''), {}, {}).store.from).toEqual({ file: 'muster.yaml' });
  });

  test('takes the engine from the environment', () => {
    expect(decide(yaml(account), {}, { MUSTER_ENGINE: 'local' }).engine.value).toBe('local');
  });

  test('is not decided by an empty variable', () => {
    expect(decide(yaml('store: in-file\n'), {}, { MUSTER_STORE: '' }).store.value).toBe('in-file');
  });

  test('takes the stage from the command line before the environment', () => {
    expect(stageOf('one', { MUSTER_STAGE: 'two' })).toBe('one');
    expect(stageOf(undefined, { MUSTER_STAGE: 'two' })).toBe('two');
    expect(stageOf(undefined, { MUSTER_STAGE: '' })).toBeUndefined();
  });
});

describe('the region', () => {
  const of = (text: string, environment: Record<string, string>) =>
    decide(yaml(text), {}, environment).region?.value;

  test('is that of MUSTER_REGION before muster.yaml, and AWS_REGION only fills a gap', () => {
    const file = 'region: us-east-1\n';
    expect(of(file, { MUSTER_REGION: 'us-west-2', AWS_REGION: 'eu-west-1' })).toBe('us-west-2');
    expect(of(file, { AWS_REGION: 'eu-west-1' })).toBe('us-east-1');
    expect(of('', { AWS_REGION: 'eu-west-1', AWS_DEFAULT_REGION: 'eu-west-3' })).toBe('eu-west-1');
    expect(of('', { AWS_DEFAULT_REGION: 'eu-west-3' })).toBe('eu-west-3');
    expect(of('', {})).toBeUndefined();
  });

  test('is that of the queues where nobody says it', () => {
    expect(of(queues('eu-north-1'), { AWS_REGION: 'eu-west-1' })).toBe('eu-north-1');
  });
});

test.each([
  ['s3:/lab/x', 's3://lab/x'],
  ['s3:lab/x', 's3://lab/x'],
  ['S3:/lab', 's3://lab'],
  ['file:/data', 'file:///data'],
])('a store %s is a slip for %s', (value, meant) => {
  const decided = () => decide(yaml(`store: "${value}"\n`), {}, {});
  expect(decided).toThrow(`muster.yaml:1:8: the store ${value} is neither a path nor a URL`);
  expect(decided).toThrow(`Did you mean ${meant}?`);
});

describe('the engine aws-batch is refused', () => {
  test('without a queue, at the place that asks for it', () => {
    expect(() => decide(yaml('engine: aws-batch\nstore: s3://b\n'), {}, {})).toThrow(
      /^muster\.yaml:1:9: .*needs a job queue, and muster\.yaml names none\n/,
    );
    expect(() => decide(yaml(''), { engine: 'aws-batch', store: 's3://b' }, {})).toThrow(
      /^command line: .*job queue/,
    );
  });

  test('on a store that its containers cannot reach', () => {
    expect(() => decide(yaml(account), { store: 'file:///data' }, {})).toThrow(
      /^command line: .*file:\/\/\/data is a folder of this machine/,
    );
    expect(() => decide(yaml(`engine: aws-batch\n${queues()}`), {}, {})).toThrow(
      /^muster\.yaml: .*\.muster\/store is a folder/,
    );
  });

  test('in another region than its queues', () => {
    expect(() => decide(yaml(account), {}, { MUSTER_REGION: 'eu-west-1' })).toThrow(
      /^environment variable MUSTER_REGION: the region is eu-west-1, but queue `q` is in us-east-1/,
    );
  });

  test('never where slices run elsewhere', () => {
    expect(decide(yaml(account), { engine: 'local' }, { MUSTER_REGION: 'eu-west-1' }).engine.value).toBe(
      'local',
    );
  });
});

test('an engine that does not exist is refused where it was named', () => {
  expect(() => decide(yaml(''), {}, { MUSTER_ENGINE: 'slurm' })).toThrow(
    /^environment variable MUSTER_ENGINE: there is no engine `slurm`\n {2}Engines: local, aws-batch\./,
  );
});
