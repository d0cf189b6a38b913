import { describe, expect, test } from 'vitest';
import {
  estimate,
  NoPriceError,
  overshootUsd,
  savedUsd,
  type Terms,
  type Work,
} from '../../src/money/estimate.ts';
import { shippedPrices } from '../../src/money/prices.ts';

const terms: Terms = {
  attempts: 3,
  watchSeconds: 600,
  prices: { date: '2026-07-20', source: 'price list', usdPerGbMonth: 0.023 },
};

/** The sparse COMPAS grid on c7g.4xlarge: $0.58 an hour, 9 slices an instance, so $0.0644 a slice-hour. */
const compas: Work = {
  job: { vcpus: 1, memoryMib: 3072, gpus: 0, architecture: 'arm64', capacity: 'spot' },
  queue: 'spot',
  market: { kind: 'aws', prices: shippedPrices, instanceTypes: ['c7g.4xlarge'] },
  combinations: 40,
  sliceSize: 1,
  timeoutSeconds: 4 * 3600,
  expected: { low: 2880, high: 2880 },
};
const sliceHour = 0.58 / 9;
const onDemand: Work = { ...compas, job: { ...compas.job, capacity: 'on-demand' } };
const spotFirst: Work = { ...compas, job: { ...compas.job, capacity: 'spot-first' } };

const anySize: Work = {
  ...compas,
  market: { kind: 'aws', prices: shippedPrices, instanceTypes: ['c7g'] },
};

/** With Spot prices of up to this share of On-Demand. */
const lookedUp = (high: number): Work => {
  const spot = { low: 0.3, high, source: 'Spot history of 2026-11-20' };
  return {
    ...compas,
    market: { kind: 'aws', prices: shippedPrices, instanceTypes: ['c7g.4xlarge'], spot },
  };
};

