import fc from 'fast-check';
import { expect, test } from 'vitest';
import { estimate, type Terms, type Work } from '../../src/money/estimate.ts';
import { shippedPrices } from '../../src/money/prices.ts';
import { type Market, rateOf } from '../../src/money/rate.ts';

const terms: Terms = {
  attempts: 3,
  watchSeconds: 600,
  prices: { date: '2026-07-20', source: 'price list', usdPerGbMonth: 0.023 },
};

const spot = fc
  .tuple(fc.double({ min: 0.1, max: 1, noNaN: true }), fc.double({ min: 0.1, max: 1, noNaN: true }))
  .map(([one, other]) => ({ low: Math.min(one, other), high: Math.max(one, other), source: 'history' }));

const entries = [
  ...['default_arm64', 'default_x86_64', 'c7g', 'm7g', 'r7g', 'c7a', 'r7a'],
  ...['c7g.4xlarge', 'm7g.16xlarge', 'c7a.large', 'm7a.8xlarge', 'r7a.xlarge'],
];

const rented: fc.Arbitrary<Market> = fc.record(
  {
    kind: fc.constant('aws' as const),
    prices: fc.constant(shippedPrices),
    instanceTypes: fc.subarray(entries, { minLength: 1 }),
    spot,
  },
  { requiredKeys: ['kind', 'prices', 'instanceTypes'] },
);

const own: fc.Arbitrary<Market> = fc.record({
  kind: fc.constant('local' as const),
  vcpus: fc.integer({ min: 1, max: 64 }),
  memoryMib: fc.integer({ min: 1024, max: 262_144 }),
  usdPerVcpuHour: fc.constantFrom(0, 0.05),
});

const work: fc.Arbitrary<Work> = fc
  .record(
    {
      job: fc.record({
        vcpus: fc.integer({ min: 1, max: 8 }),
        memoryMib: fc.integer({ min: 256, max: 16_384 }),
        gpus: fc.constant(0),
        architecture: fc.constantFrom('arm64' as const, 'amd64' as const),
        capacity: fc.constantFrom('spot' as const, 'spot-first' as const, 'on-demand' as const),
      }),
      queue: fc.constantFrom('one', 'other'),
      market: fc.oneof({ weight: 4, arbitrary: rented }, { weight: 1, arbitrary: own }),
      combinations: fc.integer({ min: 1, max: 3000 }),
      sliceSize: fc.integer({ min: 1, max: 20 }),
      timeoutSeconds: fc.constant(3600),
      expected: fc
        .tuple(fc.integer({ min: 0, max: 20_000 }), fc.integer({ min: 0, max: 20_000 }))
        .map(([seconds, more]) => ({ low: seconds, high: seconds + more })),
      atOnce: fc.integer({ min: 1, max: 500 }),
    },
    { requiredKeys: ['job', 'queue', 'market', 'combinations', 'sliceSize', 'timeoutSeconds', 'expected'] },
  )
  .filter((one) => rateOf(one.job, one.market) !== undefined);

/** Slices that the plan runs at once. */
function planned({ job, market, combinations, sliceSize, atOnce = Number.POSITIVE_INFINITY }: Work): number {
  const slices = Math.ceil(combinations / sliceSize);
  if (market.kind === 'aws') return Math.min(slices, atOnce);
  const fitting = Math.floor(Math.min(market.vcpus / job.vcpus, market.memoryMib / job.memoryMib));
  return Math.min(slices, atOnce, Math.max(1, fitting));
}

test('an estimate goes from low to high', () => {
  fc.assert(
    fc.property(fc.array(work, { minLength: 1, maxLength: 3 }), (works) => {
      const { usd, lines } = estimate(works, terms);
      if (usd === null) throw new Error('all durations are known');
      expect(usd.low).toBeLessThanOrEqual(usd.high);
      expect(lines).not.toEqual([]);
    }),
    { numRuns: 500 },
  );
});

test('the rows of the planned width are in the table, within the estimate', () => {
  fc.assert(
    fc.property(work, (one) => {
      const { usd, lines } = estimate([one], terms);
      if (usd === null) throw new Error('the duration is known');
      const chosen = lines.filter((line) => line.width === planned(one));
      const families = new Set(lines.map((line) => line.instanceType.split('.')[0]));
      expect(chosen.length).toBe(families.size);
      expect(chosen.length).toBeGreaterThan(0);
      for (const line of chosen) {
        expect(line.usd.low).toBeGreaterThanOrEqual(usd.low);
        expect(line.usd.high).toBeLessThanOrEqual(usd.high);
      }
    }),
    { numRuns: 500 },
  );
});
