import type { WantedClass } from '../wanted.ts';
import type { CapacityFacts } from './facts.ts';
import { type FitRow, fitRows, placeable } from './fit.ts';
import { aboutClass } from './on-queues.ts';

/** How many slices of one class share an instance of each type that Batch may choose for it (AB 4.4). */
export interface FitTable {
  /** `grids/toy.yaml, class 0`. */
  readonly about: string;
  readonly queue: string;
  readonly vcpus: number;
  readonly memoryMib: number;
  /** Best filled first; of types that are filled alike, small ones. Empty: it fits none, or has no room. */
  readonly types: readonly FitLine[];
}

export interface FitLine {
  readonly type: string;
  readonly vcpus: number;
  readonly memoryMib: number;
  /** Slices on one instance; of a tight one nobody can count on more than 1. */
  readonly perInstance: number;
  /** Share of its vCPUs that no slice asks for, 0 to 1. */
  readonly idle: number;
  readonly tight: boolean;
}

/** One table for each class; none where nobody knows the types. Pure. */
export function fitTables(facts: CapacityFacts, classes: readonly WantedClass[]): readonly FitTable[] {
  const rows = fitRows(facts, classes);
  if (!rows.known) return [];
  return classes.map((one) => ({
    ...{ about: aboutClass(one), queue: one.queue },
    ...{ vcpus: one.resources.vcpus, memoryMib: one.resources.memoryMib },
    types: linesOf(placeable(rows.value.filter(({ of }) => of === one))),
  }));
}

/** A type that several environments may start is one line. */
function linesOf(rows: readonly FitRow[]): readonly FitLine[] {
  const perType = new Map(rows.map((row) => [row.type.type, row])).values();
  return [...perType]
    .toSorted((a, b) => a.idle - b.idle || a.type.vcpus - b.type.vcpus)
    .map(({ type: { type, vcpus, memoryMib }, perInstance, idle, verdict }) => ({
      ...{ type, vcpus, memoryMib, perInstance, idle },
      tight: verdict === 'tight',
    }));
}