describe('the estimate', () => {
  test('is combinations x time / packing x price with 5 to 20 % on top, and a cold start for each slice at once', () => {
    const { usd } = estimate([onDemand], terms);
    expect(usd?.low).toBeCloseTo((32 * 1.05 + 40 / 12) * sliceHour, 9); // 40 x 0.8 h = 32 h, 40 x 5 min
    expect(usd?.high).toBeCloseTo((32 * 1.2 + 40 / 6) * sliceHour, 9); // 40 x 10 min
  });

  test('starts no more slices cold than run at once', () => {
    const { usd } = estimate([{ ...onDemand, atOnce: 20 }], terms);
    expect(usd?.low).toBeCloseTo((32 * 1.05 + 20 / 12) * sliceHour, 9);
  });

  test('goes up to the instances of the planned width, where some stay half empty', () => {
    const { usd } = estimate([{ ...onDemand, combinations: 10 }], terms);
    expect(usd?.low).toBeCloseTo((8 * 1.05 + 10 / 12) * sliceHour, 9);
    expect(usd?.high).toBeCloseTo(2 * 0.58 * (0.8 + 1 / 6), 9); // ten slices on two instances of nine
  });

  test('goes down to the instances of the planned width, where all are full to the end', () => {
    const { usd } = estimate([{ ...onDemand, combinations: 9 }], terms);
    expect(usd?.low).toBeCloseTo(0.58 * (0.8 + 1 / 12), 9);
  });

  test('bills Spot without prices at 40 to 60 % and calls it a guess', () => {
    const { usd, assumptions } = estimate([compas], terms);
    expect(usd?.low).toBeCloseTo(0.952059, 6); // (32 x 1.05 + 40 / 12) x 0.064444 x 0.4
    expect(usd?.high).toBeCloseTo(1.742578, 6); // (32 x 1.2 + 40 / 6) x 0.064444 x 0.6
    expect(assumptions.join('\n')).toMatch(/40 to 60 % of On-Demand is a guess/);
  });

  test('takes looked-up Spot prices and names their source', () => {
    const { usd, assumptions } = estimate([lookedUp(0.35)], terms);
    expect(usd?.low).toBeCloseTo((32 * 1.05 + 40 / 12) * sliceHour * 0.3, 9);
    expect(assumptions.join('\n')).toContain('Spot at 30 to 35 % of On-Demand (Spot history of 2026-11-20).');
    expect(assumptions.join('\n')).not.toContain('guess');
  });

  test('says how far a budget holds where Spot prices were looked up, and where they are a guess', () => {
    expect(estimate([lookedUp(0.35)], terms).assumptions.join('\n')).toContain(
      'The budget counts Spot at 35 % of On-Demand, the highest price found: should Spot rise after the launch, a run may cost more than its budget, at most 2.9 times as much',
    );
    expect(estimate([compas], terms).assumptions.join('\n')).toContain(
      'The budget therefore counts Spot at the On-Demand price, its limit: it holds',
    );
  });

  test('never counts on Spot for spot-first', () => {
    expect(estimate([spotFirst], terms).usd).toEqual(estimate([onDemand], terms).usd);
    expect(estimate([spotFirst], terms).lines.every((line) => line.capacity === 'on-demand')).toBe(true);
  });

  test('spans the cheapest three families that fit', () => {
    const instanceTypes = ['r7g.4xlarge', 'c7g.4xlarge', 'm7g.4xlarge', 'm8g.4xlarge'];
    const { usd } = estimate(
      [{ ...onDemand, market: { kind: 'aws', prices: shippedPrices, instanceTypes } }],
      terms,
    );
    // m7g: 16 fit, 0.6528 / 16 = 0.0408; m8g 0.04488; r7g 0.05355; c7g 0.0644 is the fourth
    expect(usd?.low).toBeCloseTo((32 * 1.05 + 40 / 12) * 0.0408, 9);
    expect(usd?.high).toBeCloseTo(3 * 16 * (0.8 + 1 / 6) * 0.05355, 9); // three instances of 16, not all full
  });

  test('adds up classes', () => {
    const both = estimate([onDemand, { ...onDemand, combinations: 20 }], terms);
    // 20 slices on three instances of nine
    expect(both.usd?.high).toBeCloseTo((32 * 1.2 + 40 / 6 + 27 * (0.8 + 1 / 6)) * sliceHour, 9);
  });

  test('does not price other architectures', () => {
    const arm = { ...compas, job: { ...compas.job, architecture: 'amd64' as const } };
    expect(() => estimate([arm], terms)).toThrow(NoPriceError);
  });

  test('is unknown without a duration, while ceiling and overshoot are not', () => {
    const { expected: _, ...unknown } = onDemand;
    const found = estimate([unknown], terms);
    expect(found.usd).toBeNull();
    expect(found.hours).toBeNull();
    expect(found.lines).toEqual([]);
    expect(found.ceilingUsd).toBeGreaterThan(0);
    expect(found.overshootUsd).toBeGreaterThan(0);
    expect(found.assumptions.join('\n')).toContain('write `expected`');
  });

  test('of nothing to do costs nothing', () => {
    const found = estimate([{ ...compas, combinations: 0 }], terms);
    expect(found).toMatchObject({ usd: { low: 0, high: 0 }, ceilingUsd: 0, overshootUsd: 0, lines: [] });
  });

  test('stores outputs by the month', () => {
    expect(estimate([compas], { ...terms, outputBytes: 40 * 250e6 }).storageUsdPerMonth).toBeCloseTo(0.23, 9); // 10 GB
    expect(estimate([compas], terms).storageUsdPerMonth).toBeNull();
  });
});

describe('what reuse saves', () => {
  test('is the work at its low end, and no cold start', () => {
    expect(savedUsd([onDemand])).toBeCloseTo(32 * 1.05 * sliceHour, 9);
  });

  test('adds up classes, and counts nothing for those without work', () => {
    const none = { ...onDemand, combinations: 0 };
    expect(savedUsd([onDemand, none, { ...onDemand, combinations: 20 }])).toBeCloseTo(
      48 * 1.05 * sliceHour,
      9,
    );
  });

  test('is unknown without a duration', () => {
    const { expected: _, ...unknown } = onDemand;
    expect(savedUsd([unknown])).toBeNull();
  });
});

