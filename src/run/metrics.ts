import type { Metric } from '../engine/metrics.ts';
import { RemoteError } from '../errors.ts';
import type { RunDeps } from './deps.ts';
import type { StateRecord } from './records.ts';

/** What the numbers are made of. */
export interface Measured {
  readonly grid: string;
  readonly combinations: number;
  /** Combinations, reused ones included. */
  readonly done: { readonly succeeded: number; readonly failed: number };
  readonly money: Pick<StateRecord['money'], 'meteredUsd' | 'exactUsd'>;
}

/** `Combinations` by grid and state, and `SpendUSD` by grid. Runs of one grid are added up. Pure. */
export function metricsOf(runs: readonly Measured[]): readonly Metric[] {
  return [...Map.groupBy(runs, ({ grid }) => grid)].flatMap(([grid, own]) => {
    const sum = (of: (run: Measured) => number) => own.reduce((total, run) => total + of(run), 0);
    const states = {
      succeeded: sum(({ done }) => done.succeeded),
      failed: sum(({ done }) => done.failed),
      open: sum(({ combinations, done }) => Math.max(0, combinations - done.succeeded - done.failed)),
    };
    const combinations = Object.entries(states).map(([state, value]): Metric => {
      return { name: 'Combinations', dimensions: { grid, state }, value, unit: 'count' };
    });
    const spent = sum(({ money }) => money.exactUsd ?? money.meteredUsd);
    return [...combinations, { name: 'SpendUSD', dimensions: { grid }, value: spent, unit: 'usd' }];
  });
}

/** One call for all runs of a step. Numbers that cannot be sent stop nothing. */
export async function tellMetrics(deps: RunDeps, runs: readonly Measured[]): Promise<void> {
  if (deps.metrics === undefined || runs.length === 0) return;
  try {
    await deps.metrics.put(metricsOf(runs), deps.clock.now());
  } catch (error) {
    if (!(error instanceof RemoteError)) throw error;
    deps.log({ kind: 'left-out', why: `metrics of this step: ${error.message}` });
  }
}
