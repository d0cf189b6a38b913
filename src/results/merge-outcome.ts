import type { Combination } from '../grid/combination.ts';
import type { Failure } from './fragment.ts';
import type { KnownFailure, Reports, Source, SpilledReport } from './merge-sources.ts';
import type { Outcome } from './outcome.ts';
import type { BestReport, ReportLog } from './report-log.ts';
import type { Spill } from './spill.ts';
import { engineDecides } from './verdict.ts';

/** All that a merge has gathered. */
export interface Gathered {
  readonly log: ReportLog;
  readonly sources: readonly Source[];
  readonly failures: readonly KnownFailure[];
}

export type Verdict =
  | {
      readonly kind: 'report';
      readonly best: BestReport;
      readonly source: Source;
      readonly reused: boolean;
    }
  | { readonly kind: 'engine'; readonly failure: KnownFailure }
  | { readonly kind: 'missing' };

/** Fragment verdict; else what the engine recorded; else missing (design, section 6). */
export function verdictOf(index: number, { log, sources, failures }: Gathered): Verdict {
  const best = log.best(index);
  const source = best && sources[best.source];
  const number = log.engineFailure(index);
  const failure = number === undefined ? undefined : failures[number];
  const report = best && source && { state: best.state, rank: source.rank };
  if (failure !== undefined && engineDecides(report, failure.rank)) return { kind: 'engine', failure };
  if (best === undefined || source === undefined) return { kind: 'missing' };
  return { kind: 'report', best, source, reused: source.rank.round < 0 };
}

/** The outcome of one combination, its report read back from the spill. */
export function outcomeOf(
  combination: Combination,
  gathered: Gathered,
  spill: Spill,
  priced: boolean,
): Outcome {
  const { log } = gathered;
  const { index } = combination;
  const verdict = verdictOf(index, gathered);
  const attempts = log.attempts(index);
  const cost = priced ? log.cost(index) : null;
  const nothing = { combination, command: [], outputs: [], results: {}, cost };

  if (verdict.kind === 'missing') return { ...nothing, state: 'missing', attempts, wastedSeconds: 0 };
  if (verdict.kind === 'engine') {
    const { failure, source, rank } = verdict.failure;
    return {
      ...nothing,
      state: 'failed',
      ...(source && { source }),
      failure,
      attempts: attempts + rank.attempts,
      wastedSeconds: log.secondsBeside(index, 0),
    };
  }
  const { best, source, reused } = verdict;
  const { work, command, startedAt, endedAt, outputs, results, usage, failure } = reportOf(verdict, spill);
  const own = reused ? 0 : (usage?.totalSeconds ?? 0);
  return {
    combination,
    state: best.state,
    source: source.outcome,
    ...(work !== undefined && { work }),
    command,
    ...(startedAt !== undefined && { startedAt }),
    ...(endedAt !== undefined && { endedAt }),
    outputs,
    results,
    ...(usage !== undefined && { usage }),
    ...(best.state === 'failed' && { failure: failure ?? unexplained }),
    attempts,
    wastedSeconds: log.secondsBeside(index, own),
    cost,
  };
}

function reportOf(
  { best, source }: { readonly best: BestReport; readonly source: Source },
  spill: Spill,
): SpilledReport {
  // The spill holds what this process put there a moment ago, already checked by the fragment's schema.
  const report = (spill.read(source.span) as Reports).combinations[best.entry];
  if (report === undefined) throw new Error(`report ${best.entry} of ${source.outcome.job} is gone`);
  return report;
}

/** A worker always gives a reason; a fragment without one still says that the combination failed. */
const unexplained: Failure = {
  class: 'unknown',
  message: 'The fragment says that the combination failed, but gives no reason.',
  exitCode: null,
  signal: null,
  tail: '',
  again: false,
};
