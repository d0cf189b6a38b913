import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { openPriceList, pricingRegion } from '../../scripts/prices/ask.ts';
import { refresh } from '../../scripts/prices/refresh.ts';
import { tablesText } from '../../scripts/prices/table.ts';
import type { AwsSettings } from '../../src/aws/settings.ts';
import {
  type PriceTable,
  pricesFor,
  priceTablesSchema,
  shippedPrices,
  standInWords,
} from '../../src/money/prices.ts';

/** A product as GetProducts tells it, with the fields nobody needs. */
const machine = (instanceType: string, vcpu: number, gib: number, usd: string) =>
  JSON.stringify({
    product: {
      productFamily: 'Compute Instance',
      sku: 'ABC',
      attributes: { instanceType, vcpu: String(vcpu), memory: `${gib} GiB`, regionCode: 'us-west-2' },
    },
    serviceCode: 'AmazonEC2',
    terms: {
      OnDemand: {
        'ABC.1': {
          priceDimensions: {
            'ABC.1.1': { unit: 'Hrs', beginRange: '0', endRange: 'Inf', pricePerUnit: { USD: usd } },
            'ABC.1.2': {
              unit: 'Hrs',
              beginRange: '0',
              endRange: 'Inf',
              pricePerUnit: { USD: '0.0000000000' },
            },
          },
        },
      },
      Reserved: {},
    },
  });
const tier = (beginRange: string, USD: string) => ({ beginRange, pricePerUnit: { USD } });
const s3 = JSON.stringify({
  product: { productFamily: 'Storage', attributes: { volumeType: 'Standard' } },
  terms: {
    OnDemand: { X: { priceDimensions: { B: tier('51200', '0.0220000000'), A: tier('0', '0.0240000000') } } },
  },
});

interface Request {
  readonly ServiceCode: string;
  readonly Filters: readonly { readonly Type: string; readonly Field: string; readonly Value: string }[];
  readonly NextToken?: string;
}

/** The service inside this process: two products a page. */
function priceList(products: readonly string[], storage: readonly string[] = [s3]) {
  const asked: (Request & { readonly host: string })[] = [];
  const settings: AwsSettings = {
    credentials: { accessKeyId: 'AKIA', secretAccessKey: 'secret' },
    requestHandler: {
      handle: async ({ body, hostname }) => {
        const request: Request = JSON.parse(
          String(body instanceof Uint8Array ? new TextDecoder().decode(body) : body),
        );
        asked.push({ ...request, host: hostname });
        const like = request.Filters.find(({ Type }) => Type === 'CONTAINS')?.Value ?? '';
        const all =
          request.ServiceCode === 'AmazonS3' ? storage : products.filter((text) => text.includes(like));
        const from = Number(request.NextToken ?? 0);
        const more = from + 2 < all.length ? { NextToken: String(from + 2) } : {};
        const answer = { FormatVersion: 'aws_v1', PriceList: all.slice(from, from + 2), ...more };
        return {
          response: {
            statusCode: 200,
            headers: { 'content-type': 'application/x-amz-json-1.1' },
            body: new TextEncoder().encode(JSON.stringify(answer)),
          },
        };
      },
    },
  };
  return { settings, asked };
}

const { c7a, c7g } = shippedPrices.families;
const standIn: PriceTable = {
  ...shippedPrices,
  families: { ...(c7a && { c7a }), ...(c7g && { c7g }) },
};
const arm = [machine('c7g.large', 2, 4, '0.0725'), machine('c7g.4xlarge', 16, 32, '0.58')];
const amd = [
  machine('c7a.large', 2, 4, '0.11000'),
  machine('c7a.xlarge', 4, 8, '0.22000'),
  machine('c7a.48xlarge', 192, 384, '10.56000'),
  machine('c7a.metal-48xl', 192, 384, '11.00000'),
];

async function refreshed(products: readonly string[], storage?: readonly string[], own?: PriceTable) {
  const { settings, asked } = priceList(products, storage);
  const list = await openPriceList(settings, 'us-west-2');
  return { ...(await refresh(list, 'us-west-2', { own, standIn }, '2026-11-20')), asked };
}

