import type { PlannedRound, RoundBasis } from '../plan/rounds.ts';
import type { ArrayLimits } from '../plan/slices.ts';
import type { RunDeps } from './deps.ts';
import type { RoundRecord, RunRecord } from './records.ts';

/** What the rounds of a run are packed from. */
export function basisOf(run: RunRecord, limits: { readonly arraySize: ArrayLimits }): RoundBasis {
  return { grid: run.grid, classes: run.classes, members: run.members, limits: limits.arraySize };
}

/** A planned round as the store keeps it. */
export function roundRecord(
  deps: Pick<RunDeps, 'actor' | 'clock' | 'settings'>,
  run: { readonly run: string },
  round: number,
  planned: PlannedRound,
  note: string,
): RoundRecord {
  return {
    schema: 1,
    run: run.run,
    round,
    reason: planned.reason,
    note,
    actor: deps.actor,
    createdAt: deps.clock.now().toISOString(),
    classes: [...planned.classes],
    groups: planned.groups.map((group) => ({ ...group, indexes: pairs(group.indexes) })),
    arrays: [...planned.arrays],
    attempts: planned.attempts,
    environment: { ...planned.environment },
    again: planned.again,
    budgetUsd: lowest(planned.budgetUsd, deps.settings.money.runUsd),
    stopAfterFailures: planned.stopAfterFailures,
  };
}

export const pairs = (indexes: readonly (readonly [number, number])[]): [number, number][] =>
  indexes.map(([start, end]) => [start, end]);

/** A grid may only lower what `muster.yaml` allows. */
export function lowest(one: number | null, other: number | undefined): number | null {
  if (one === null) return other ?? null;
  return other === undefined ? one : Math.min(one, other);
}
