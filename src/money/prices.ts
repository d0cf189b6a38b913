import { z } from 'zod';
import table from './prices-2026-07-20.json' with { type: 'json' };

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
  source: z.string(),
  storage: z.object({ usdPerGbMonth: z.number(), source: z.string() }),
  families: z.record(z.string(), familySchema),
});

export type PriceTable = z.infer<typeof priceTableSchema>;

/** The table that comes with this version. */
export const shippedPrices: PriceTable = priceTableSchema.parse(table);

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
