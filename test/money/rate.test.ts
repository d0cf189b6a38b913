import { describe, expect, test } from 'vitest';
import { shippedPrices } from '../../src/money/prices.ts';
import { type Job, type Market, offersFor, rateOf } from '../../src/money/rate.ts';

const job: Job = { vcpus: 1, memoryMib: 3072, gpus: 0, architecture: 'arm64', capacity: 'on-demand' };
const c7g: Market = { kind: 'aws', prices: shippedPrices, instanceTypes: ['c7g'] };

describe('the rate of a slice', () => {
  test('goes from the best packed size to the worst, since Batch picks the size', () => {
    const rate = rateOf(job, c7g);
    expect(rate?.usdPerSliceHour.low).toBeCloseTo(2.32 / 39, 9); // 16xlarge: 121209 MiB usable hold 39
    expect(rate?.usdPerSliceHour.high).toBeCloseTo(0.0725, 9); // large: 3756 MiB usable hold 1
  });

  test('leaves out sizes that hold more slices than run at once', () => {
    expect(rateOf(job, c7g, 2)?.usdPerSliceHour.low).toBeCloseTo(0.0725, 9);
  });

  test('takes the smallest size there is when all hold more', () => {
    const market: Market = { ...c7g, instanceTypes: ['c7g.4xlarge', 'c7g.16xlarge'] };
    expect(rateOf(job, market, 2)?.usdPerSliceHour.low).toBeCloseTo(0.58 / 9, 9);
  });

  test('is at most the dearest type of the queue, whatever its family', () => {
    const market: Market = { ...c7g, instanceTypes: ['c7g', 'm7g', 'm8g', 'r7g'] };
    const rate = rateOf(job, market);
    expect(rate?.usdPerSliceHour.high).toBeCloseTo(0.05355, 9); // r7g; c7g is the fourth family
    expect(rate?.mostUsdPerSliceHour).toBeCloseTo(0.0725, 9);
  });

  test('of Spot is at most On-Demand', () => {
    const rate = rateOf({ ...job, capacity: 'spot' }, c7g);
    expect(rate?.usdPerSliceHour.high).toBeCloseTo(0.0725 * 0.6, 9);
    expect(rate?.mostUsdPerSliceHour).toBeCloseTo(0.0725, 9);
  });

  test('is metered at the highest Spot price found, and at On-Demand where none was looked up', () => {
    const spot: Job = { ...job, capacity: 'spot' };
    const found = { ...c7g, spot: { low: 0.3, high: 0.5, source: 'looked up' } };
    expect(rateOf(spot, found)?.boundUsdPerSliceHour).toBeCloseTo(0.0725 * 0.5, 9);
    expect(rateOf(spot, c7g)?.boundUsdPerSliceHour).toBeCloseTo(0.0725, 9);
    expect(rateOf(spot, { ...c7g, spot: { low: 0.3, high: 0.5 } })?.boundUsdPerSliceHour).toBeCloseTo(
      0.0725,
      9,
    );
  });

  test('is unknown when nothing fits', () => {
    expect(rateOf({ ...job, architecture: 'amd64' }, c7g)).toBeUndefined();
    expect(rateOf({ ...job, memoryMib: 1e9 }, c7g)).toBeUndefined();
  });

  test('of one machine is the price of the vCPUs that a slice holds', () => {
    const local: Market = { kind: 'local', vcpus: 8, memoryMib: 8192, usdPerVcpuHour: 0.05 };
    const rate = rateOf({ ...job, vcpus: 2 }, local);
    expect(rate?.usdPerSliceHour.low).toBeCloseTo(0.1, 9);
    expect(rate?.mostUsdPerSliceHour).toBeCloseTo(0.1, 9);
  });
});

test('offers list small sizes of a family before larger ones of the same price', () => {
  const light = { ...job, memoryMib: 1024 };
  const [sizes] = offersFor(light, c7g);
  expect(sizes?.[0].instanceType).toBe('c7g.medium');
});
