import { type Gathered, verdictOf } from './merge-outcome.ts';
import { compareText } from './verdict.ts';

/** Combinations by verdict; `reused` ones are among the succeeded. */
export interface MergedCounts {
  readonly succeeded: number;
  readonly failed: number;
  readonly missing: number;
  readonly reused: number;
}

/** What verdicts were made with. */
export interface MergedVersion {
  /** Content identity of the image. */
  readonly image: string;
  readonly worker: string;
  /** Verdicts. */
  readonly combinations: number;
}

/** Counts verdicts without reading any report back. */
export function countVerdicts(
  count: number,
  gathered: Gathered,
): { readonly counts: MergedCounts; readonly versions: readonly MergedVersion[] } {
  const counts = { succeeded: 0, failed: 0, missing: 0, reused: 0 };
  const versions = new Map<string, MergedVersion>();
  for (let index = 0; index < count; index += 1) {
    const verdict = verdictOf(index, gathered);
    if (verdict.kind === 'missing') counts.missing += 1;
    if (verdict.kind === 'engine') counts.failed += 1;
    if (verdict.kind !== 'report') continue;
    counts[verdict.best.state] += 1;
    if (verdict.reused) counts.reused += 1;
    const { image, worker } = verdict.source.outcome;
    const version = `${image} ${worker}`;
    versions.set(version, { image, worker, combinations: (versions.get(version)?.combinations ?? 0) + 1 });
  }
  const sorted = [...versions].toSorted(([a], [b]) => compareText(a, b));
  return { counts, versions: sorted.map(([, version]) => version) };
}
