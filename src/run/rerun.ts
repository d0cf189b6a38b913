import { createHash } from 'node:crypto';
import type { JobImage } from '../engine/engine.ts';
import { ConfigurationError } from '../errors.ts';
import type { Overrides } from '../plan/overrides.ts';
import type { Ranges } from '../plan/plan.ts';
import { queueChooser } from '../plan/queues.ts';
import * as ranges from '../plan/ranges.ts';
import { type PlannedRound, rerunRound } from '../plan/rounds.ts';
import { select } from '../plan/select.ts';
import {
  type Allowance,
  allowance,
  type Estimated,
  judgeMoney,
  likelyOf,
  type Refused,
} from './allowance.ts';
import { indexesOf } from './array-indexes.ts';
import { isSettled } from './array-state.ts';
import type { RunDeps } from './deps.ts';
import { mergeOutcomes } from './merge-outcomes.ts';
import { type ArrayAt, readArrays } from './observe.ts';
import { refuseForeign } from './own-engine.ts';
import { ceilingOf, forecastUsd, unpricedClass } from './price.ts';
import { type Pricing, pricingOfRerun } from './pricing.ts';
import { promise } from './promise.ts';
import { basisOf, lowest, roundRecord } from './round-record.ts';
import { ensureStarted, openRound, type Started } from './start.ts';

export interface RerunRequest {
  readonly run: string;
  /** `failed`, `missing`, `all`, labels, ids, indexes, or an expression. */
  readonly select: string;
  readonly overrides: Overrides;
  readonly reason: string;
  readonly dryRun: boolean;
  /** Of the plan that somebody agreed to: anything else is refused. */
  readonly digest?: string;
  /** USD that somebody agreed to; the estimate of the round may be up to a tenth above it. */
  readonly approvedUsd?: number;
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
  /** What it is likely to cost; null when no combination of the run has told. */
  readonly usd: number | null;
  /** SHA-256 of what it would execute: combinations, and what each slice of them gets. */
  readonly digest: string;
  /** Which limit of money it is above, asked in a dry run. */
  readonly refused?: Refused;
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
    const pricing = pricingOfRerun(deps.planEngine, run.pricing, planned.classes);
    const priced = { ...planned, ...(pricing && { pricing }) };
    const described = describe(deps, started, priced, number, chosen);
    const estimated = estimateOf(deps, priced, described, chosen.seconds);
    const plan = { ...described, usd: estimated.usd?.high ?? null };
    if (request.dryRun) {
      const allowed = await allowanceOf(deps, started, plan, request.approvedUsd);
      const refused = judgeMoney(estimated, allowed);
      return { outcome: 'planned', plan: { ...plan, ...(refused && { refused }) } };
    }
    if (request.digest !== undefined && request.digest !== plan.digest) {
      return {
        outcome: 'refused',
        why: 'it would execute something else than what was agreed to: other slices have ended, or something was launched meanwhile. Ask for a plan again, and agree to that',
      };
    }
    if (plan.budgetLeftUsd !== null && plan.budgetLeftUsd <= 0) {
      return {
        outcome: 'refused',
        why: 'the budget of this run is spent: give the round its own with --budget-usd (at most `money.run_usd` of muster.yaml for the whole run)',
      };
    }
    const unpriced = unpricedClass(deps.planEngine, priced);
    if (unpriced !== undefined) {
      return {
        outcome: 'refused',
        why: `no instance type of queue \`${unpriced.queue}\` has room for the slices and a price: nobody could hold them to a budget`,
      };
    }
    const refusal = await refuseMoney(deps, started, plan, estimated, request.approvedUsd);
    if (refusal !== undefined) return { outcome: 'refused', why: `${refusal.why}: ${fixes[refusal.limit]}` };
    const record = roundRecord(deps, run, number, planned, request.reason);
    const opened = await openRound(deps, run, { ...record, ...(pricing && { pricing }) });
    if (opened.outcome === 'opened') return { outcome: 'opened', plan };
    const now = await ensureStarted(deps, request.run);
    // Another round came first: plan again on top of it. Anything else is final.
    if (now.state.value.phase.round < number) return { outcome: 'refused', why: opened.why };
  }
}

/** What to do about a refusal. */
const fixes = {
  budget:
    'give the round its own with --budget-usd (at most `money.run_usd` of muster.yaml for the whole run), or choose less',
  ceiling: 'shorten --timeout, lower --attempts, or choose less',
  month: 'wait for the next month, or raise `money.month_usd` in muster.yaml',
  approval: 'agree to it with --approve-usd',
} as const satisfies Record<Refused['limit'], string>;

