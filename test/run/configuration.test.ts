import { describe, expect, test } from 'vitest';
import { ConfigurationError, type Problem } from '../../src/errors.ts';
import { readConfiguration } from '../../src/run/configuration.ts';

function problems(text: string): readonly Problem[] {
  try {
    readConfiguration('muster.yaml', text);
  } catch (error) {
    if (error instanceof ConfigurationError) return error.problems;
    throw error;
  }
  throw new Error('expected a problem');
}

const read = (text: string, stage?: string) => readConfiguration('muster.yaml', text, stage).configuration;

const arn = (name: string, region = 'us-east-1') => `arn:aws:batch:${region}:123456789012:job-queue/${name}`;
const queue = (name: string, more = '', region?: string) =>
  `{ arn: "${arn(name, region)}", architecture: amd64, capacity: spot${more} }`;

describe('muster.yaml', () => {
  test('may be missing: everything has a default', () => {
    expect(read('')).toMatchObject({
      ...{ store: '.muster/store', engine: 'local', forge: 'local', watch: { every: '10 min' } },
      money: { local_usd_per_vcpu_hour: 0 },
      ...{ log_group: '/aws/batch/job', metrics: false, images: {}, roles: {}, queues: {} },
    });
  });

  test('keeps what it says beside the defaults', () => {
    const { money, region } = read('region: us-east-1\nmoney:\n  run_usd: 25\n');
    expect({ money, region }).toEqual({
      money: { run_usd: 25, local_usd_per_vcpu_hour: 0 },
      region: 'us-east-1',
    });
  });

  test('takes the whole of an account', () => {
    const text = `
region: us-east-1
store: s3://lab-muster/ensembles
engine: aws-batch
queues:
  spot: ${queue('spot', ', instances: [c7a, m7a.4xlarge], max_vcpus: 256, scratch: 200 GiB')}
  steady: { arn: "${arn('steady')}", architecture: arm64, capacity: on-demand, instances: [c7g] }
log_group: /lab/jobs
roles: { job: arn:aws:iam::123456789012:role/lab/muster-job, execution: arn:aws:iam::123456789012:role/ecs }
images: { demo: 123456789012.dkr.ecr.us-east-1.amazonaws.com/demo@sha256:${'a'.repeat(64)} }
metrics: true
`;
    expect(read(text).queues.spot).toEqual({
      arn: arn('spot'),
      ...{ architecture: 'amd64', capacity: 'spot', scratch: '200 GiB' },
      ...{ instances: ['c7a', 'm7a.4xlarge'], max_vcpus: 256 },
    });
  });

  test.each<[string, string, Partial<Problem>]>([
    [
      'an unknown key',
      'region: us-east-1\nqueus: {}\n',
      { line: 2, column: 1, message: 'there is no key `queus`', fix: expect.stringContaining('`queues`') },
    ],
    [
      'an unknown key inside',
      'money:\n  run_usd: 1\n  runusd: 2\n',
      {
        ...{ line: 3, column: 3, message: '`money`: there is no key `runusd`' },
        fix: expect.stringMatching(/^Did you mean `run_usd`\? Allowed: run_usd, /),
      },
    ],
    [
      'an unknown key of a queue',
      `queues:\n  a: ${queue('a', ', max_vcpu: 8')}\n`,
      { line: 2, fix: expect.stringMatching(/^Did you mean `max_vcpus`\?/) },
    ],
    [
      'a word that is not among those allowed',
      `queues:\n  a: { arn: "${arn('a')}", architecture: amd64, capacity: on-demnd }\n`,
      {
        line: 2,
        message: '`queues.a.capacity`: must be spot or spot-first or on-demand, not `on-demnd`',
        fix: 'Did you mean `on-demand`?',
      },
    ],
    [
      'a wrong type',
      'money:\n  run_usd: much\n',
      { line: 2, column: 12, message: '`money.run_usd`: must be a number, not `much`' },
    ],
    [
      'a negative amount',
      'money:\n  run_usd: -1\n',
      { line: 2, column: 12, message: expect.stringMatching(/must be (above|at least) 0, not `-1`/) },
    ],
    [
      'an item of a list that is no text',
      `queues:\n  a: ${queue('a', ', instances: [c7a, 7]')}\n`,
      { line: 2, message: '`queues.a.instances.1`: must be text, not `7`' },
    ],
    [
      'no duration',
      'watch: { every: ten }\n',
      { line: 1, message: expect.stringContaining('such as `10 min`, not `ten`') },
    ],
    [
      'a missing part',
      `queues:\n  spot: { arn: "${arn('spot')}", capacity: spot }\n`,
      { line: 2, column: 9, message: '`queues.spot.architecture`: must be arm64 or amd64, and is missing' },
    ],
    ['broken YAML', 'money:\n  run_usd: [1\n', { line: 3 }],
    ['the same key twice', 'region: a\nregion: b\n', { line: 2, column: 1 }],
    [
      'a queue whose name is there twice',
      `queues:\n  a: ${queue('a')}\n  a: ${queue('b')}\n`,
      { line: 3, column: 3 },
    ],
    [
      'a queue without its ARN',
      'queues:\n  spot: { arn: muster-spot, architecture: amd64, capacity: spot }\n',
      { line: 2, column: 16, message: expect.stringContaining('job-queue/<name>') },
    ],
    [
      'the ARN of a compute environment',
      'queues:\n  a: { arn: "arn:aws:batch:us-east-1:123456789012:compute-environment/a", architecture: amd64, capacity: spot }\n',
      { line: 2, column: 13 },
    ],
    [
      'a queue of another region',
      `region: us-east-1\nqueues:\n  a: ${queue('a', '', 'eu-west-1')}\n`,
      {
        line: 3,
        column: 13,
        message: expect.stringContaining('the queue is in eu-west-1, but `region` is us-east-1'),
      },
    ],
    [
      'a queue of another region than the others',
      `queues:\n  a: ${queue('a')}\n  b: ${queue('b', '', 'eu-west-1')}\n`,
      { line: 3, column: 13, message: expect.stringContaining('other queues are in us-east-1') },
    ],
    [
      'the same queue under two names',
      `queues:\n  a: ${queue('a')}\n  b: ${queue('a')}\n`,
      { line: 3, column: 13, message: expect.stringContaining('`b` is the same queue as `a`') },
    ],
    [
      'an instance family nobody knows the price of',
      `queues:\n  a: ${queue('a', ', instances: [c7a, c7aa]')}\n`,
      {
        line: 2,
        message: expect.stringContaining('`c7aa` has no price'),
        fix: expect.stringContaining('`c7a`'),
      },
    ],
    [
      'an instance family of another architecture',
      `queues:\n  a: ${queue('a', ', instances: [c7g]')}\n`,
      { line: 2, message: expect.stringContaining('`c7g` is arm64') },
    ],
    [
      'an image without a digest',
      'images:\n  demo: registry/demo:latest\n',
      { line: 2, column: 9, message: expect.stringContaining('@sha256:<64 hex>') },
    ],
    [
      'a role that is a mere name',
      'roles:\n  job: muster-job\n',
      { line: 2, column: 8, message: expect.stringContaining('arn:aws:iam::<account>:role/<name>') },
    ],
    ['a role nobody takes on', 'roles:\n  jobs: x\n', { line: 2, column: 3 }],
    ['scratch without a size', `queues:\n  a: ${queue('a', ', scratch: /mnt')}\n`, { line: 2 }],
    [
      'a run that may cost more than the month',
      'money:\n  month_usd: 50\n  run_usd: 60\n',
      { line: 3, column: 12, message: expect.stringContaining('more than `month_usd`, 50') },
    ],
    [
      'an approval nobody would be asked for',
      'money: { run_usd: 60, approval_above_usd: 100 }\n',
      { line: 1, message: expect.stringContaining('nobody would ever be asked') },
    ],
  ])('says where %s is', (_what, text, problem) => {
    expect(problems(text)[0]).toMatchObject({ file: 'muster.yaml', ...problem });
  });

  test('tells everything wrong at once', () => {
    expect(problems('money:\n  run_usd: much\nengine: cloud\n')).toHaveLength(2);
  });

  test('does not follow a bomb of aliases', () => {
    const bomb = `a: &a [x,x,x,x,x,x,x,x,x]\nb: &b [${'*a,'.repeat(9)}]\nc: &c [${'*b,'.repeat(9)}]\nregion: [${'*c,'.repeat(9)}]\n`;
    expect(problems(bomb)[0]?.file).toBe('muster.yaml');
  });
});

