import { expect, test } from 'vitest';
import { instancesOf } from '../../src/money/instances.ts';
import { shippedPrices } from '../../src/money/prices.ts';
import { spotShareOf } from '../../src/money/spot.ts';

const instances = instancesOf(['c7a.large'], shippedPrices);
const onDemand = instances[0]?.usdPerHour ?? Number.NaN;
const where = { region: 'us-east-1', at: new Date('2026-01-01T00:00:00Z') };
const shareOf = (...shares: readonly number[]) =>
  spotShareOf(
    shares.map((share, at) => ({ type: 'c7a.large', zone: `us-east-1${at}`, usdPerHour: share * onDemand })),
    instances,
    where,
  );

test('the share goes from the cheapest to the dearest zone, and never above On-Demand', () => {
  expect(shareOf(0.25, 0.5)).toMatchObject({ low: 0.25, high: 0.5 });
  expect(shareOf(1.5)).toMatchObject({ high: 1 });
});

test('a price below a twentieth of On-Demand is none: the guess stays', () => {
  expect(shareOf(0.049)).toBeUndefined();
  expect(shareOf(0.049, 0.5)).toMatchObject({ low: 0.5, high: 0.5 });
  expect(shareOf(0.0501)?.low).toBeCloseTo(0.0501);
});