describe('refreshed prices', () => {
  test('are those of every size that is told, over all pages', async () => {
    const { table } = await refreshed([...amd, ...arm]);
    expect(table.families.c7a).toEqual({ ...c7a, usdPerVcpuHour: 0.055, vcpus: [2, 4, 192] });
    expect(table.families.c7g).toEqual({ ...c7g, vcpus: [2, 16] });
    expect(table).toMatchObject({
      date: '2026-11-20',
      region: 'us-west-2',
      storage: { usdPerGbMonth: 0.024 },
    });
  });

  test('are asked for by region, of Linux machines that anybody can rent, where the service answers', async () => {
    const { asked } = await refreshed(amd);
    expect(asked[0]?.host).toBe('api.pricing.us-east-1.amazonaws.com');
    expect(asked[0]?.Filters).toContainEqual({ Type: 'TERM_MATCH', Field: 'regionCode', Value: 'us-west-2' });
    expect(asked[0]?.Filters).toContainEqual({ Type: 'CONTAINS', Field: 'instanceType', Value: 'c7a.' });
    expect(asked.map(({ ServiceCode }) => ServiceCode)).toContain('AmazonS3');
  });

  test('come with what changes', async () => {
    const own = { ...standIn, region: 'us-west-2' };
    expect((await refreshed([...amd, ...arm], undefined, own)).lines).toEqual([
      'c7a: 0.05132 -> 0.055 (+7.2 %) USD a vCPU-hour',
      'c7a: sizes 1 2 4 8 16 32 64 96 192 -> 2 4 192 vCPUs',
      'c7g: sizes 1 2 4 8 16 32 64 -> 2 16 vCPUs',
      'storage: 0.023 -> 0.024 (+4.3 %) USD a GB-month',
    ]);
  });

  test('leave out a family whose price is not linear, and say where', async () => {
    const { table, lines } = await refreshed([
      ...amd.slice(0, 1),
      machine('c7a.xlarge', 4, 8, '0.3'),
      ...arm,
    ]);
    expect(Object.keys(table.families)).toEqual(['c7g']);
    expect(lines).toContain(
      'c7a: left out: its price is not linear in vCPUs: c7a.large 0.055, c7a.xlarge 0.075 USD an hour each',
    );
  });

  test('leave out a family that the region does not sell', async () => {
    expect((await refreshed(arm)).lines).toContain('c7a: left out: the region does not sell it');
  });

  test('keep the price of storage when none is told', async () => {
    const { table, lines } = await refreshed(arm, []);
    expect(table.storage).toEqual(shippedPrices.storage);
    expect(lines).toContain('storage: no price was told; the old one stays');
  });

  test('make a table that the next version can read', async () => {
    const { table } = await refreshed([...amd, ...arm]);
    expect(priceTablesSchema.parse(JSON.parse(tablesText({ 'us-west-2': table })))).toEqual({
      'us-west-2': table,
    });
  });
});

test('the tables in the repository are as the script writes them', () => {
  const text = readFileSync(new URL('../../src/money/prices.json', import.meta.url), 'utf8');
  expect(tablesText(JSON.parse(text))).toBe(text);
});

test.each([
  ['us-west-2', 'us-east-1'],
  ['eu-west-1', 'eu-central-1'],
  ['ap-southeast-2', 'ap-south-1'],
])('who works in %s asks %s', (near, region) => {
  expect(pricingRegion(near)).toBe(region);
});

describe('a region without a table', () => {
  test('has the prices of us-east-1, and says so', () => {
    const table = pricesFor('mars-north-1');
    expect(table.families).toEqual(shippedPrices.families);
    expect(standInWords(table)[0]).toMatch(/prices of mars-north-1: those of us-east-1 stand in/);
  });

  test('is not what us-east-1 is', () => {
    expect(standInWords(pricesFor('us-east-1'))).toEqual([]);
  });
});
