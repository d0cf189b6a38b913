import { describe, expect, test } from 'vitest';
import { type PriceTable, shippedPrices } from '../../../src/money/prices.ts';
import {
  judgeMoney,
  type MoneyFacts,
  type MoneyRefusal,
} from '../../../src/preflight/surroundings/judge-money.ts';
import type { WantedClass, WantedQueue } from '../../../src/preflight/wanted.ts';
import { codesIn, idleIn, known, notDoneIn, refused, theOne } from './found.ts';

const days = (count: number) => new Date(Date.parse('2026-07-20') + count * 86_400_000);
const prices: PriceTable = { ...shippedPrices, date: '2026-07-20' };
const queue: WantedQueue = {
  name: 'spot',
  arn: 'arn:aws:batch:us-east-1:123456789012:job-queue/spot',
  architecture: 'amd64',
  capacity: 'spot',
  instances: ['c7a'],
};
const one: WantedClass = {
  class: 0,
  resources: {
    ...{ vcpus: 1, memoryMib: 1024, gpus: 0, ulimits: {} },
    ...{ architecture: 'amd64', capacity: 'spot' },
  },
  queue: 'spot',
  image: 'demo',
  timeoutSeconds: 600,
  grid: 'grids/a.yaml',
  slices: 10,
};
const right: MoneyFacts = {
  prices,
  queues: [queue],
  classes: [one],
  grids: [{ grid: 'grids/a.yaml', refused: known(undefined) }],
};
const judged = (changes: Partial<MoneyFacts>, now = days(10)) => judgeMoney({ ...right, ...changes }, now);
const instances = (...entries: readonly string[]) => ({ queues: [{ ...queue, instances: entries }] });

describe('prices', () => {
  test('are right where all machines have one', () => {
    expect(codesIn(judged({}))).toEqual([]);
  });

  test('of the bundle count where muster.yaml names no machines', () => {
    const { instances: _, ...bundled } = queue;
    expect(codesIn(judged({ queues: [bundled] }))).toEqual([]);
  });

  test.each([
    [180, []],
    [181, ['prices-old']],
  ])('of %i days ago give %j', (age, codes) => {
    expect(codesIn(judged({}, days(age)))).toEqual(codes);
  });

  test('of another region stand in, however old', () => {
    const checks = judged({ prices: { ...prices, standsInFor: 'eu-west-1' } }, days(400));
    expect(codesIn(checks)).toEqual(['prices-of-another-region']);
    expect(theOne(checks, 'prices-of-another-region').fix).toBe(
      'Take a newer release of Muster, or in a clone of it: `npm run prices -- --region eu-west-1 --write`.',
    );
  });

  test('that some machines lack are warned of', () => {
    const checks = judged(instances('c7a', 'x9z'));
    expect(codesIn(checks)).toEqual(['price-incomplete']);
    expect(theOne(checks, 'price-incomplete').seen).toBe('without a price: x9z');
  });

  test('that a machine lacks which only the environments start are warned of, with a way that is not refused', () => {
    const checks = judged({ started: new Map([['spot', ['c7a', 'm5.large']]]) });
    expect(codesIn(checks)).toEqual(['price-incomplete']);
    expect(theOne(checks, 'price-incomplete')).toMatchObject({
      seen: 'without a price: m5.large',
      fix: expect.stringContaining('Or let the environments start machines that have one'),
    });
  });

  test('that all machines of a class lack are an error, told alone', () => {
    const checks = judged(instances('x9z'));
    expect(codesIn(checks)).toEqual(['price-unknown']);
    expect(theOne(checks, 'price-unknown').about).toBe('grids/a.yaml, class 0');
  });

  test('are no matter of a class that fits no machine', () => {
    const huge = { ...one, resources: { ...one.resources, memoryMib: 10_000_000 } };
    expect(codesIn(judged({ classes: [huge] }))).toEqual([]);
  });

  test('are no matter of classes of other queues', () => {
    const checks = judged({ ...instances('x9z'), classes: [{ ...one, queue: 'other' }] });
    expect(codesIn(checks)).toEqual(['price-incomplete']);
  });
});

describe('limits', () => {
  const refusal = (limit: MoneyRefusal['limit']): MoneyRefusal => ({ limit, why: 'too dear', fix: 'less' });
  const limited = (limit: MoneyRefusal['limit']) =>
    judged({ grids: [{ grid: 'grids/a.yaml', refused: known(refusal(limit)) }] });

  test.each(['budget', 'ceiling', 'month'] as const)('of the %s are errors', (limit) => {
    expect(codesIn(limited(limit))).toEqual(['money-limit']);
    expect(theOne(limited(limit), 'money-limit')).toMatchObject({
      about: 'grids/a.yaml',
      seen: 'too dear',
      fix: 'less',
    });
  });

  test('that an approval lifts are no fault', () => {
    expect(codesIn(limited('approval'))).toEqual([]);
  });

  test('that the store does not tell are not judged', () => {
    const checks = judged({ grids: [{ grid: 'grids/a.yaml', refused: refused('s3:GetObject') }] });
    expect(notDoneIn(checks)).toEqual(['limits']);
  });

  test('are of grids', () => {
    expect(idleIn(judged({ grids: [] }))).toEqual(['limits']);
  });
});
