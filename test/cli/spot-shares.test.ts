import { describe, expect, test } from 'vitest';
import { shippedPrices } from '../../src/money/prices.ts';
import { spotShares } from '../../src/place/spot-shares.ts';
import type { Queue } from '../../src/plan/queues.ts';
import { type Script, ScriptedAccount } from '../engine/aws-batch/scripted-account.ts';

const spot: Queue = {
  arn: 'arn:spot',
  architecture: 'amd64',
  capacity: 'spot',
  instanceTypes: ['c7a.large', 'c7a.xlarge'],
};
const now = new Date('2026-11-20T16:00:00Z');

/** `<type> <zone> <USD>`, one a line. */
const history = (...rows: readonly string[]) => ({
  spotPriceHistorySet: rows.map((row) => {
    const [instanceType, availabilityZone, spotPrice] = row.split(' ');
    return {
      instanceType,
      availabilityZone,
      spotPrice,
      productDescription: 'Linux/UNIX',
      timestamp: now.toISOString(),
    };
  }),
});

async function look(script: Script, queues: Readonly<Record<string, Queue>> = { main: spot }) {
  const account = new ScriptedAccount(script, { handle: () => Promise.reject(new Error('not asked')) });
  const aws = {
    requestHandler: account.requestHandler,
    credentials: { accessKeyId: 'AKIA', secretAccessKey: 'secret' },
  };
  const shares = await spotShares({ aws, region: 'us-west-2' }, queues, shippedPrices, now);
  return { shares, actions: account.actions };
}

describe('a look at Spot prices', () => {
  test('spans all types and zones of the queue, as shares of On-Demand', async () => {
    const { shares } = await look({
      'ec2:DescribeSpotPriceHistory': history(
        'c7a.large us-west-2a 0.030792', // of 0.10264
        'c7a.xlarge us-west-2b 0.102640', // of 0.20528
      ),
    });
    expect(shares.main?.low).toBeCloseTo(0.3, 9);
    expect(shares.main?.high).toBeCloseTo(0.5, 9);
    expect(shares.main?.source).toBe('Spot prices in us-west-2 at 2026-11-20T16:00Z, 2 zones');
  });

  test('asks for the prices of now, for Linux and the types of the queue', async () => {
    let asked: string[][] = [];
    await look({
      'ec2:DescribeSpotPriceHistory': (input) => {
        asked = input instanceof URLSearchParams ? [...input] : [];
        return history();
      },
    });
    expect(Object.fromEntries(asked)).toMatchObject({
      'InstanceType.1': 'c7a.large',
      'InstanceType.2': 'c7a.xlarge',
      'ProductDescription.1': 'Linux/UNIX',
      StartTime: '2026-11-20T16:00:00Z',
    });
  });

  test('never takes Spot for dearer than On-Demand', async () => {
    const { shares } = await look({ 'ec2:DescribeSpotPriceHistory': history('c7a.large us-west-2a 0.2') });
    expect(shares.main).toMatchObject({ low: 1, high: 1 });
  });

  test('makes one call for each queue that is all Spot', async () => {
    const queues = {
      main: spot,
      other: { ...spot, instanceTypes: ['m7a'] },
      first: { ...spot, capacity: 'spot-first' },
      demand: { ...spot, capacity: 'on-demand' },
    } as const;
    const { shares, actions } = await look(
      { 'ec2:DescribeSpotPriceHistory': history('c7a.large us-west-2a 0.05') },
      queues,
    );
    expect(actions).toHaveLength(2);
    expect(Object.keys(shares)).toEqual(['main']); // no price was told for m7a
  });

  test('reads on behind an empty page', async () => {
    const { shares } = await look({
      'ec2:DescribeSpotPriceHistory': (input) =>
        input instanceof URLSearchParams && input.has('NextToken')
          ? history('c7a.large us-west-2a 0.05132')
          : { ...history(), nextToken: 'more' },
    });
    expect(shares.main?.low).toBeCloseTo(0.5, 9);
  });

  test('without permission leaves the guess', async () => {
    const script = { 'ec2:DescribeSpotPriceHistory': { error: 'UnauthorizedOperation', status: 403 } };
    expect((await look(script)).shares).toEqual({});
  });

  test('asks nobody when no queue is Spot', async () => {
    expect((await look({}, { demand: { ...spot, capacity: 'on-demand' } })).actions).toEqual([]);
  });
});
