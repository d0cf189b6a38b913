import type { JobImage } from '../engine/engine.ts';
import { ConfigurationError } from '../errors.ts';
import type { Overrides } from '../plan/overrides.ts';
import type { Ranges } from '../plan/plan.ts';
import { queueChooser } from '../plan/queues.ts';
import * as ranges from '../plan/ranges.ts';
import { type PlannedRound, rerunRound } from '../plan/rounds.ts';
import { select } from '../plan/select.ts';
import { money } from '../report/format.ts';
import { indexesOf } from './array-indexes.ts';
import { isSettled } from './array-state.ts';
import type { RunDeps } from './deps.ts';
import { mergeOutcomes } from './merge-outcomes.ts';
import { type ArrayAt, readArrays } from './observe.ts';
import { refuseForeign } from './own-engine.ts';
import { ceilingOf } from './price.ts';
import { withPricesOf } from './pricing.ts';
import { basisOf, lowest, roundRecord } from './round-record.ts';
import { monthSpend } from './spend.ts';
import { ensureStarted, openRound, type Started } from './start.ts';

export interface RerunRequest {
  readonly run: string;
  /** `failed`, `missing`, `all`, labels, ids, indexes, or an expression. */
  readonly select: string;
  readonly overrides: Overrides;
  readonly reason: string;
  readonly dryRun: boolean;
  /** Why an image is no longer what the run was launched with; not asked without it. */
  readonly imageTrouble?: (image: Pick<JobImage, 'name' | 'identity'>) => string | undefined;
}

export interface RerunPlan {
  readonly round: number;
  readonly combinations: number;
  readonly indexes: Ranges;
  readonly slices: number;
  /** If every attempt ran into its timeout. */
  readonly worstUsd: number;
  /** Null without a budget. */
  readonly budgetLeftUsd: number | null;
  /** Selected, but succeeded before. */
  readonly leftOut: number;
  /** Selected, but still in the hands of slices that have not ended. */
  readonly inProgress: number;
}

export type RerunOutcome =
  | { readonly outcome: 'planned' | 'opened'; readonly plan: RerunPlan }
  | { readonly outcome: 'nothing'; readonly plan: Pick<RerunPlan, 'leftOut' | 'inProgress'> }
  | { readonly outcome: 'refused'; readonly why: string };

/**
 * Packs chosen combinations into a new round. What succeeded is never executed again, except with `all`; what still
 * works is left to work. Two reruns at once are ordered by the state: the later one is planned afresh.
 */
export async function rerun(deps: RunDeps, request: RerunRequest): Promise<RerunOutcome> {
  refuseAttempts(deps, request.overrides);
  for (;;) {
    const started = await ensureStarted(deps, request.run);
    const { run } = started;
    refuseForeign(deps, run);
    const why = Object.values(run.images).flatMap((image) => request.imageTrouble?.(image) ?? []);
    if (why.length > 0) return { outcome: 'refused', why: why.join('; ') };
    const arrays = await readArrays(deps, run.run, started.rounds);
    const chosen = await choose(deps, started, arrays, request.select);
    if (chosen.indexes.length === 0) return { outcome: 'nothing', plan: chosen };
    const choice = {
      overrides: request.overrides,
      choose: queueChooser(deps.planEngine),
      again: chosen.again,
    };
    const packed = rerunRound(basisOf(run, deps.engine.limits), chosen.indexes, choice);
    const planned = { ...packed, budgetUsd: budgetOf(deps, started, packed, request.overrides) };
    const number = started.state.value.phase.round + 1;
    const plan = describe(deps, started, planned, number, chosen);
    if (request.dryRun) return { outcome: 'planned', plan };
    if (plan.budgetLeftUsd !== null && plan.budgetLeftUsd <= 0) {
      return {
        outcome: 'refused',
        why: 'the budget of this run is spent: give the round its own with --budget-usd (at most `money.run_usd` of muster.yaml for the whole run)',
      };
    }
    const spent = await monthSpent(deps);
    if (spent !== undefined) return { outcome: 'refused', why: spent };
    const opened = await openRound(deps, run, roundRecord(deps, run, number, planned, request.reason));
    if (opened.outcome === 'opened') return { outcome: 'opened', plan };
    const now = await ensureStarted(deps, request.run);
    // Another round came first: plan again on top of it. Anything else is final.
    if (now.state.value.phase.round < number) return { outcome: 'refused', why: opened.why };
  }
}

