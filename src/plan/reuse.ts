import type { Ranges, ReusedRun } from './plan.ts';
import * as ranges from './ranges.ts';

/** A combination of the new grid with the digest of its work (grid language, Identity). */
export interface NewWork {
  readonly index: number;
  readonly id: string;
  readonly work: string;
}

/** What a published run holds. */
export interface PublishedWork {
  readonly run: string;
  /** False while nobody has merged its review. */
  readonly reviewed: boolean;
  /** The index, in that run, of a combination that succeeded with this work. */
  find(work: string): number | undefined;
}

/** A combination that need not run. */
export interface Reused extends NewWork {
  readonly run: string;
  /** Its index in that run. */
  readonly from: number;
}

/** What a plan knows about reuse. */
export type Reuse =
  | { readonly known: true; readonly indexes: Ranges; readonly runs: readonly ReusedRun[] }
  | { readonly known: false; readonly why: string };

/** Looks each work up, streaming: reviewed runs first, otherwise in the given order (newest first, say). */
export function* reusedWork(
  works: Iterable<NewWork>,
  published: readonly PublishedWork[],
): Generator<Reused> {
  const trusted = published.toSorted((one, other) => Number(other.reviewed) - Number(one.reviewed));
  if (trusted.length === 0) return;
  for (const { index, id, work } of works) {
    for (const { run, find } of trusted) {
      const from = find(work);
      if (from === undefined) continue;
      yield { index, id, work, run, from };
      break;
    }
  }
}

/** Tallies matches for a plan, holding ranges and one count a run; `seen` sees each match on its way. */
export function tallyReuse(
  matches: Iterable<Reused>,
  published: readonly PublishedWork[],
  seen: (match: Reused) => void = () => {},
): Extract<Reuse, { known: true }> {
  const indexes = ranges.rangesBuilder();
  const counts = new Map<string, number>();
  for (const match of matches) {
    indexes.add(match.index);
    counts.set(match.run, (counts.get(match.run) ?? 0) + 1);
    seen(match);
  }
  const runs = published.flatMap(({ run, reviewed }): readonly ReusedRun[] => {
    const combinations = counts.get(run);
    return combinations === undefined ? [] : [{ run, combinations, reviewed }];
  });
  return { known: true, indexes: indexes.ranges(), runs };
}