describe('a stage', () => {
  const text =
    'store: one\nmoney: { run_usd: 5, month_usd: 50 }\nstages:\n  test: { store: two, money: { run_usd: 1 } }\n';

  test('puts its keys in place of those of the file, as a whole', () => {
    expect(read(text, 'test')).toMatchObject({
      store: 'two',
      money: { run_usd: 1, local_usd_per_vcpu_hour: 0 },
    });
    expect(read(text, 'test').money.month_usd).toBeUndefined();
  });

  test('changes nothing unless it is named', () => {
    expect(read(text)).toMatchObject({ store: 'one', money: { run_usd: 5 } });
  });

  test('that is not there is refused with those that are', () => {
    expect(() => read(text, 'tes')).toThrow(
      /there is no stage `tes`\n {2}Did you mean `test`\? Stages: test/,
    );
  });

  test('is checked even when another is meant, and where it stands', () => {
    const wrong = 'store: one\nstages:\n  test:\n    money: { run_usd: much }\n    stor: x\n';
    expect(problems(wrong).map(({ line, column, message }) => [line, column, message])).toEqual([
      [4, 23, expect.stringContaining('`money.run_usd`')],
      [5, 5, 'there is no key `stor`'],
    ]);
  });

  test('does not tell again what is wrong with the file', () => {
    expect(problems('money: { run_usd: much }\nstages: { test: { store: x }, other: {} }\n')).toHaveLength(1);
    expect(problems('money: { month_usd: 5, run_usd: 6 }\nstages: { test: { store: x } }\n')).toHaveLength(1);
    expect(problems('mony: {}\nstages: { test: { store: x } }\n')).toHaveLength(1);
  });

  test('contradicts what the file says in the place of the stage', () => {
    const wrong = `region: us-east-1\nstages:\n  far:\n    queues:\n      a: ${queue('a', '', 'eu-west-1')}\n`;
    expect(problems(wrong)).toMatchObject([{ line: 5, message: expect.stringContaining('eu-west-1') }]);
  });

  test('cannot hold stages', () => {
    expect(problems('stages: { test: { stages: {} } }\n')).toMatchObject([
      { line: 1, column: 19, message: 'there is no key `stages`' },
    ]);
  });

  test('says where the chosen value stands', () => {
    expect(readConfiguration('muster.yaml', text, 'test').place('store')).toMatchObject({ line: 4 });
    expect(readConfiguration('muster.yaml', text).place('store')).toMatchObject({ line: 1 });
    expect(readConfiguration('muster.yaml', text).place('region')).toEqual({ file: 'muster.yaml' });
  });
});
