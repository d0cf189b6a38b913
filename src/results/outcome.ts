import type { Combination } from '../grid/combination.ts';
import type { Failure, OutputRecord, Usage } from './fragment.ts';

/** The merge's verdict on one combination. Every combination of the plan has exactly one. */
export interface Outcome {
  readonly combination: Combination;
  readonly state: 'succeeded' | 'failed' | 'missing';
  /** Where the verdict comes from; absent when nothing ever reported. */
  readonly source?: OutcomeSource;
  readonly work?: string;
  readonly command: readonly string[];
  readonly outputs: readonly OutputRecord[];
  readonly results: Readonly<Record<string, number | string | null>>;
  readonly usage?: Usage;
  /** ISO 8601. */
  readonly startedAt?: string;
  readonly endedAt?: string;
  readonly failure?: Failure;
  /** All attempts that reported on it, the chosen one included. */
  readonly attempts: number;
  /** Seconds of all attempts that did not become the verdict. */
  readonly wastedSeconds: number;
  /** USD; null when no price is known. */
  readonly cost: number | null;
}

export interface OutcomeSource {
  /** Another run, when the combination was reused. */
  readonly run: string;
  readonly round: number;
  readonly slice: number;
  readonly job: string;
  readonly attempt: number;
  readonly host: string;
  /** Type of the machine, where it is known. */
  readonly instanceType?: string;
  readonly image: string;
  readonly worker: string;
  /** Revision of the job definition; known for the job that the array's record names. */
  readonly definition?: string;
}