/** Why nothing more may be spent this month, if so. */
async function monthSpent(deps: RunDeps): Promise<string | undefined> {
  const { monthUsd } = deps.settings.money;
  if (monthUsd === undefined) return undefined;
  const { usd } = await monthSpend(deps);
  if (usd < monthUsd) return undefined;
  return `${money(usd)} of \`money.month_usd\`, ${money(monthUsd)}, are spent: wait for the next month, or raise it in muster.yaml`;
}

/**
 * What the run may have cost when this round ends: a budget given with a rerun is the round's own, on top of what was
 * spent. By the meter, as the stop goes by it.
 */
function budgetOf(
  { settings }: RunDeps,
  { state }: Started,
  { budgetUsd }: PlannedRound,
  overrides: Overrides,
): number | null {
  const own = overrides.budgetUsd;
  const total = own === undefined ? budgetUsd : state.value.money.meteredUsd + own;
  return lowest(total, settings.money.runUsd);
}

/** Said here, since an engine that refuses it has already cost a round. */
function refuseAttempts({ engine }: RunDeps, { attempts }: Overrides): void {
  const { min, max } = engine.limits.attempts;
  if (attempts === undefined || (attempts >= min && attempts <= max)) return;
  throw new ConfigurationError({
    file: 'command line',
    message: `\`--attempts ${attempts}\`: a slice has ${min} to ${max} attempts`,
  });
}

interface Choice {
  readonly indexes: Ranges;
  readonly leftOut: number;
  readonly inProgress: number;
  readonly again: boolean;
}

async function choose(
  deps: RunDeps,
  started: Started,
  arrays: readonly ArrayAt[],
  spec: string,
): Promise<Choice> {
  using merge = await mergeOutcomes(deps, started, arrays);
  async function* selectable() {
    for await (const { combination, state } of merge.outcomes()) yield { ...combination, state };
  }
  const selection = await select(spec, selectable());
  const working = ranges.union(
    ...arrays.filter((at) => !isSettled(at.document.value)).map((at) => indexesOf(at)),
  );
  const indexes = ranges.difference(selection.indexes, working);
  const inProgress = ranges.size(selection.indexes) - ranges.size(indexes);
  return { indexes, inProgress, leftOut: selection.leftOut, again: selection.again };
}

function describe(
  deps: RunDeps,
  { run, state }: Started,
  planned: PlannedRound,
  round: number,
  { leftOut, inProgress }: Choice,
): RerunPlan {
  const indexes = ranges.union(...planned.groups.map((group) => group.indexes));
  const { meteredUsd } = state.value.money;
  return {
    round,
    indexes,
    combinations: ranges.size(indexes),
    slices: planned.arrays.reduce((sum, { slices }) => sum + slices, 0),
    worstUsd: ceilingOf(withPricesOf(deps, run).planEngine, planned),
    budgetLeftUsd: planned.budgetUsd === null ? null : planned.budgetUsd - meteredUsd,
    leftOut,
    inProgress,
  };
}

/** Turns `key=value` texts of a command line into an environment. */
export function parseEnvironment(pairs: readonly string[]): Readonly<Record<string, string>> {
  return Object.fromEntries(
    pairs.map((pair) => {
      const equals = pair.indexOf('=');
      if (equals > 0) return [pair.slice(0, equals), pair.slice(equals + 1)];
      throw new ConfigurationError({
        file: 'command line',
        message: `\`--environment ${pair}\` is not NAME=value`,
      });
    }),
  );
}
