import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { ResolvedProgram } from '../../src/grid/grid.ts';
import { canonicalJson, runId, runIdentity, sameWork } from '../../src/grid/identity.ts';
import { emptyRepository, load } from './grid-text.ts';

describe('canonical JSON', () => {
  it('sorts keys at every depth and rounds numbers to 12 significant digits', () => {
    expect(canonicalJson({ b: { d: 1, c: [0.1 + 0.2, -0] }, a: 5.000000000000001 })).toBe(
      '{"a":5,"b":{"c":[0.3,0],"d":1}}',
    );
  });

  it('keeps integers that a number holds', () => {
    expect(canonicalJson(9007199254740991)).toBe('9007199254740991');
  });
});

describe('the identity of a run', () => {
  const identity = (shape: string, images = { demo: 'sha256:1' }) => runIdentity(load(shape), images);
  const base = 'parameters: { a: [1, 2] }\n';

  it('has 12 hex digits and follows the name', () => {
    expect(runId('test', identity(base))).toMatch(/^test-[0-9a-f]{12}$/);
  });

  it.each([
    'description: Typo fixed',
    'budget: { usd: 5 }',
    'failures: { stop_after: 3 }',
    'retry: { attempts: 5 }',
    'expected: 5 min',
    'keep: { outputs: 30 d }',
    'launch: { on: commit, pilot: 2 }',
  ])('does not change with %s', (line) => {
    expect(identity(base + line)).toBe(identity(base));
  });

  it('does not change with the description of a parameter', () => {
    expect(identity('parameters: { a: { values: [1, 2], description: x } }')).toBe(
      identity('parameters: { a: { values: [1, 2] } }'),
    );
  });

  it.each([
    'parameters: { a: [1, 3] }',
    'parameters: { a: [1.0, 2] }',
    'parameters: { a: [2, 1] }',
    `${base}timeout: 2h`,
    `${base}label: "x{a}"`,
    `${base}resources: { vcpus: 2 }`,
  ])('changes with %s', (shape) => {
    expect(identity(shape)).not.toBe(identity(base));
  });

  it('changes with the order of the parameters, which is the order of the combinations', () => {
    expect(identity('parameters: { a: [1, 2], b: [1, 2] }')).not.toBe(
      identity('parameters: { b: [1, 2], a: [1, 2] }'),
    );
  });

  it('changes with the image and with a data file', () => {
    expect(identity(base, { demo: 'sha256:2' })).not.toBe(identity(base));
    const root = emptyRepository();
    const withFile = (text: string) => {
      mkdirSync(join(root, 'grids'), { recursive: true });
      writeFileSync(join(root, 'grids/ids.txt'), text);
      return runIdentity(load('parameters: { a: { file: ids.txt } }', { root }), {});
    };
    expect(withFile('1\n2\n')).not.toBe(withFile('1\n3\n'));
  });
});

describe('the same work', () => {
  const resolved: ResolvedProgram = {
    argv: ['run', '1'],
    environment: {},
    files: ['a.sh'],
    inputs: [],
    outputs: [],
    results: {},
    credentials: false,
  };
  const work = { resolved, architecture: 'arm64', image: 'sha256:1', fileDigests: { 'a.sh': '1' } };

  it('is equal for equal work, whatever is extracted from it', () => {
    expect(
      sameWork({ ...work, resolved: { ...resolved, results: { n: { file: 'x', kind: 'key', key: 'k' } } } }),
    ).toBe(sameWork(work));
  });

  it.each([
    ['arguments', { ...work, resolved: { ...resolved, argv: ['run', '2'] } }],
    ['environment', { ...work, resolved: { ...resolved, environment: { A: '1' } } }],
    ['files', { ...work, fileDigests: { 'a.sh': '2' } }],
    ['architecture', { ...work, architecture: 'amd64' }],
    ['image', { ...work, image: 'sha256:2' }],
    ['verification', { ...work, resolved: { ...resolved, verify: ['sh', 'a.sh'] } }],
  ])('differs with other %s', (_, other) => {
    expect(sameWork(other)).not.toBe(sameWork(work));
  });
});
