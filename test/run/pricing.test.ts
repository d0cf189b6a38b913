import { describe, expect, test } from 'vitest';
import { estimate, overshootUsd } from '../../src/money/estimate.ts';
import { pricesFor, shippedPrices } from '../../src/money/prices.ts';
import type { ResourceClass } from '../../src/plan/plan.ts';
import { marketOf, type PlanEngine, type Queue } from '../../src/plan/queues.ts';
import { ceilingOf, meterTerms, secondPrice, unpricedClass } from '../../src/run/price.ts';
import { pricedAsLaunched, pricingOf, pricingOfRerun, pricingSchema } from '../../src/run/pricing.ts';
import { type RoundRecord, roundSchema } from '../../src/run/records.ts';

const resources = {
  vcpus: 2,
  memoryMib: 3500,
  gpus: 0,
  architecture: 'amd64',
  capacity: 'spot',
  ulimits: {},
} as const;
const classes: ResourceClass[] = [{ class: 0, resources, queue: 'main', image: 'demo', timeoutSeconds: 60 }];
const queue: Queue = {
  arn: 'arn:main',
  architecture: 'amd64',
  capacity: 'spot',
  instanceTypes: ['c7a', 'r7a'],
  spot: { low: 0.2, high: 0.4, source: 'then' },
};
const { spot: _, ...queueWithoutSpot } = queue;
const launched: PlanEngine = { kind: 'aws-batch', prices: shippedPrices, queues: { main: queue } };
const { c7a, r7a } = shippedPrices.families;
const round: RoundRecord = {
  ...{
    schema: 1,
    run: 'demo-0123456789ab',
    round: 0,
    reason: 'launch',
    note: '',
    actor: 'ana',
    createdAt: '',
  },
  classes: classes.map((one) => ({ ...one, resources: { ...one.resources } })),
  groups: [{ class: 0, indexes: [[0, 4]], sliceSize: 1 }],
  arrays: [{ array: 0, class: 0, firstSlice: 0, slices: 4 }],
  ...{ attempts: 1, environment: {}, again: false, budgetUsd: null, stopAfterFailures: 3 },
};
const perHour = (
  engine: PlanEngine,
  instance?: { readonly type: string; readonly capacity?: 'spot' | 'on-demand' },
) => (secondPrice(engine, [round])({ round: 0, slice: 0, ...(instance && { instance }) }) ?? 0) * 3600;

describe('the prices of a launch', () => {
  const pricing = pricingSchema.parse(JSON.parse(JSON.stringify(pricingOf(launched, classes))));

  test('stay those of the run when tables, queues and Spot change', () => {
    const later: PlanEngine = {
      ...{
        kind: 'aws-batch',
        queues: { main: { ...queue, spot: { low: 0.9, high: 1 }, instanceTypes: ['m7a'] } },
      },
      prices: { ...shippedPrices, families: {} },
    };
    expect(pricedAsLaunched(later, pricing)).toEqual(launched);
  });

  test('of queues that a rerun brought in are those of today', () => {
    const later: PlanEngine = { ...launched, queues: { other: { ...queue, arn: 'arn:other' } } };
    expect(pricedAsLaunched(later, pricing)).toMatchObject({
      queues: { main: queue, other: { arn: 'arn:other' } },
    });
  });

  test('of one machine are its own', () => {
    const local: PlanEngine = {
      ...{ kind: 'local', vcpus: 4, memoryMib: 8192, architecture: 'amd64', usdPerVcpuHour: 0.1 },
    };
    expect(pricingOf(local, classes)).toBeUndefined();
    expect(pricedAsLaunched(local, pricing)).toBe(local);
  });
});

describe('the prices of a rerun', () => {
  const launchedWith = (instanceTypes: readonly string[], spot?: Queue['spot']): PlanEngine => ({
    ...{ kind: 'aws-batch', prices: shippedPrices },
    queues: { main: { ...queueWithoutSpot, instanceTypes, ...(spot && { spot }) } },
  });
  const small = pricingOf(launchedWith(['c7a.xlarge'], queue.spot), classes);
  /** More memory than a c7a.xlarge has. */
  const more = round.classes.map((one) => ({ ...one, resources: { ...resources, memoryMib: 20_000 } }));
  const today = launchedWith(['c7a.xlarge', 'r7a.xlarge']);
  const asked = { ...round, classes: more };
  const array = { array: 0, class: 0, firstSlice: 0, slices: 4 };

  test('know the instance types that the queue has come to start since the launch', () => {
    const pricing = pricingOfRerun(today, small, more);
    const engine = pricedAsLaunched(today, small);
    expect(unpricedClass(engine, asked)).toMatchObject({ class: 0 });
    const priced = { ...asked, ...(pricing && { pricing }) };
    expect(unpricedClass(engine, priced)).toBeUndefined();
    // All of an r7a.xlarge, at the high end of the Spot prices of the launch.
    const usd = 4 * (r7a?.usdPerVcpuHour ?? 0) * 0.4;
    expect(meterTerms(engine, priced, array).usdPerSliceHour).toBeCloseTo(usd, 9);
    expect(ceilingOf(engine, priced)).toBeCloseTo(((4 * (60 + 600)) / 3600) * (usd / 0.4), 9);
    const perSecond = secondPrice(engine, [roundSchema.parse(JSON.parse(JSON.stringify(priced)))]);
    expect((perSecond({ round: 0, slice: 0 }) ?? 0) * 3600).toBeCloseTo((usd / 0.4) * 0.3, 9);
  });

  test('stay those of the launch where it had any', () => {
    const { c7g } = shippedPrices.families;
    const then = { ...shippedPrices, date: 'then', families: c7g === undefined ? {} : { c7a: c7g } };
    const launch = small && { ...small, prices: then };
    const prices = pricingOfRerun(today, launch, more)?.prices;
    expect(prices).toMatchObject({ date: 'then', families: { c7a: c7g, r7a } });
  });

  test('take new Spot prices where somebody looked them up', () => {
    const spot = { low: 0.5, high: 0.7, source: 'now' };
    const pricing = pricingOfRerun(launchedWith(['c7a.xlarge'], spot), small, classes);
    expect(pricing?.queues.main?.spot).toEqual(spot);
  });
});

