import type { PriceTable } from './prices.ts';

/** A machine that can be rented. */
export interface Instance {
  readonly type: string;
  readonly architecture: 'arm64' | 'amd64';
  readonly vcpus: number;
  readonly memoryMib: number;
  /** On-Demand. */
  readonly usdPerHour: number;
}

/** What one slice occupies. */
export interface Need {
  readonly vcpus: number;
  readonly memoryMib: number;
  readonly gpus: number;
}

const sizeNames: Readonly<Record<number, string>> = { 1: 'medium', 2: 'large', 4: 'xlarge' };

/** What AWS Batch's bundles stand for today (AB 4.2); the list changes over time. */
const bundles: ReadonlyMap<string, readonly string[]> = new Map([
  ['optimal', ['m6i', 'c6i', 'r6i', 'c7i']],
  ['default_x86_64', ['m6i', 'c6i', 'r6i', 'c7i']],
  ['default_arm64', ['m6g', 'c6g', 'r6g', 'c7g']],
]);

/** The bundle of an architecture, for queues whose own list nobody has read. */
export const defaultBundle = { amd64: 'default_x86_64', arm64: 'default_arm64' } as const;

/** Memory a job can really get (AB 4.4): the operating system and the agent keep the rest. */
export function usableMemoryMib(nominalMib: number): number {
  return Math.floor(nominalMib * 0.925) - 32;
}

/** Above this share of the nominal memory nothing is ever placed (AB 4.4). */
const mostOfMemory = 0.975;

/** `tight`: more than can be counted on, but an instance whose system takes little may have it (AB 4.4). */
export function memoryFit(nominalMib: number, memoryMib: number): 'fits' | 'tight' | 'impossible' {
  if (memoryMib <= usableMemoryMib(nominalMib)) return 'fits';
  return memoryMib <= nominalMib * mostOfMemory ? 'tight' : 'impossible';
}

/** What slices find on a machine; absent GPUs: none. None of the types with a price has any. */
export type Room = Pick<Instance, 'vcpus' | 'memoryMib'> & { readonly gpus?: number };

/** Slices that fit one instance (AB 4.4); 0 when not even one does. */
export function packing({ vcpus, memoryMib, gpus = 0 }: Room, need: Need): number {
  const byCpu = Math.floor(vcpus / need.vcpus);
  const byMemory = Math.floor(usableMemoryMib(memoryMib) / need.memoryMib);
  const byGpu = need.gpus === 0 ? Number.POSITIVE_INFINITY : Math.floor(gpus / need.gpus);
  return Math.max(0, Math.min(byCpu, byMemory, byGpu));
}

/** The instances that entries of a compute environment stand for: sizes, families or bundles. Unknown ones: none. */
export function instancesOf(entries: readonly string[], prices: PriceTable): readonly Instance[] {
  const found = new Map<string, Instance>();
  for (const entry of unbundled(entries)) {
    const [family = '', size] = entry.split('.');
    const known = Object.hasOwn(prices.families, family) ? prices.families[family] : undefined;
    for (const vcpus of known?.vcpus ?? []) {
      const sized = sizeNames[vcpus] ?? `${vcpus / 4}xlarge`;
      if (known === undefined || (size !== undefined && size !== sized)) continue;
      const type = `${family}.${sized}`;
      const memoryMib = vcpus * known.gibPerVcpu * 1024;
      const usdPerHour = vcpus * known.usdPerVcpuHour;
      found.set(type, { type, architecture: known.architecture, vcpus, memoryMib, usdPerHour });
    }
  }
  return [...found.values()];
}

/** Families, sizes and bundles without a price. */
export function unpriced(entries: readonly string[], prices: PriceTable): readonly string[] {
  return unbundled(entries).filter((entry) => instancesOf([entry], prices).length === 0);
}

/** Families and sizes, with those that bundles stand for. */
export const unbundled = (entries: readonly string[]): readonly string[] =>
  entries.flatMap((one) => bundles.get(one) ?? [one]);
