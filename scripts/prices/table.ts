import type { PriceTable } from '../../src/money/prices.ts';
import type { PricedSize } from './product.ts';

type Family = PriceTable['families'][string];

/** Parts of a price by which sizes of one family may differ and still be linear: prices are rounded. */
const tolerance = 0.001;

export type Refreshed =
  | { readonly kind: 'family'; readonly family: Family }
  /** Why the family cannot be kept. */
  | { readonly kind: 'refused'; readonly why: string };

/** A family of the table with the prices of today; architecture and threads do not change with time. Pure. */
export function refreshed(before: Family, sizes: readonly PricedSize[]): Refreshed {
  const sorted = sizes.toSorted((one, other) => one.vcpus - other.vcpus);
  const largest = sorted.at(-1);
  if (largest === undefined) return { kind: 'refused', why: 'the region does not sell it' };
  const bent = sorted.find((size) => !linear(size, largest));
  if (bent !== undefined) {
    const each = ({ type, usdPerHour, vcpus }: PricedSize) => `${type} ${significant(usdPerHour / vcpus)}`;
    return {
      kind: 'refused',
      why: `its price is not linear in vCPUs: ${each(bent)}, ${each(largest)} USD an hour each`,
    };
  }
  const memory = sorted.find((size) => size.gib / size.vcpus !== largest.gib / largest.vcpus);
  if (memory !== undefined) {
    return { kind: 'refused', why: `its memory is not linear in vCPUs: ${memory.type}, ${largest.type}` };
  }
  return {
    kind: 'family',
    family: {
      architecture: before.architecture,
      gibPerVcpu: largest.gib / largest.vcpus,
      // Of the largest size, whose price is rounded the least.
      usdPerVcpuHour: significant(largest.usdPerHour / largest.vcpus),
      threadsPerCore: before.threadsPerCore,
      vcpus: [...new Set(sorted.map(({ vcpus }) => vcpus))],
    },
  };
}

function linear(size: PricedSize, largest: PricedSize): boolean {
  const ratio = size.usdPerHour / size.vcpus / (largest.usdPerHour / largest.vcpus);
  return Math.abs(ratio - 1) <= tolerance;
}

const significant = (usd: number) => Number(usd.toPrecision(6));

/** What changes from one table to the next, a line each; empty when nothing but the date does. Pure. */
export function differences(before: PriceTable | undefined, after: PriceTable): readonly string[] {
  if (before === undefined)
    return [`${after.region}: a new table, ${Object.keys(after.families).length} families`];
  const names = new Set([...Object.keys(before.families), ...Object.keys(after.families)]);
  const families = [...names]
    .sort()
    .flatMap((name) => familyDifference(name, before.families[name], after.families[name]));
  const [was, is] = [before.storage.usdPerGbMonth, after.storage.usdPerGbMonth];
  return [...families, ...(was === is ? [] : [`storage: ${change(was, is)} USD a GB-month`])];
}

function familyDifference(
  name: string,
  before: Family | undefined,
  after: Family | undefined,
): readonly string[] {
  if (after === undefined) return []; // whoever leaves it out says why
  if (before === undefined) return [`${name}: new, ${after.usdPerVcpuHour} USD a vCPU-hour`];
  const sizes = (family: Family) => family.vcpus.join(' ');
  return [
    ...(before.usdPerVcpuHour === after.usdPerVcpuHour
      ? []
      : [`${name}: ${change(before.usdPerVcpuHour, after.usdPerVcpuHour)} USD a vCPU-hour`]),
    ...(sizes(before) === sizes(after) ? [] : [`${name}: sizes ${sizes(before)} -> ${sizes(after)} vCPUs`]),
    ...(before.gibPerVcpu === after.gibPerVcpu
      ? []
      : [`${name}: ${before.gibPerVcpu} -> ${after.gibPerVcpu} GiB a vCPU`]),
  ];
}

const change = (was: number, is: number) =>
  `${was} -> ${is} (${is > was ? '+' : ''}${(((is - was) / was) * 100).toFixed(1)} %)`;

/** `prices.json`: regions in order, one family after the other, short lists on one line. Pure. */
export function tablesText(tables: Readonly<Record<string, PriceTable>>): string {
  const sorted = Object.fromEntries(Object.entries(tables).sort(([one], [other]) => (one < other ? -1 : 1)));
  const text = JSON.stringify(sorted, null, 2);
  return `${text.replaceAll(/\[\s+([\d\s,]+?)\s+\]/g, (_, list: string) => `[${list.replaceAll(/\s+/g, ' ')}]`)}\n`;
}