/**
 * Why the round may not spend what it is likely to, if it may not: as a launch, with what the budget has left, and with
 * a ceiling over all that the run has cost and may. What is let go is promised to it.
 */
async function refuseMoney(
  deps: RunDeps,
  { run, state }: Started,
  { budgetLeftUsd }: RerunPlan,
  estimated: Estimated,
  approvedUsd: number | undefined,
): Promise<Refused | undefined> {
  const spentUsd = state.value.money.meteredUsd;
  const allowed = await allowanceOf(deps, { run, state }, { budgetLeftUsd }, approvedUsd);
  const refusal = judgeMoney(estimated, allowed);
  if (refusal !== undefined) return refusal;
  const usd = Math.min(likelyOf(estimated), budgetLeftUsd ?? Number.POSITIVE_INFINITY);
  const promised = await promise(deps, run, { spentUsd, usd });
  if (promised.outcome === 'promised') return undefined;
  return judgeMoney(estimated, { ...allowed, monthLeftUsd: promised.leftUsd });
}

async function allowanceOf(
  deps: RunDeps,
  { run, state }: Pick<Started, 'run' | 'state'>,
  { budgetLeftUsd }: Pick<RerunPlan, 'budgetLeftUsd'>,
  approvedUsd: number | undefined,
): Promise<Allowance> {
  const ceilingUsd = deps.settings.money.ceilingUsd;
  const left = ceilingUsd === undefined ? null : ceilingUsd - state.value.money.meteredUsd;
  const allowed = await allowance(deps, run.run, null, approvedUsd);
  return { ...allowed, budgetUsd: budgetLeftUsd, ceilingUsd: left };
}

/** By what combinations of this run took so far; null where none has told. */
function estimateOf(
  deps: RunDeps,
  round: PricedRound,
  { worstUsd }: Pick<RerunPlan, 'worstUsd'>,
  seconds: number | undefined,
): Estimated {
  if (seconds === undefined) return { usd: null, ceilingUsd: worstUsd };
  const usd = Math.min(worstUsd, forecastUsd(deps.planEngine, round, seconds));
  return { usd: { low: usd, high: usd }, ceilingUsd: worstUsd };
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

type PricedRound = PlannedRound & { readonly pricing?: Pricing };

interface Choice {
  readonly indexes: Ranges;
  readonly leftOut: number;
  readonly inProgress: number;
  readonly again: boolean;
  /** What a combination of this run took on average; absent where nobody told. */
  readonly seconds?: number;
}

async function choose(
  deps: RunDeps,
  started: Started,
  arrays: readonly ArrayAt[],
  spec: string,
): Promise<Choice> {
  using merge = await mergeOutcomes(deps, started, arrays);
  let [told, seconds] = [0, 0];
  async function* selectable() {
    for await (const { combination, state, usage } of merge.outcomes()) {
      if (usage !== undefined && usage !== null) [told, seconds] = [told + 1, seconds + usage.totalSeconds];
      yield { ...combination, state };
    }
  }
  const selection = await select(spec, selectable());
  const working = ranges.union(
    ...arrays.filter((at) => !isSettled(at.document.value)).map((at) => indexesOf(at)),
  );
  const indexes = ranges.difference(selection.indexes, working);
  const inProgress = ranges.size(selection.indexes) - ranges.size(indexes);
  const { leftOut, again } = selection;
  return { indexes, inProgress, leftOut, again, ...(told > 0 && { seconds: seconds / told }) };
}

function describe(
  deps: RunDeps,
  { state }: Started,
  planned: PricedRound,
  round: number,
  { leftOut, inProgress }: Choice,
): Omit<RerunPlan, 'usd' | 'refused'> {
  const indexes = ranges.union(...planned.groups.map((group) => group.indexes));
  const { meteredUsd } = state.value.money;
  return {
    ...{ round, indexes, digest: digestOf(round, planned) },
    combinations: ranges.size(indexes),
    slices: planned.arrays.reduce((sum, { slices }) => sum + slices, 0),
    worstUsd: ceilingOf(deps.planEngine, planned),
    budgetLeftUsd: planned.budgetUsd === null ? null : planned.budgetUsd - meteredUsd,
    leftOut,
    inProgress,
  };
}

/** Prices change by the hour, and are no part of it. */
function digestOf(round: number, { groups, classes, arrays }: PricedRound): string {
  return createHash('sha256')
    .update(JSON.stringify([round, groups, classes, arrays]))
    .digest('hex');
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
