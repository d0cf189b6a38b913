import type { Instance } from './instances.ts';
import type { SpotShare } from './prices.ts';

/** [MEM] Spot saves up to 90 %, as AWS advertises it; what is below half of the rest is no price that anybody pays. */
const leastShare = 0.05;

/**
 * Spot prices as shares of On-Demand, from the least to the most over all types and zones, since nobody knows which of
 * them Batch takes. Never above On-Demand (AB 10.2). `undefined` when no type of the queue has a price that
 * can be believed.
 */
export function spotShareOf(
  prices: readonly { readonly type: string; readonly zone: string; readonly usdPerHour: number }[],
  instances: readonly Instance[],
  where: { readonly region: string; readonly at: Date },
): SpotShare | undefined {
  const onDemand = new Map(instances.map(({ type, usdPerHour }) => [type, usdPerHour]));
  const priced = prices.flatMap(({ type, zone, usdPerHour }) => {
    const share = usdPerHour / (onDemand.get(type) ?? Number.NaN);
    return share >= leastShare ? [{ share: Math.min(1, share), zone }] : [];
  });
  if (priced.length === 0) return undefined;
  const shares = priced.map(({ share }) => share);
  const zones = new Set(priced.map(({ zone }) => zone)).size;
  return {
    low: Math.min(...shares),
    high: Math.max(...shares),
    source:
      `Spot prices in ${where.region} at ${where.at.toISOString().slice(0, 16)}Z, ` +
      `${zones} ${zones === 1 ? 'zone' : 'zones'}`,
  };
}
