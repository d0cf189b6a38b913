import { type Job, type Market, rateOf } from './rate.ts';

/** What one combination used of what it had. */
export interface Usage {
  readonly seconds: number;
  readonly cpuSeconds: number | null;
  readonly peakMemoryBytes: number | null;
}

/** What a class asked for and what its combinations used at most. */
export interface Used {
  readonly combinations: number;
  /** CPUs busy on average over all program time; null when nobody measured. */
  readonly busyCpus: number | null;
  /** The busiest combination's average. */
  readonly mostBusyCpus: number | null;
  readonly peakMemoryMib: number | null;
}

export interface Advice {
  readonly text: string;
  readonly vcpus: number;
  readonly memoryMib: number;
  /** New cost as a share of the old. */
  readonly share: number;
}

const mib = 1024 * 1024;
/** Kept above the highest use seen. */
const memoryMargin = 1.2;
/** Start-up threads of a one-CPU program show as a few hundredths of a CPU. */
const cpuTolerance = 0.1;
/** Smaller savings are not worth a reader's line. */
const worthwhile = 0.9;

/** Streams; keeps four numbers. */
export function usageOf(usages: Iterable<Usage>): Used {
  let combinations = 0;
  let [seconds, cpuSeconds, mostBusy, peak] = [0, 0, -1, -1];
  for (const usage of usages) {
    combinations += 1;
    peak = Math.max(peak, usage.peakMemoryBytes ?? -1);
    if (usage.cpuSeconds === null || usage.seconds <= 0) continue;
    seconds += usage.seconds;
    cpuSeconds += usage.cpuSeconds;
    mostBusy = Math.max(mostBusy, usage.cpuSeconds / usage.seconds);
  }
  return {
    combinations,
    busyCpus: mostBusy < 0 ? null : cpuSeconds / seconds,
    mostBusyCpus: mostBusy < 0 ? null : mostBusy,
    peakMemoryMib: peak < 0 ? null : peak / mib,
  };
}

/** "1 of 4 CPUs busy, peak 2.6 of 7 GiB: 1 vCPU / 3.2 GiB halves the cost"; undefined when it would save little. */
export function adviceFor(
  used: Used,
  job: Job,
  market: Market,
  /** There were failures for want of memory: none of it is advised away. */
  { keepMemory = false }: { readonly keepMemory?: boolean } = {},
): Advice | undefined {
  const { busyCpus, mostBusyCpus, peakMemoryMib } = used;
  if (busyCpus === null || mostBusyCpus === null || peakMemoryMib === null) return undefined;
  const vcpus = Math.min(job.vcpus, Math.max(1, Math.ceil(mostBusyCpus - cpuTolerance)));
  const memoryMib = keepMemory
    ? job.memoryMib
    : Math.min(job.memoryMib, roundedUp(peakMemoryMib * memoryMargin));
  const share = costShare(job, { ...job, vcpus, memoryMib }, market);
  if (share === undefined || share > worthwhile) return undefined;
  const busy = `${decimal(busyCpus)} of ${job.vcpus} CPUs busy`;
  const text = keepMemory
    ? `${busy}: ${vcpus} vCPU with the same memory ${saving(share)}`
    : `${busy}, peak ${gib(peakMemoryMib)} of ${gib(job.memoryMib)} GiB: ${vcpus} vCPU / ${gib(memoryMib)} GiB ${saving(share)}`;
  return { text, vcpus, memoryMib, share };
}

/** On a machine without a price the vCPUs that a slice holds stand for its cost. */
function costShare(job: Job, leaner: Job, market: Market): number | undefined {
  const now = rateOf(job, market);
  const then = rateOf(leaner, market);
  if (now === undefined || then === undefined) return undefined;
  if (now.usdPerSliceHour.low === 0) return leaner.vcpus / job.vcpus;
  return then.usdPerSliceHour.low / now.usdPerSliceHour.low;
}

function saving(share: number): string {
  if (share > 0.45 && share < 0.55) return 'halves the cost';
  return `saves ${Math.round((1 - share) * 100)} % of the cost`;
}

/** To a tenth of a GiB. */
function roundedUp(memoryMib: number): number {
  return Math.ceil((Math.ceil(Number((memoryMib / 102.4).toFixed(6))) / 10) * 1024);
}

const gib = (memoryMib: number) => decimal(memoryMib / 1024);
const decimal = (value: number) => String(Number(value.toFixed(1)));
