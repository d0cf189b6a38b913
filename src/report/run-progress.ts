import { oneLine, prose } from './escape.ts';
import type { FailureGroup } from './failure-groups.ts';
import { count, duration, moment, money, moneyRange, percent, plural } from './format.ts';
import { table } from './markdown.ts';
import type { Stopped } from './verdict.ts';

export type SliceState = 'waiting' | 'running' | 'succeeded' | 'failed' | 'without result';

/** A run as its last watch saw it. */
export interface RunProgress {
  readonly grid: string;
  readonly run: string;
  readonly combinations: number;
  readonly phase: 'launching' | 'running' | 'publishing' | 'published' | 'cancelling';
  readonly round: number;
  /** Of all rounds. */
  readonly slices: {
    readonly total: number;
    readonly waiting: number;
    readonly starting: number;
    readonly running: number;
    readonly succeeded: number;
    readonly failed: number;
    /** Of arrays that are over: they never ran, or nobody saw how they ended. */
    readonly withoutResult: number;
  };
  /** Combinations; `missing` once they are merged. */
  readonly done: { readonly succeeded: number; readonly failed: number; readonly missing?: number };
  /** State of each slice of this round, where it is known. */
  readonly map?: readonly SliceState[];
  /** Numbers of failed slices of this round, for runs too large for a map. */
  readonly failedSlices: readonly number[];
  /** Without those that a later round took over. */
  readonly failures: readonly FailureGroup[];
  /** Slices that somebody stopped before they had ended, by what was said then. */
  readonly unfinished: readonly { readonly why: string; readonly slices: number }[];
  readonly money: {
    /** Upper bound so far. */
    readonly meteredUsd: number;
    readonly budgetUsd: number | null;
    readonly estimateUsd: { readonly low: number; readonly high: number } | null;
    readonly usdPerHour: number | null;
    /** How far "at most" goes, where that is not plain. */
    readonly notes: readonly string[];
  };
  /** Why nothing moves; `wait`: nothing is wrong, it only takes patience. */
  readonly diagnosis: readonly {
    readonly code: string;
    readonly summary: string;
    readonly fix: string;
    readonly wait?: true;
  }[];
  readonly stopped: Stopped | null;
  /** Seconds; null when it cannot be said. */
  readonly secondsLeft: number | null;
  /** ISO 8601. */
  readonly lastWatch: string | null;
  /** Only where somebody will look without being asked. */
  readonly nextWatch: string | null;
  /** Its slices work elsewhere, nobody has looked for longer than agreed, and nobody will by himself. */
  readonly unwatched?: true;
  /** What it is made of; a terminal does without. */
  readonly origin?: Origin;
}

/** What a run was launched from. */
export interface Origin {
  readonly path: string;
  readonly sha256: string;
  readonly repository: string;
  readonly commit: string | null;
  readonly actor: string;
  readonly engine: string;
  /** Of Muster. */
  readonly version: string;
  readonly images: readonly { readonly name: string; readonly identity: string }[];
  /** ISO 8601. */
  readonly createdAt: string;
  /** Combinations that other runs had done. */
  readonly reused: number;
}

const barWidth = 40;

/** `████████░░ 62 %`: full only when all are finished. */
export function bar({ combinations, done }: Pick<RunProgress, 'combinations' | 'done'>): string {
  const share = combinations === 0 ? 1 : (done.succeeded + done.failed) / combinations;
  const full = Math.min(barWidth, Math.floor(share * barWidth));
  return `${'█'.repeat(full)}${'░'.repeat(barWidth - full)} ${percent(Math.min(1, share))}`;
}

/** Of a run whose slices have all ended there is nothing to wait for but a look. */
export function eta({ secondsLeft, phase }: RunProgress): string | undefined {
  return secondsLeft === null || secondsLeft === 0 || phase !== 'running' ? undefined : duration(secondsLeft);
}

/**
 * How many combinations are done. Before they are merged, all that is known is how their slices ended: only the merge
 * looks whether they left what they should.
 */
export function doneText({
  combinations,
  done: { succeeded, failed, missing },
  phase,
}: Pick<RunProgress, 'combinations' | 'done' | 'phase'>): string {
  const of = plural(combinations, 'combination');
  if (phase !== 'published') {
    return `${count(succeeded)} ended well, ${count(failed)} failed of ${of}; verified when they are published`;
  }
  const without = missing === undefined || missing === 0 ? '' : `, ${count(missing)} missing`;
  return `${count(succeeded)} succeeded, ${count(failed)} failed${without} of ${of}`;
}

/** Money against budget and estimate. */
export function moneyText({
  money: { meteredUsd, budgetUsd, estimateUsd, usdPerHour, notes },
}: RunProgress): string {
  const share = budgetUsd === null || budgetUsd === 0 ? '' : ` (${percent(meteredUsd / budgetUsd)})`;
  const row = [
    `${money(meteredUsd)}${share}`,
    budgetUsd === null ? 'none' : money(budgetUsd),
    estimateUsd === null ? 'not known' : moneyRange(estimateUsd),
    usdPerHour === null ? 'not known' : money(usdPerHour),
  ];
  const numbers = table(['Spent at most', 'Budget', 'Estimate', 'Per hour now'], [row], [0, 1, 2, 3]);
  return [numbers, ...notes.map((note) => prose(note, 400))].join('\n\n');
}

export function seenText({ lastWatch, nextWatch }: RunProgress): string {
  const seen = lastWatch === null ? 'Not watched yet' : `Last seen ${moment(lastWatch)}`;
  return `${seen}${nextWatch === null ? '' : `, next about ${moment(nextWatch)}`}.`;
}

/** `3 waiting, 8 running` without the zeros. */
export function sliceCounts({ slices }: Pick<RunProgress, 'slices'>): string {
  const parts = (['waiting', 'starting', 'running', 'succeeded', 'failed'] as const)
    .filter((state) => slices[state] > 0)
    .map((state) => `${count(slices[state])} ${state}`);
  if (slices.withoutResult > 0) parts.push(`${count(slices.withoutResult)} without result`);
  return parts.length === 0 ? 'none submitted' : parts.join(', ');
}

/** `published, partial`: what a run that was stopped has published is not all of it. */
export function stateWords({ phase, stopped }: Pick<RunProgress, 'phase' | 'stopped'>): string {
  return phase === 'published' && stopped !== null ? 'published, partial' : phase;
}

/** A line for each reason why slices were stopped. */
export function unfinishedLines({ unfinished }: Pick<RunProgress, 'unfinished'>): string[] {
  return unfinished.map(({ why, slices }) => `${plural(slices, 'slice')} stopped: ${oneLine(why, 300)}`);
}