describe('the ceiling', () => {
  test('is combinations x timeout x attempts x price, with the 10 min a slice may take on top', () => {
    // 40 x 3 x (4 h + 10 min) = 500 h
    expect(estimate([onDemand], terms).ceilingUsd).toBeCloseTo(500 * sliceHour, 9);
  });

  test('counts Spot as On-Demand, which is its limit', () => {
    expect(estimate([compas], terms).ceilingUsd).toBe(estimate([onDemand], terms).ceilingUsd);
  });

  test('takes the dearest type the queue may start', () => {
    const market = {
      kind: 'aws',
      prices: shippedPrices,
      instanceTypes: ['m7g.4xlarge', 'm8g.4xlarge', 'r7g.4xlarge', 'c7g.4xlarge'],
    } as const;
    expect(estimate([{ ...onDemand, market }], terms).ceilingUsd).toBeCloseTo(500 * sliceHour, 9);
  });

  test('adds the 10 min once a slice', () => {
    // 4 slices of 10: 3 x (40 x 4 h + 4 x 10 min) = 482 h
    expect(estimate([{ ...onDemand, sliceSize: 10 }], terms).ceilingUsd).toBeCloseTo(482 * sliceHour, 9);
  });
});

describe('the overshoot', () => {
  test('is two watch periods and 15 min of the burn', () => {
    expect(overshootUsd(12, 600)).toBeCloseTo(7, 9); // 12 $/h x 35 min
  });

  test('is stated for all slices at once, at the high price', () => {
    // 40 x 0.064444 x 0.6 = 1.5467 $/h x 35 min
    expect(estimate([lookedUp(0.6)], terms).overshootUsd).toBeCloseTo(0.902222, 6);
  });

  test('is stated at On-Demand prices where Spot is a guess', () => {
    expect(estimate([compas], terms).overshootUsd).toBeCloseTo(0.902222 / 0.6, 6);
  });

  test('is bounded by what may run at once', () => {
    expect(estimate([{ ...lookedUp(0.6), atOnce: 4 }], terms).overshootUsd).toBeCloseTo(0.0902222, 6);
  });
});

describe('the table', () => {
  test('shows three widths with whole instances and the cold start', () => {
    const [narrow, middle, wide] = estimate([anySize], terms).lines;
    expect([narrow?.width, middle?.width, wide?.width]).toEqual([3, 10, 40]);
    // 14 waves x 0.8 h + 10 min on three large at 0.0435 $/h each
    expect(narrow?.hours).toBeCloseTo(11.2 + 1 / 6, 9);
    expect(narrow?.usd.high).toBeCloseTo(3 * 0.0435 * (11.2 + 1 / 6), 9);
    expect(narrow?.usd.low).toBeCloseTo(3 * 0.029 * (11.2 + 1 / 12), 9);
    // 1 wave on 5 4xlarge of nine slices
    expect(wide?.usd.high).toBeCloseTo(5 * 0.348 * (0.8 + 1 / 6), 9);
  });

  test('shows narrower widths where they cost more than the planned one, too', () => {
    const { lines, usd } = estimate([compas], terms);
    expect(lines.map((line) => line.width)).toEqual([3, 10, 40]);
    // 3 at once on an instance of nine: 0.348 x (14 x 0.8 h + 10 min)
    expect(lines[0]?.usd.high).toBeCloseTo(3.96, 2);
    expect(usd?.high).toBeLessThan(3.96);
  });

  test('shows three families at most, each width on the size that costs least', () => {
    const market = { kind: 'aws', prices: shippedPrices, instanceTypes: ['default_x86_64', 'r7a'] } as const;
    const { lines } = estimate(
      [{ ...onDemand, job: { ...onDemand.job, architecture: 'amd64' }, market }],
      terms,
    );
    expect(lines).toHaveLength(9);
    expect(new Set(lines.map((line) => line.instanceType.split('.')[0])).size).toBe(3);
    for (const line of lines) expect(line.perInstance).toBeLessThanOrEqual(40);
    // 1 vCPU and 3 GiB on m6i: a large holds 2; three slices at once need two of them, or one of four
    expect(lines.find((line) => line.instanceType.startsWith('m6i') && line.width === 3)).toMatchObject({
      instanceType: 'm6i.large',
      perInstance: 2,
    });
  });

  test('of one slice has one width', () => {
    expect(estimate([{ ...compas, combinations: 1 }], terms).lines.map((line) => line.width)).toEqual([1]);
  });
});

