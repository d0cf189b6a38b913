import { sliceFragmentsPrefix } from '../store/keys.ts';
import type { Failure, Fragment, FragmentEntry } from './fragment.ts';
import type { Outcome, OutcomeSource } from './outcome.ts';
import type { Span } from './spill.ts';
import type { EngineRank, Rank } from './verdict.ts';

/** Who reported: its weight, how an outcome names it, and where its reports are. */
export interface Source {
  readonly rank: Rank;
  readonly outcome: OutcomeSource;
  /** Of `Reports` in the spill. */
  readonly span: Span;
}

/** What one source leaves in the spill: a fragment as it was stored, or what another run published. */
export interface Reports {
  readonly combinations: readonly SpilledReport[];
}

/** What an outcome takes from a report; the rest is known from the combination. */
export type SpilledReport = Pick<Outcome, 'command' | 'outputs' | 'results'> & {
  readonly [Key in 'work' | 'startedAt' | 'endedAt' | 'usage' | 'failure']?: FragmentEntry[Key] | undefined;
};

/** What the engine said, with its weight. */
export interface KnownFailure {
  readonly rank: EngineRank;
  readonly failure: Failure;
  readonly source?: OutcomeSource;
}

/** The job that an array's record names. */
export interface RecordedJob {
  readonly job: string;
  /** Revision of the job definition. */
  readonly definition?: string;
}

export function fragmentSource(fragment: Fragment, recorded: RecordedJob | undefined, span: Span): Source {
  const { run, round, slice, job, attempt, part, image, worker, instance } = fragment;
  const isRecorded = recorded?.job === job;
  const definition = isRecorded ? recorded.definition : undefined;
  return {
    span,
    rank: { round, recorded: isRecorded, attempt, job, part, slice },
    outcome: {
      ...{ run, round, slice, job, attempt, image },
      host: worker.host,
      ...(instance !== undefined && { instanceType: instance.type }),
      worker: worker.version,
      ...(definition !== undefined && { definition }),
    },
  };
}

/** Round -1: whatever this run did itself is newer than what it took over. */
export function reusedSource(source: OutcomeSource, span: Span): Source {
  const { attempt, job, slice, run } = source;
  return {
    span,
    rank: { round: -1, recorded: true, attempt, job: `${run}/${job}`, part: 0, slice },
    outcome: source,
  };
}

/** A fragment that claims to come from elsewhere than where it lies: why it cannot be trusted. */
export function misplaced(key: string, { run, round, slice }: Fragment): string | undefined {
  if (key.startsWith(sliceFragmentsPrefix(run, round, slice))) return undefined;
  return `says it belongs to round ${round}, slice ${slice}, but lies elsewhere`;
}
