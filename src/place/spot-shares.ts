import type { AwsSettings } from '../aws/settings.ts';
import { spotPrices } from '../engine/aws-batch/spot-prices.ts';
import { defaultBundle, instancesOf } from '../money/instances.ts';
import type { PriceTable, SpotShare } from '../money/prices.ts';
import { spotShareOf } from '../money/spot.ts';
import type { Queue } from '../plan/queues.ts';

/**
 * What Spot costs now, as shares of the table's On-Demand prices, by the name of the queue: one call for each queue of
 * capacity `spot`. A queue whose prices cannot be had has no entry: its guess stays, and the plan calls it one.
 */
export async function spotShares(
  settings: { readonly aws: AwsSettings; readonly region: string },
  queues: Readonly<Record<string, Queue>>,
  prices: PriceTable,
  now: Date = new Date(),
): Promise<Readonly<Record<string, SpotShare>>> {
  const asked = Object.entries(queues).filter(([, { capacity }]) => capacity === 'spot');
  const found = await Promise.all(
    asked.map(async ([name, { instanceTypes, architecture }]) => {
      const instances = instancesOf(instanceTypes ?? [defaultBundle[architecture]], prices);
      if (instances.length === 0) return [];
      const types = instances.map(({ type }) => type);
      const told = await spotPrices(settings, types, now);
      const share = told && spotShareOf(told, instances, { region: settings.region, at: now });
      return share === undefined ? [] : [[name, share] as const];
    }),
  );
  return Object.fromEntries(found.flat());
}
