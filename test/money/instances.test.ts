import { describe, expect, test } from 'vitest';
import { instancesOf, memoryFit, packing, unpriced, usableMemoryMib } from '../../src/money/instances.ts';
import { shippedPrices } from '../../src/money/prices.ts';

describe('usable memory', () => {
  test.each([
    { nominal: 8192, usable: 7545 }, // 8192 x 0.925 = 7577.6
    { nominal: 32_768, usable: 30_278 }, // 30310.4
    { nominal: 2048, usable: 1862 }, // 1894.4
  ])('of $nominal MiB is $usable MiB', ({ nominal, usable }) => {
    expect(usableMemoryMib(nominal)).toBe(usable);
  });
});

describe('packing', () => {
  const c7g4xlarge = { vcpus: 16, memoryMib: 32_768 };

  test.each([
    { need: { vcpus: 1, memoryMib: 1024, gpus: 0 }, fits: 16, why: 'CPUs run out first' },
    { need: { vcpus: 1, memoryMib: 3072, gpus: 0 }, fits: 9, why: '30278 / 3072 = 9.86' },
    { need: { vcpus: 1, memoryMib: 30_278, gpus: 0 }, fits: 1, why: 'all usable memory' },
    { need: { vcpus: 1, memoryMib: 30_279, gpus: 0 }, fits: 0, why: '1 MiB too much' },
    { need: { vcpus: 1, memoryMib: 32_768, gpus: 0 }, fits: 0, why: 'nominal memory is never free' },
    { need: { vcpus: 17, memoryMib: 1024, gpus: 0 }, fits: 0, why: 'one CPU too many' },
    { need: { vcpus: 1, memoryMib: 1024, gpus: 1 }, fits: 0, why: 'no GPU in these types' },
  ])('of $need.vcpus vCPU and $need.memoryMib MiB on 16 vCPU and 32 GiB is $fits: $why', ({ need, fits }) => {
    expect(packing(c7g4xlarge, need)).toBe(fits);
  });
});

describe('packing on an instance with GPUs', () => {
  const g5 = { vcpus: 48, memoryMib: 196_608, gpus: 4 };

  test.each([
    { gpus: 1, fits: 4 },
    { gpus: 3, fits: 1 },
    { gpus: 5, fits: 0 },
    { gpus: 0, fits: 48 },
  ])('takes $fits slices of $gpus GPUs', ({ gpus, fits }) => {
    expect(packing(g5, { vcpus: 1, memoryMib: 1024, gpus })).toBe(fits);
  });
});

describe('memory of 32 GiB', () => {
  test.each([
    { memoryMib: 30_278, fit: 'fits' },
    { memoryMib: 30_279, fit: 'tight' },
    { memoryMib: 31_948, fit: 'tight' }, // 32768 x 0.975 = 31948.8
    { memoryMib: 31_949, fit: 'impossible' },
  ])('is $fit for $memoryMib MiB', ({ memoryMib, fit }) => {
    expect(memoryFit(32_768, memoryMib)).toBe(fit);
  });
});

describe('entries of a compute environment', () => {
  test('name a size', () => {
    expect(instancesOf(['c7a.4xlarge'], shippedPrices)).toEqual([
      { type: 'c7a.4xlarge', architecture: 'amd64', vcpus: 16, memoryMib: 32_768, usdPerHour: 0.82112 },
    ]);
  });

  test('name a family with all its sizes', () => {
    expect(instancesOf(['m6i'], shippedPrices).map(({ type }) => type)).toEqual([
      'm6i.large',
      'm6i.xlarge',
      'm6i.2xlarge',
      'm6i.4xlarge',
      'm6i.8xlarge',
      'm6i.16xlarge',
    ]);
  });

  test('name a bundle, whose types all have its architecture', () => {
    const found = instancesOf(['default_arm64'], shippedPrices);
    expect(new Set(found.map(({ architecture }) => architecture))).toEqual(new Set(['arm64']));
    expect([...new Set(found.map(({ type }) => type.split('.')[0]))]).toEqual(['m6g', 'c6g', 'c7g']); // r6g has no price yet
  });

  test('without a price are told apart', () => {
    expect(unpriced(['p5.48xlarge', 'c7g', 'constructor'], shippedPrices)).toEqual([
      'p5.48xlarge',
      'constructor',
    ]);
  });

  test('cost what the price list says', () => {
    const usd = Object.fromEntries(
      instancesOf(['c6a.16xlarge', 'r7g.xlarge', 'm7a.large'], shippedPrices).map((one) => [
        one.type,
        Number(one.usdPerHour.toFixed(5)),
      ]),
    );
    expect(usd).toEqual({ 'c6a.16xlarge': 2.448, 'r7g.xlarge': 0.2142, 'm7a.large': 0.11592 });
  });
});
