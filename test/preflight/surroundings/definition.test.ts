import { describe, expect, test } from 'vitest';
import type { JobRequest } from '../../../src/engine/engine.ts';
import { type DefinitionFacts, definitionFacts } from '../../../src/preflight/surroundings/definition.ts';
import { judgeDefinition } from '../../../src/preflight/surroundings/judge-definition.ts';
import { codesIn, idleIn, theOne } from './found.ts';

const settings = {
  region: 'us-east-1',
  queues: [],
  logGroup: '/aws/batch/job',
  roles: { job: 'arn:aws:iam::123456789012:role/job' },
  environment: { AWS_REGION: 'us-east-1' },
};
const request: JobRequest = {
  name: 'a-0123456789ab-abcdef-r000-a0000',
  queue: 'arn:aws:batch:us-east-1:123456789012:job-queue/spot',
  size: 4,
  image: { name: 'demo', identity: 'a'.repeat(64) },
  resources: {
    ...{ vcpus: 1, memoryMib: 1024, gpus: 0, ulimits: {} },
    ...{ architecture: 'amd64', capacity: 'spot' },
  },
  attempts: 3,
  timeoutSeconds: 600,
  environment: { MUSTER_STORE: 's3://ens/lab', MUSTER_RUN: 'a-0123456789ab' },
  tags: { 'muster:run': 'a-0123456789ab' },
};
const factsOf = (changes: Partial<JobRequest> = {}) =>
  definitionFacts(settings, { grid: 'grids/a.yaml', class: 0, request: { ...request, ...changes } });
const judged = (changes: Partial<DefinitionFacts>) => judgeDefinition([{ ...factsOf(), ...changes }]);

describe('what would be submitted', () => {
  test('is right', () => {
    expect(codesIn(judgeDefinition([factsOf()]))).toEqual([]);
  });

  test('ends its retries in EXIT and has the timeout of its slices', () => {
    expect(factsOf()).toMatchObject({ attempts: 3, lastAction: 'EXIT', timeoutSeconds: 600 });
  });

  test('counts the variables of a job', () => {
    const more = { environment: { ...request.environment, MUSTER_STORE: `s3://ens/${'x'.repeat(1000)}` } };
    expect(factsOf(more).overrides - factsOf().overrides).toBe(1000 - 'lab'.length);
  });

  test('counts bytes of the payload, not characters', () => {
    const umlauts = factsOf({ tags: { 'muster:run': 'ü'.repeat(100) } });
    const letters = factsOf({ tags: { 'muster:run': 'u'.repeat(100) } });
    expect(umlauts.payload - letters.payload).toBe(100);
  });

  test.each([
    [{ environment: { MUSTER_STORE: `s3://ens/${'x'.repeat(8000)}` } }, 'overrides-too-long'],
    [{ tags: { 'muster:run': 'x'.repeat(31_000) } }, 'payload-too-large'],
    [{ attempts: 11 }, 'attempts-out-of-range'],
  ])('is found too large before anything is written: %#', (changes, code) => {
    expect(codesIn(judgeDefinition([factsOf(changes)]))).toEqual([code]);
  });

  test('has a definition as large as its limits', () => {
    const ulimits = Object.fromEntries(Array.from({ length: 500 }, (_, index) => [`limit${index}`, 1024]));
    const facts = factsOf({ resources: { ...request.resources, ulimits } });
    expect(codesIn(judgeDefinition([facts]))).toEqual(['definition-too-large']);
  });

  test('names the variable that is the longest', () => {
    const facts = factsOf({ environment: { A: 'short', MUSTER_STORE: 'x'.repeat(8000) } });
    expect(theOne(judgeDefinition([facts]), 'overrides-too-long').fix).toContain('MUSTER_STORE');
  });

  test('of each class is judged', () => {
    const tooMany = { ...factsOf({ attempts: 12 }), class: 1 };
    expect(theOne(judgeDefinition([factsOf(), tooMany]), 'attempts-out-of-range').about).toBe(
      'grids/a.yaml, class 1',
    );
  });

  test('is nothing without a grid', () => {
    expect(idleIn(judgeDefinition([]))).toEqual(['retries', 'timeout', 'size']);
  });
});

describe('limits of AWS Batch', () => {
  const { lastAction: _, ...endless } = factsOf();
  const { timeoutSeconds: _timeout, ...timeless } = factsOf();

  test.each([
    [{ ...factsOf(), attempts: 10 }, []],
    [{ ...factsOf(), attempts: 0 }, ['attempts-out-of-range']],
    [{ ...factsOf(), lastAction: 'exit' }, []],
    [{ ...factsOf(), lastAction: 'RETRY' }, ['retries-without-end']],
    [endless, ['retries-without-end']],
    [{ ...factsOf(), rules: 5 }, []],
    [{ ...factsOf(), rules: 6 }, ['retries-without-end']],
    [{ ...factsOf(), timeoutSeconds: 60 }, []],
    [{ ...factsOf(), timeoutSeconds: 59 }, ['timeout-missing']],
    [timeless, ['timeout-missing']],
    [{ ...factsOf(), overrides: 7499 }, []],
    [{ ...factsOf(), overrides: 7500 }, ['overrides-too-long']],
    [{ ...factsOf(), payload: 30 * 1024 - 1 }, []],
    [{ ...factsOf(), payload: 30 * 1024 }, ['payload-too-large']],
    [{ ...factsOf(), definition: 24 * 1024 - 1 }, []],
    [{ ...factsOf(), definition: 24 * 1024 }, ['definition-too-large']],
    [{ ...factsOf(), overrides: 40_000, payload: 50_000 }, ['overrides-too-long']],
  ] satisfies [DefinitionFacts, string[]][])('case %#', (facts, codes) => {
    expect(codesIn(judgeDefinition([facts]))).toEqual(codes);
  });

  test('are told with numbers', () => {
    expect(theOne(judged({ overrides: 9000 }), 'overrides-too-long').seen).toContain('9000 characters; 7500');
  });
});
