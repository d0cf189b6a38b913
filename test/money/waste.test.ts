import { describe, expect, test } from 'vitest';
import { shippedPrices } from '../../src/money/prices.ts';
import type { Job, Market } from '../../src/money/rate.ts';
import { adviceFor, usageOf } from '../../src/money/waste.ts';

const gib = 1024 ** 3;
const job: Job = { vcpus: 4, memoryMib: 7168, gpus: 0, architecture: 'arm64', capacity: 'on-demand' };
const machine: Market = { kind: 'local', vcpus: 64, memoryMib: 262_144, usdPerVcpuHour: 0 };

describe('usage of a class', () => {
  test('weighs CPUs by time and keeps the highest memory', () => {
    const used = usageOf([
      { seconds: 100, cpuSeconds: 300, peakMemoryBytes: gib },
      { seconds: 300, cpuSeconds: 300, peakMemoryBytes: 2.6 * gib },
    ]);
    expect(used).toEqual({ combinations: 2, busyCpus: 1.5, mostBusyCpus: 3, peakMemoryMib: 2.6 * 1024 });
  });

  test('is unknown where nobody measured', () => {
    expect(usageOf([{ seconds: 10, cpuSeconds: null, peakMemoryBytes: null }])).toEqual({
      combinations: 1,
      busyCpus: null,
      mostBusyCpus: null,
      peakMemoryMib: null,
    });
  });
});

describe('advice', () => {
  const used = usageOf([{ seconds: 100, cpuSeconds: 102, peakMemoryBytes: 2.6 * gib }]);

  test('names what was used, what would do and what that saves', () => {
    expect(adviceFor(used, job, machine)?.text).toBe(
      '1 of 4 CPUs busy, peak 2.6 of 7 GiB: 1 vCPU / 3.2 GiB saves 75 % of the cost',
    );
  });

  test('reckons with instances where there are any', () => {
    // 7 GiB on m7g.4xlarge: 65536 x 0.925 - 32 = 60588 MiB hold 8, CPUs 4: 0.6528 / 4 = 0.1632 a slice-hour
    // 3.2 GiB (3277 MiB) and 1 vCPU: 16 fit: 0.0408
    const market: Market = { kind: 'aws', prices: shippedPrices, instanceTypes: ['m7g.4xlarge'] };
    expect(adviceFor(used, job, market)?.share).toBeCloseTo(0.25, 9);
  });

  test('says when the cost is halved', () => {
    const two = usageOf([{ seconds: 100, cpuSeconds: 180, peakMemoryBytes: gib }]);
    expect(adviceFor(two, job, machine)?.text).toMatch(/: 2 vCPU \/ 1.2 GiB halves the cost$/);
  });

  test('keeps the CPUs of the busiest combination', () => {
    const uneven = usageOf([
      { seconds: 100, cpuSeconds: 100, peakMemoryBytes: gib },
      { seconds: 100, cpuSeconds: 390, peakMemoryBytes: gib },
    ]);
    expect(adviceFor(uneven, job, machine)).toBeUndefined();
  });

  test('is silent when nothing was measured or nothing is saved', () => {
    expect(adviceFor({ ...used, busyCpus: null }, job, machine)).toBeUndefined();
    const full = usageOf([{ seconds: 100, cpuSeconds: 400, peakMemoryBytes: 6.9 * gib }]);
    expect(adviceFor(full, job, machine)).toBeUndefined();
  });

  test('leaves the memory alone where some of it was missing', () => {
    expect(adviceFor(used, job, machine, { keepMemory: true })).toMatchObject({
      text: '1 of 4 CPUs busy: 1 vCPU with the same memory saves 75 % of the cost',
      memoryMib: 7168,
    });
  });

  test('never asks for more than there was', () => {
    const tight = usageOf([{ seconds: 100, cpuSeconds: 90, peakMemoryBytes: 6.9 * gib }]);
    expect(adviceFor(tight, job, machine)).toMatchObject({ vcpus: 1, memoryMib: 7168 });
  });
});
