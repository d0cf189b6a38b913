import { z } from 'zod';
import tables from './prices.json' with { type: 'json' };

/**
 * What an hour of a machine costs. The table in the repository is dated and names its source (AB 10.1); it is
 * refreshed by a script, never by hand.
 */

const familySchema = z.object({
  architecture: z.enum(['arm64', 'amd64']),
  gibPerVcpu: z.number().positive(),
  /** Prices are linear in vCPUs within a family (AB 10.1). */
  usdPerVcpuHour: z.number().positive(),
  /** 1: a vCPU is a whole core; 2: half of one (AB 4.4). */
  threadsPerCore: z.number(),
  /** The sizes that exist, by their vCPUs. */
  vcpus: z.array(z.number().int().positive()).min(1),
});

export const priceTableSchema = z.object({
  /** ISO 8601 date of the prices. */
  date: z.string(),
  region: z.string(),
  /** The region that these prices stand in for, when nobody has looked up its own. */
  standsInFor: z.string().exactOptional(),
  source: z.string(),
  storage: z.object({ usdPerGbMonth: z.number(), source: z.string() }),
  families: z.record(z.string(), familySchema),
});

export type PriceTable = z.infer<typeof priceTableSchema>;

/** `prices.json`: by region. */
export const priceTablesSchema = z.record(z.string(), priceTableSchema);

/** The tables that come with this version. */
const shippedTables = priceTablesSchema.parse(tables);

/** The region whose table stands in for others. */
const standIn = 'us-east-1';

/** The table of a region; without one that of us-east-1, whose prices us-west-2 and us-east-2 share (AB 10.1 [MEM]). */
export function pricesFor(region: string): PriceTable {
  const own = Object.hasOwn(shippedTables, region) ? shippedTables[region] : undefined;
  if (own !== undefined) return own;
  return { ...shippedPrices, standsInFor: region };
}

/** The table of us-east-1, for what is asked of no region. */
export const shippedPrices: PriceTable = mustHave(shippedTables[standIn]);

function mustHave(table: PriceTable | undefined): PriceTable {
  if (table === undefined) throw new Error(`prices.json has no table of ${standIn}`);
  return table;
}

/** Whose prices these are, when they are another region's; a sentence. */
export function standInWords({ region, standsInFor }: PriceTable): readonly string[] {
  if (standsInFor === undefined) return [];
  return [
    `Nobody has looked up the prices of ${standsInFor}: those of ${region} stand in for them (npm run prices -- --region ${standsInFor}).`,
  ];
}

/** Spot prices that were looked up, as shares of the On-Demand price. */
export const spotShareSchema = z.object({
  low: z.number(),
  high: z.number(),
  /** When and where from; absent: a guess. */
  source: z.string().exactOptional(),
});

export type SpotShare = Readonly<z.infer<typeof spotShareSchema>>;

/** Without data: 40-60 % of On-Demand, labelled a guess (AB 10.2). */
export const guessedSpot: SpotShare = { low: 0.4, high: 0.6 };
