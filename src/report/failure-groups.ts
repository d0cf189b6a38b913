import type { Failure } from '../results/fragment.ts';
import type { Outcome, OutcomeSource } from '../results/outcome.ts';
import { oneLine } from './escape.ts';

/** Failures that say the same thing. */
export interface FailureGroup {
  readonly class: Failure['class'];
  /** The first one's own words. */
  readonly message: string;
  readonly count: number;
  readonly exitCode: number | null;
  readonly signal: string | null;
  /** The first few. */
  readonly examples: readonly FailureExample[];
  /** What the first one printed last. */
  readonly tail: string;
  /** What to do, where the engine could tell. */
  readonly advice?: string;
}

export interface FailureExample {
  readonly index: number;
  readonly label: string;
  readonly attempts: number;
  readonly source?: OutcomeSource;
  /** A page that shows the slice. */
  readonly url?: string;
  /** A page that shows what its last attempt wrote. */
  readonly logUrl?: string;
}

/** What a group needs of an outcome, or of a failure that was only just reported. */
export interface Failed extends Pick<Outcome, 'combination' | 'attempts' | 'failure' | 'source'> {
  readonly advice?: string;
  readonly url?: string;
  readonly logUrl?: string;
}

const examplesKept = 10;
/** Kinds of messages told apart in one class; what comes later is counted as "other". */
const groupsKept = 100;

/** Streams failures into groups: memory is bounded by the kinds of failures, not by their number. */
export class FailureGroups {
  readonly #groups = new Map<string, Mutable>();

  add(outcome: Failed): void {
    const failure = outcome.failure ?? unexplained;
    const known = `${failure.class} ${normalised(failure.message, outcome)}`;
    const key = this.#groups.has(known) || this.#groups.size < groupsKept ? known : `${failure.class} *`;
    let group = this.#groups.get(key);
    if (group === undefined) {
      const other = key === known ? oneLine(failure.message, 300) : 'other messages';
      const { advice } = outcome;
      group = {
        ...{ ...pick(failure), message: other, count: 0, examples: [], tail: failure.tail },
        ...(advice === undefined ? {} : { advice }),
      };
      this.#groups.set(key, group);
    }
    group.count += 1;
    if (group.examples.length < examplesKept) group.examples.push(example(outcome));
  }

  /** Largest first; equal ones in order of appearance. */
  finish(): FailureGroup[] {
    return [...this.#groups.values()].sort((a, b) => b.count - a.count);
  }
}

interface Mutable extends FailureGroup {
  count: number;
  examples: FailureExample[];
}

const unexplained: Failure = {
  class: 'unknown',
  message: 'no reason was recorded',
  exitCode: null,
  signal: null,
  tail: '',
  again: false,
};

const pick = ({ class: kind, exitCode, signal }: Failure) => ({ class: kind, exitCode, signal });

function example(outcome: Failed): FailureExample {
  return {
    index: outcome.combination.index,
    label: outcome.combination.label,
    attempts: outcome.attempts,
    ...(outcome.source === undefined ? {} : { source: outcome.source }),
    ...(outcome.url === undefined ? {} : { url: outcome.url }),
    ...(outcome.logUrl === undefined ? {} : { logUrl: outcome.logUrl }),
  };
}

/** What differs between two failures of one kind goes: the combination's own names, digests, paths, numbers. */
export function normalised(message: string, outcome: Pick<Outcome, 'combination'>): string {
  const { id, label } = outcome.combination;
  return oneLine(message, 500)
    .replaceAll(id, '*')
    .replaceAll(label, '*')
    .replace(/(?:\/[\w.=+@-]+){2,}\/?/g, '*')
    .replace(/\b0x[0-9a-f]+\b|\b[0-9a-f]{8,}\b/gi, '*')
    .replace(/[-+]?\d+(?:\.\d+)?(?:e[-+]?\d+)?/gi, '#');
}
