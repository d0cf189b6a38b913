import type { FitTable } from './capacity/fit-table.ts';
import type { Check, Finding, Severity } from './finding.ts';

/** Everything a preflight found, and what it took to find it. Pure data: printed, kept as JSON, put into a summary. */
export interface PreflightReport {
  /** ISO 8601, UTC. */
  readonly at: string;
  readonly region: string;
  /** What it was about: paths of grids; empty: the queues of `muster.yaml` as they are. */
  readonly grids: readonly string[];
  readonly checks: readonly Check[];
  /** HTTP requests that were sent, repeated ones included, by `service:operation`. */
  readonly calls: Readonly<Record<string, number>>;
  /** How many slices of each class share an instance; none where no grid is given, or nobody knows the types. */
  readonly fits?: readonly FitTable[];
  /** Mermaid source: each subnet's way out, broken edges marked; absent where there is no subnet to draw. */
  readonly picture?: string;
}

export interface Tally {
  readonly errors: number;
  readonly warnings: number;
  /** Checks that were carried out whole, whatever they found. */
  readonly done: number;
  /** Checks that lack an answer; what they found all the same is counted, too. */
  readonly notDone: number;
  /** Checks that had nothing to look at. */
  readonly idle: number;
}

export function tallyOf(checks: readonly Check[]): Tally {
  const count = (severity: Severity) => findingsOf(checks, severity).length;
  const lacking = checks.filter(({ notDone }) => notDone.length > 0).length;
  const idle = checks.filter(({ nothing }) => nothing !== undefined).length;
  return {
    errors: count('error'),
    warnings: count('warning'),
    done: checks.length - lacking - idle,
    notDone: lacking,
    idle,
  };
}

/** In the order of the checks. */
export function findingsOf(checks: readonly Check[], severity: Severity): readonly Finding[] {
  return checks.flatMap(({ findings }) => findings.filter((finding) => finding.severity === severity));
}
