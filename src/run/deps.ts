import type { Engine } from '../engine/engine.ts';
import type { MetricsSink } from '../engine/metrics.ts';
import type { Forge } from '../forge/forge.ts';
import type { PlanEngine } from '../plan/queues.ts';
import type { Store } from '../store/store.ts';
import type { Settings } from './settings.ts';

/** What the verbs need from the world. */
export interface RunDeps {
  readonly store: Store;
  readonly engine: Engine;
  readonly forge: Forge;
  readonly clock: Clock;
  /** The engine as a plan sees it: where prices and sizes come from. */
  readonly planEngine: PlanEngine;
  readonly settings: Settings;
  /** Unique to this process: the holder's name on leases. */
  readonly owner: string;
  /** Whether another owner is known to be dead; false when nobody can tell. */
  readonly isGone: (owner: string) => boolean;
  /** The person or workflow on whose behalf the verb acts. */
  readonly actor: string;
  /** Of Muster. */
  readonly version: string;
  /** An existing folder for temporary files of the merge. */
  readonly scratch: string;
  readonly log: (event: RunEventLog) => void;
  /** Absent: nobody asked for numbers besides the reviews. */
  readonly metrics?: MetricsSink;
}

/** Nothing in `run/` reads the time or waits except through this. */
export interface Clock {
  now(): Date;
  sleep(seconds: number): Promise<void>;
}

/** What a verb tells while it works; the CLI and the actions give each kind its words. */
export type RunEventLog =
  | {
      readonly kind: 'array-submitted';
      readonly run: string;
      readonly round: number;
      readonly array: number;
      readonly jobId: string;
    }
  | {
      readonly kind: 'array-adopted';
      readonly run: string;
      readonly round: number;
      readonly array: number;
      readonly jobId: string;
    }
  | {
      readonly kind: 'array-refused';
      readonly run: string;
      readonly round: number;
      readonly array: number;
      readonly why: string;
      /** What a person can do; it is tried again then. Absent: the array will never run. */
      readonly fix?: string;
    }
  | { readonly kind: 'namesake-terminated'; readonly run: string; readonly jobId: string }
  | {
      readonly kind: 'combination-failed';
      readonly run: string;
      readonly label: string;
      readonly class: string;
      readonly message: string;
    }
  | {
      readonly kind: 'slice-failed';
      readonly run: string;
      readonly round: number;
      readonly slice: number;
      readonly reason: string;
    }
  /** The account was looked at before anything was written; calls of checks that nobody could do. */
  | {
      readonly kind: 'preflight';
      /** Codes; a code stands once for each finding. */
      readonly warnings: readonly string[];
      readonly refused: readonly string[];
    }
  /** A document of the store that cannot be read and is done without. */
  | { readonly kind: 'left-out'; readonly why: string }
  /** The engine gave no clear answer there, several times: what waits is submitted by the next step. */
  | {
      readonly kind: 'queue-waits';
      readonly run: string;
      readonly round: number;
      readonly queue: string;
      readonly arrays: number;
    }
  /** A call of the engine failed, and the next step repeats it. */
  | { readonly kind: 'left-for-later'; readonly run: string; readonly why: string }
  /** A service does not answer, and is asked again. */
  | {
      readonly kind: 'no-answer';
      readonly service: string;
      readonly endpoint: string;
      /** The next one, counted from 1. */
      readonly attempt: number;
      readonly attempts: number;
    }
  | { readonly kind: 'stopped'; readonly run: string; readonly why: string }
  | { readonly kind: 'pilot-ended'; readonly run: string; readonly goOn: boolean; readonly why: string }
  | { readonly kind: 'publishing'; readonly run: string; readonly fragments: number }
  | { readonly kind: 'published'; readonly run: string; readonly verdict: string; readonly url: string };

export const systemClock: Clock = {
  now: () => new Date(),
  sleep: (seconds) => new Promise((resolve) => setTimeout(resolve, seconds * 1000)),
};
