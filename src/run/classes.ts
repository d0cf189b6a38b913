import { contains } from '../plan/ranges.ts';
import type { RunRecord } from './records.ts';

/** The resource class of each combination, as the run planned it. */
export function classOfCombination(run: RunRecord): (index: number) => number {
  if (run.classes.length <= 1) return () => run.classes[0]?.class ?? 0;
  const { members } = run;
  return (index) => members.find(({ indexes }) => contains(indexes, index))?.class ?? 0;
}
