import type { Combination } from '../grid/combination.ts';
import type { Failure, FragmentEntry, OutputRecord } from '../results/fragment.ts';

/** What became of one unit of work. */
export interface Finding {
  readonly work: string;
  readonly command: readonly string[];
  readonly startedAt: Date;
  readonly endedAt: Date;
  readonly outputs: readonly OutputRecord[];
  readonly results: FragmentEntry['results'];
  readonly seconds: number;
  readonly totalSeconds: number;
  readonly cpuSeconds: number | null;
  readonly peakMemoryBytes: number | null;
  readonly diskBytes: number;
  readonly failure: Failure | null;
}

/**
 * One entry for each combination of the unit. A program that takes a whole slice succeeds or fails as one: its
 * outputs are stored once, under the first label, and every entry refers to them; time and disk are shared out
 * evenly, so that sums over combinations stay true, while the peak of memory is everyone's.
 */
export function entriesOf(combinations: readonly Combination[], finding: Finding): readonly FragmentEntry[] {
  const share = 1 / combinations.length;
  return combinations.map(({ index, id, label }) => ({
    index,
    id,
    label,
    state: finding.failure === null ? 'succeeded' : 'failed',
    work: finding.work,
    command: [...finding.command],
    startedAt: finding.startedAt.toISOString(),
    endedAt: finding.endedAt.toISOString(),
    outputs: [...finding.outputs],
    results: finding.results,
    usage: {
      seconds: milliseconds(finding.seconds * share),
      totalSeconds: milliseconds(finding.totalSeconds * share),
      cpuSeconds: finding.cpuSeconds === null ? null : milliseconds(finding.cpuSeconds * share),
      peakMemoryBytes: finding.peakMemoryBytes,
      diskBytes: Math.round(finding.diskBytes * share),
    },
    failure: finding.failure,
  }));
}

/** Finer than this the clock of a shared machine tells nothing. */
const milliseconds = (seconds: number) => Math.round(seconds * 1000) / 1000;