describe('hours', () => {
  test('go from the short to the long cold start', () => {
    const { hours } = estimate([compas], terms);
    expect(hours?.low).toBeCloseTo(0.8 + 1 / 12, 9);
    expect(hours?.high).toBeCloseTo(0.8 + 1 / 6, 9);
  });

  test('count waves where fewer slices run at once', () => {
    expect(estimate([{ ...compas, atOnce: 15 }], terms).hours?.low).toBeCloseTo(3 * 0.8 + 1 / 12, 9);
  });

  test('of classes in one queue go from side by side to one after the other', () => {
    const { hours } = estimate([compas, compas], terms);
    expect(hours?.low).toBeCloseTo(0.8 + 1 / 12, 9);
    expect(hours?.high).toBeCloseTo(2 * (0.8 + 1 / 6), 9);
  });

  test('of classes in two queues go side by side', () => {
    const { hours } = estimate([compas, { ...compas, queue: 'other' }], terms);
    expect(hours?.high).toBeCloseTo(0.8 + 1 / 6, 9);
  });
});

describe('one machine', () => {
  const local: Work = {
    ...onDemand,
    job: { vcpus: 2, memoryMib: 3072, gpus: 0, architecture: 'amd64', capacity: 'on-demand' },
    market: { kind: 'local', vcpus: 8, memoryMib: 16_384, usdPerVcpuHour: 0.05 },
    combinations: 10,
    expected: { low: 100, high: 100 },
  };

  test('costs the vCPUs that slices hold and nothing on top', () => {
    const { usd } = estimate([local], terms);
    expect(usd?.low).toBeCloseTo(0.0277778, 6); // 1000 s x 2 vCPU x 0.05
    expect(usd?.high).toBe(usd?.low);
  });

  test('costs the same at every width', () => {
    const { usd, lines } = estimate([local], terms);
    expect(lines.map((line) => line.width)).toEqual([1, 4]);
    expect(lines.map((line) => line.usd)).toEqual([usd, usd]);
  });

  test('takes waves of what fits it, without a cold start', () => {
    expect(estimate([local], terms).hours?.high).toBeCloseTo(300 / 3600, 9); // 4 fit: 3 waves
  });

  test('runs one slice at a time even when that is too large for it', () => {
    const large = { ...local, job: { ...local.job, vcpus: 64 } };
    expect(estimate([large], terms).hours?.high).toBeCloseTo(1000 / 3600, 9);
  });

  test('is not spoken of where nothing has to run', () => {
    expect(estimate([], terms).assumptions).toEqual(['Nothing new has to run.']);
  });

  test('is free without a price', () => {
    const free = estimate(
      [{ ...local, market: { ...local.market, usdPerVcpuHour: 0 } as Work['market'] }],
      terms,
    ); // spreading a union loses its kind
    expect(free).toMatchObject({ usd: { low: 0, high: 0 }, ceilingUsd: 0, overshootUsd: 0 });
    expect(free.assumptions.join()).toContain('cost nothing');
  });
});
