import { describe, expect, test } from 'vitest';
import type { Bill } from '../../src/money/bill.ts';
import { meterWords, priceWords } from '../../src/money/price-words.ts';
import { shippedPrices } from '../../src/money/prices.ts';
import type { Job, Market } from '../../src/money/rate.ts';
import { billText } from '../../src/report/bill-text.ts';
import { summarise, withBill } from '../../src/report/summary.ts';
import { wasteText } from '../../src/report/waste.ts';
import { axesOf, ensemble } from './ensemble.ts';

const bill: Bill = {
  ...{ totalUsd: 10, combinationsUsd: 7, overheadUsd: 1, lostUsd: 2, retriesUsd: 2.5, idleUsd: 1.5 },
  ...{ attempts: 9, lost: 2, assumed: 0, unpriced: 0 },
};

describe('the text of a bill', () => {
  test('says what the cost is made of', () => {
    expect(billText(bill)).toEqual([
      "The cost is every attempt's time on its share of a machine: $7.00 for combinations, $1.00 for the rest of " +
        "their slices' time (start, records, waiting), $2.00 for what 2 attempts lost.",
    ]);
  });

  test('says what nobody saw the end of', () => {
    expect(billText({ ...bill, assumed: 1 })[1]).toBe(
      'Nobody saw the end of 1 attempt: counted with the whole timeout, the most it can be.',
    );
  });

  test('says what had no price, and nothing when nothing had one', () => {
    expect(billText({ ...bill, unpriced: 3 }).at(-1)).toBe('3 of 9 attempts had no price.');
    expect(billText({ ...bill, unpriced: 9 })).toEqual([]);
  });
});

const axes = { alpha: [1, 2] };
const summary = () => summarise(ensemble(axes), { run: 'demo-1', axes: axesOf(axes), results: [] });
const job: Job = { vcpus: 4, memoryMib: 7168, gpus: 0, architecture: 'amd64', capacity: 'spot' };
const classes = [
  { class: 0, resources: { ...job, ulimits: {} }, queue: 'q', image: 'demo', timeoutSeconds: 3600 },
];

describe('the waste of a run', () => {
  test('is told in dollars and as a share', async () => {
    const text = wasteText(withBill(await summary(), bill), classes);
    expect(text).toContain('| Retries: 2 attempts that did not end well | $2.50 | 25 % |');
    expect(text).toContain('| Idle: no program ran (start, transfers, waiting) | $1.50 | 15 % |');
    // 1 of 4 vCPUs would do: three quarters of the two combinations' 0.25 USD.
    expect(text).toContain('| Oversize: more asked for than used | $0.38 | 4 % |');
  });

  test('advises no less memory where combinations failed for want of it, or a round gave more', async () => {
    const whole = await summary();
    expect(wasteText(whole, classes)).toMatch(/GiB: 1 vCPU \/ \S+ GiB/);
    const short = { ...whole, shortOfMemory: new Set([0]) };
    for (const text of [wasteText(short, classes), wasteText(whole, classes, undefined, new Set([0]))]) {
      expect(text).toContain('1 vCPU with the same memory');
    }
  });

  test('of less than a cent is not told', async () => {
    const clean = { ...bill, retriesUsd: 0, idleUsd: 0.004 };
    expect(wasteText(withBill(await summary(), clean), [])).toBe('');
  });
});

test('a summary costs what its bill says', async () => {
  expect(withBill(await summary(), bill).costUsd).toBe(10);
  expect((await summary()).costUsd).toBe(0.5);
  expect(withBill(await summary(), { ...bill, unpriced: 9 }).costUsd).toBe(0.5);
});

describe('what is metered', () => {
  const market: Market = { kind: 'aws', prices: shippedPrices, instanceTypes: ['c7a'] };
  const spot = { low: 0.3, high: 0.4, source: 'Spot prices of 2026-11-20' };

  test('says how far it holds for Spot', () => {
    expect(meterWords([{ job, market: { ...market, spot } }])).toEqual([
      'Spot is metered at 40 % of On-Demand, the highest price found (Spot prices of 2026-11-20). Should it have risen since, more is spent than this says; never more than On-Demand.',
    ]);
    expect(meterWords([{ job, market }])).toEqual([
      'Spot is metered at the On-Demand price, its limit: no Spot prices were looked up.',
    ]);
  });

  test('is plain for everything else', () => {
    const local: Market = { kind: 'local', vcpus: 4, memoryMib: 8192, usdPerVcpuHour: 0 };
    expect(meterWords([{ job, market: local }])).toEqual([]);
    const others = (['on-demand', 'spot-first'] as const).map((capacity) => ({ ...job, capacity }));
    expect(meterWords(others.map((one) => ({ job: one, market: { ...market, spot } })))).toEqual([]);
  });
});

describe('the prices of a bill', () => {
  const market: Market = { kind: 'aws', prices: shippedPrices, instanceTypes: ['c7a'] };

  test('are named with their date and region, and a guess is called one', () => {
    expect(priceWords([{ job, market }])).toEqual([
      'Prices of 2026-07-20 in us-east-1; savings plans, discounts and credits are not known.',
      'Spot is counted at 50 % of On-Demand, the middle of a guess between 40 and 60 %: no Spot prices were looked up.',
    ]);
  });

  test('name where Spot prices come from', () => {
    const spot = { low: 0.3, high: 0.4, source: 'Spot prices of 2026-11-20' };
    expect(priceWords([{ job, market: { ...market, spot } }])[1]).toBe(
      'Spot is counted at 35 % of On-Demand, the middle between 30 and 40 % (Spot prices of 2026-11-20).',
    );
  });

  test('of On-Demand say nothing of Spot, and a machine that is there says nothing', () => {
    expect(priceWords([{ job: { ...job, capacity: 'on-demand' }, market }])).toHaveLength(1);
    const local: Market = { kind: 'local', vcpus: 4, memoryMib: 8192, usdPerVcpuHour: 0 };
    expect(priceWords([{ job, market: local }])).toEqual([]);
  });
});
