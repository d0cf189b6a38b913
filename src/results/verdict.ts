/**
 * Which report on a combination counts (design, section 6, Merge). Pure comparisons over facts that are the same
 * whatever the order in which fragments arrive.
 */

/** Where one report comes from, as far as its weight is concerned. */
export interface Rank {
  /** -1 for what another run published: everything of this run is newer. */
  readonly round: number;
  /** The job is the one the array's record names; others are stray twins of a lost submission. */
  readonly recorded: boolean;
  readonly attempt: number;
  readonly job: string;
  readonly part: number;
  readonly slice: number;
}

export type EntryState = 'succeeded' | 'failed';

/** Above zero when `a` weighs more; zero only for the same attempt's same part. */
export function compareRanks(a: Rank, b: Rank): number {
  return (
    a.round - b.round ||
    Number(a.recorded) - Number(b.recorded) ||
    a.attempt - b.attempt ||
    compareText(a.job, b.job) ||
    a.part - b.part ||
    a.slice - b.slice
  );
}

/** Whether a new report takes the place of the best one so far. A failure never replaces a success. */
export function replaces(
  best: { readonly state: EntryState; readonly rank: Rank },
  next: { readonly state: EntryState; readonly rank: Rank },
): boolean {
  if (best.state !== next.state) return next.state === 'succeeded';
  // Equal ranks are two lines of one part: the later line counts.
  return compareRanks(next.rank, best.rank) >= 0;
}

/** What the engine said about a slice that ended badly, as far as its weight is concerned. */
export interface EngineRank {
  readonly round: number;
  /** Attempts that started; 0 when the slice never ran. */
  readonly attempts: number;
  /** Breaks ties. */
  readonly text: string;
}

/** Above zero when `a` weighs more: what ran before what never did, then the newer round. */
export function compareEngineRanks(a: EngineRank, b: EngineRank): number {
  return (
    Number(a.attempts > 0) - Number(b.attempts > 0) ||
    a.round - b.round ||
    a.attempts - b.attempts ||
    compareText(a.text, b.text)
  );
}

/**
 * Whether the engine's word stands, given the best report of a fragment. Fragments come first, but a newer round that
 * ran and failed without leaving a fragment is the verdict over an older failure.
 */
export function engineDecides(
  best: { readonly state: EntryState; readonly rank: Rank } | undefined,
  engine: EngineRank,
): boolean {
  if (best === undefined) return true;
  return best.state === 'failed' && engine.attempts > 0 && engine.round > best.rank.round;
}

/** By UTF-16 code units: the same on every machine, unlike locale order. */
export function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