describe('an hour of a slice', () => {
  test('costs its share of the machine it ran on', () => {
    // Two of four vCPUs of an r7a.xlarge, at the middle of the Spot share.
    expect(perHour(launched, { type: 'r7a.xlarge' })).toBeCloseTo(2 * (r7a?.usdPerVcpuHour ?? 0) * 0.3, 9);
  });

  test('costs more where memory leaves room for one slice only', () => {
    // 3,500 MiB twice do not fit the 4 GiB of a c7a.large, nor twice the 8 GiB of a c7a.xlarge less what AWS keeps.
    expect(perHour(launched, { type: 'c7a.xlarge' })).toBeCloseTo(
      4 * (c7a?.usdPerVcpuHour ?? 0) * 0.3 * 0.5,
      9,
    );
  });

  test('costs what the machine was bought as', () => {
    const spot = perHour(launched, { type: 'c7a.large', capacity: 'spot' });
    expect(perHour(launched, { type: 'c7a.large', capacity: 'on-demand' })).toBeCloseTo(spot / 0.3, 9);
  });

  test('costs the middle of the class on a machine without a price', () => {
    expect(perHour(launched, { type: 'x9.large' })).toBe(perHour(launched));
  });

  test('is never metered below what any machine of the queue costs at the high end of Spot', () => {
    const { usdPerSliceHour } = meterTerms(launched, round, { array: 0, class: 0, firstSlice: 0, slices: 4 });
    expect(usdPerSliceHour).toBeCloseTo(2 * (r7a?.usdPerVcpuHour ?? 0) * 0.4, 9);
  });
});

test('an hour of a slice is metered as on the dearest machine, beyond the families that the plan shows', () => {
  const many = { ...queue, instanceTypes: ['c6a', 'c7i-flex', 'c6i', 'c7i', 'r7a'] };
  const { usdPerSliceHour } = meterTerms({ ...launched, queues: { main: many } }, round, {
    ...{ array: 0, class: 0, firstSlice: 0, slices: 4 },
  });
  expect(usdPerSliceHour).toBeCloseTo(2 * (r7a?.usdPerVcpuHour ?? 0) * 0.4, 9);
});

describe('the plan and the watch', () => {
  /** Seven combinations, three a slice: the last slice is short. */
  const packed = {
    ...round,
    attempts: 2,
    groups: [{ class: 0, indexes: [[0, 7] as [number, number]], sliceSize: 3 }],
  };
  const { usdPerSliceHour } = meterTerms(launched, packed, { array: 0, class: 0, firstSlice: 0, slices: 3 });
  const planned = estimate(
    [
      {
        ...{
          job: resources,
          queue: 'main',
          market: marketOf(launched, 'main'),
          combinations: 7,
          sliceSize: 3,
        },
        timeoutSeconds: 60,
      },
    ],
    { attempts: 2, watchSeconds: 600, prices: { date: '', source: '', usdPerGbMonth: 0 } },
  );

  test('agree on what may be spent past the budget', () => {
    expect(planned.overshootUsd).toBeCloseTo(overshootUsd(3 * usdPerSliceHour, 600), 12);
  });

  test('agree on the ceiling, also when the last slice is short', () => {
    expect(ceilingOf(launched, packed)).toBeCloseTo(planned.ceilingUsd, 12);
    const seconds = 2 * (7 * 60 + 3 * 600);
    expect(planned.ceilingUsd).toBeCloseTo((seconds / 3600) * 2 * (r7a?.usdPerVcpuHour ?? 0), 9);
  });

  test('say what the budget does not see', () => {
    expect(planned.assumptions.join(' ')).toContain(
      'up to 10 min each may come on top of what the budget sees',
    );
  });
});

test('a plan says whose prices it goes by', () => {
  const market = marketOf({ ...launched, prices: pricesFor('mars-north-1') }, 'main');
  const work = { job: resources, queue: 'main', market, combinations: 1, sliceSize: 1, timeoutSeconds: 60 };
  const terms = { attempts: 1, watchSeconds: 600, prices: { date: '', source: '', usdPerGbMonth: 0 } };
  const { assumptions } = estimate([work], terms);
  expect(assumptions.join(' ')).toContain('those of us-east-1 stand in');
  expect(assumptions.join(' ')).not.toContain('on top of what the budget sees'); // nothing is tried again
});
