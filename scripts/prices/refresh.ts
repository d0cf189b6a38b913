import type { PriceTable } from '../../src/money/prices.ts';
import type { PriceList } from './ask.ts';
import { sizesOf, storagePrice } from './product.ts';
import { differences, refreshed } from './table.ts';

export interface Refresh {
  readonly table: PriceTable;
  /** For people: what changes, and which families cannot be kept. */
  readonly lines: readonly string[];
}

/** A region's table with today's prices, for the families of the table that was there or that stands in. */
export async function refresh(
  list: PriceList,
  region: string,
  tables: { readonly own: PriceTable | undefined; readonly standIn: PriceTable },
  date: string,
): Promise<Refresh> {
  const { families, storage } = tables.standIn;
  const kept: Record<string, PriceTable['families'][string]> = {};
  const refused: string[] = [];
  for (const [name, family] of Object.entries({ ...families, ...tables.own?.families })) {
    const found = refreshed(family, sizesOf(name, await list.family(name)));
    if (found.kind === 'family') kept[name] = found.family;
    else refused.push(`${name}: left out: ${found.why}`);
  }
  const usdPerGbMonth = storagePrice(await list.storage());
  const table: PriceTable = {
    date,
    region,
    source: `AWS Price List, On-Demand, Linux, ${region}`,
    storage:
      usdPerGbMonth === undefined
        ? (tables.own?.storage ?? storage)
        : { usdPerGbMonth, source: `AWS Price List, S3 Standard, ${region}` },
    families: kept,
  };
  const unknown = usdPerGbMonth === undefined ? ['storage: no price was told; the old one stays'] : [];
  return { table, lines: [...differences(tables.own, table), ...refused, ...unknown] };
}
