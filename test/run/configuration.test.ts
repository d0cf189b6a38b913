import { describe, expect, test } from 'vitest';
import { ConfigurationError, type Problem } from '../../src/errors.ts';
import { parseConfiguration } from '../../src/run/configuration.ts';

function problems(text: string): readonly Problem[] {
  try {
    parseConfiguration('muster.yaml', text);
  } catch (error) {
    if (error instanceof ConfigurationError) return error.problems;
    throw error;
  }
  throw new Error('expected a problem');
}

describe('muster.yaml', () => {
  test('may be missing: everything has a default', () => {
    expect(parseConfiguration('muster.yaml', '')).toMatchObject({
      ...{ store: '.muster/store', engine: 'local', forge: 'local', watch: { every: '10 min' } },
      money: { local_usd_per_vcpu_hour: 0 },
    });
  });

  test('keeps what it says beside the defaults', () => {
    const { money, region } = parseConfiguration('muster.yaml', 'region: us-east-1\nmoney:\n  run_usd: 25\n');
    expect({ money, region }).toEqual({
      money: { run_usd: 25, local_usd_per_vcpu_hour: 0 },
      region: 'us-east-1',
    });
  });

  test.each<[string, string, Partial<Problem>]>([
    [
      'an unknown key',
      'region: us-east-1\nqueus: {}\n',
      { line: 2, column: 1, message: expect.stringContaining('queus') },
    ],
    [
      'an unknown key inside',
      'money:\n  run_usd: 1\n  runusd: 2\n',
      { line: 3, column: 3, message: expect.stringContaining('runusd') },
    ],
    [
      'a wrong type',
      'money:\n  run_usd: much\n',
      { line: 2, column: 12, message: expect.stringContaining('`money.run_usd`') },
    ],
    ['a negative amount', 'money:\n  run_usd: -1\n', { line: 2, column: 12 }],
    [
      'a missing part',
      'queues:\n  spot: { arn: x, capacity: spot }\n',
      { line: 2, column: 9, message: expect.stringContaining('architecture') },
    ],
    ['broken YAML', 'money:\n  run_usd: [1\n', { line: 3 }],
    ['the same key twice', 'region: a\nregion: b\n', { line: 2, column: 1 }],
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
