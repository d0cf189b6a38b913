import type { ResourceClass } from '../plan/plan.ts';
import { duration, percent, plural } from './format.ts';
import type { Summary } from './summary.ts';

const mib = 1024 * 1024;
/** Memory above the highest peak: what the next, slightly larger combination may need. */
const headroom = 1.2;

/** What money and time went to besides results, a sentence each, with what to ask for instead. */
export function wasteText(summary: Summary, classes: readonly ResourceClass[]): string[] {
  const used = summary.totalSeconds + summary.wastedSeconds;
  const retries =
    summary.wastedSeconds > 0 && used > 0
      ? [
          `Attempts that did not count took ${duration(summary.wastedSeconds)}, ${percent(summary.wastedSeconds / used)} of all program time.`,
        ]
      : [];
  const again =
    summary.retried > 0 ? [`${plural(summary.retried, 'combination')} needed more than one attempt.`] : [];
  return [...retries, ...again, ...classes.flatMap((kind) => oversize(kind, summary, classes.length > 1))];
}

function oversize(kind: ResourceClass, summary: Summary, named: boolean): string[] {
  const use = summary.usage.get(kind.class);
  const { vcpus, memoryMib } = kind.resources;
  if (use === undefined || use.seconds < 1 || use.peakMemory === 0) return [];
  const busy = use.cpuSeconds / use.seconds;
  // A program of one thread with a few helpers is a little above one CPU.
  const cpus = Math.min(vcpus, Math.max(1, Math.ceil(busy - 0.15)));
  const memory = Math.min(memoryMib, Math.ceil((use.peakMemory / mib / 1024) * headroom * 10) * 102.4);
  // A vCPU and 4 GiB cost about the same on general-purpose instances: the larger share decides how many fit.
  const share = Math.max(cpus / vcpus, memory / memoryMib);
  if (share > 0.75) return [];
  const where = named ? `Class ${kind.class}: ` : '';
  const seen = `${number(busy)} of ${number(vcpus)} CPUs busy, peak ${number(use.peakMemory / mib / 1024)} of ${gib(memoryMib)}`;
  return [`${where}${seen}: ${number(cpus)} vCPU / ${gib(memory)} ${saves(share)} the cost.`];
}

function saves(share: number): string {
  return share >= 0.44 && share <= 0.56 ? 'halves' : `saves about ${percent(1 - share)} of`;
}

const number = (value: number) => String(Number(value.toFixed(1)));
const gib = (mebibytes: number) => `${number(mebibytes / 1024)} GiB`;
