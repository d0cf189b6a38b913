import type { Lack } from '../image/resolve.ts';
import type { ResourceClass } from '../plan/plan.ts';

/** What somebody wants to run, as far as the account matters: of one or several grids, or of none. */
export interface Wanted {
  readonly classes: readonly WantedClass[];
  /** Queues to look at, by the names of `muster.yaml`: those of the classes, or all when no grid is given. */
  readonly queues: readonly WantedQueue[];
  readonly images: readonly WantedImage[];
  /** `s3://bucket/key` of declared inputs: one of each, as the first combination names it. */
  readonly inputs: readonly string[];
  /** Of the store, where it is in S3. */
  readonly bucket?: { readonly name: string; readonly prefix: string };
  readonly logGroup: string;
  readonly roles: { readonly job?: string; readonly execution?: string };
}

/** One resource class of one grid. */
export interface WantedClass extends ResourceClass {
  readonly grid: string;
  /** Slices of this class in a whole run. */
  readonly slices: number;
}

export interface WantedQueue {
  /** As grids call it. */
  readonly name: string;
  readonly arn: string;
  readonly architecture: 'arm64' | 'amd64';
  readonly capacity: 'spot' | 'spot-first' | 'on-demand';
  /** MiB that the operator says the hosts' `/scratch` has; absent: none is mounted. */
  readonly scratchMib?: number;
  /** As `muster.yaml` says; preflight compares it with what is there. */
  readonly instances?: readonly string[];
  readonly maxVcpus?: number;
}

export interface WantedImage {
  readonly name: string;
  /** With its digest; absent: nobody has pushed it, as far as is known. */
  readonly reference?: string;
  /** Why it has no reference. */
  readonly lack?: Lack;
  /** `images` of muster.yaml says which digest it is. */
  readonly pinned?: true;
  /** muster.yaml names no registry that it could be pushed to. */
  readonly homeless?: true;
  /** Architectures of the queues it runs on. */
  readonly architectures: readonly ('arm64' | 'amd64')[];
}
