import type { Axis, Hint, Resources } from '../grid/grid.ts';
import type { Estimate } from '../money/estimate.ts';

/** Combinations that resolve to the same resources and timeout: they share arrays. At most 50 in a grid. */
export interface ResourceClass {
  /** From 0, in order of first appearance. */
  readonly class: number;
  /** `architecture` is never `any` here: the plan has chosen. */
  readonly resources: Resources & { readonly architecture: 'arm64' | 'amd64' };
  /** By the name of `muster.yaml`. */
  readonly queue: string;
  /** The engine's own id of the queue, kept because names may be given to other queues later; absent: the name. */
  readonly queueId?: string;
  readonly image: string;
  /** Of one combination. */
  readonly timeoutSeconds: number;
  /** Of one combination; absent when neither the grid nor history says. */
  readonly expectedSeconds?: number;
}

/** Half-open ranges `[start, end)` of combination indexes, sorted and not touching. */
export type Ranges = readonly (readonly [number, number])[];

/** The part of a round that one resource class does. The round's list is the groups' indexes, one after the other. */
export interface Group {
  readonly class: number;
  readonly indexes: Ranges;
  /** Combinations of one slice. */
  readonly sliceSize: number;
}

/** One array of a round: consecutive slices of one group. */
export interface PlannedArray {
  /** From 0 in the round. */
  readonly array: number;
  readonly class: number;
  /** Number of the array's first slice in the round. */
  readonly firstSlice: number;
  readonly slices: number;
}

/** Positions `[start, end)` of the round's list; `indexes` are the combinations at these positions. */
export interface Slice {
  readonly slice: number;
  readonly start: number;
  readonly end: number;
  readonly indexes: Ranges;
}

export type { Estimate, EstimateLine } from '../money/estimate.ts';

export interface Plan {
  readonly grid: string;
  readonly runId: string;
  readonly path: string;
  /** That this plan is about. */
  readonly combinations: number;
  /** Of the whole grid; more than `combinations` in a trial. */
  readonly total: number;
  readonly axes: readonly Axis[];
  readonly samples: readonly { readonly label: string; readonly command: readonly string[] }[];
  readonly classes: readonly (ResourceClass & { readonly combinations: number })[];
  /** Combinations that a pilot runs first; 0 without one. */
  readonly pilot: number;
  /** Of everything that has to run, as if in one round; a pilot's round and the rest together do the same. */
  readonly slices: number;
  readonly arrays: readonly PlannedArray[];
  readonly reuse:
    | {
        readonly known: true;
        readonly combinations: number;
        readonly runs: readonly ReusedRun[];
        readonly savesUsd: number | null;
      }
    | { readonly known: false; readonly why: string };
  readonly estimate: Estimate;
  readonly budgetUsd: number | null;
  /** `place`: muster.yaml or its stage allows less than the grid. */
  readonly budgetIsOf?: 'grid' | 'place';
  readonly hints: readonly Hint[];
}

export interface ReusedRun {
  readonly run: string;
  readonly combinations: number;
  /** False while nobody has merged its review. */
  readonly reviewed: boolean;
}
