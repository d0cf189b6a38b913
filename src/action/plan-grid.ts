import { relative } from 'node:path';
import { ConfigurationError, RemoteError } from '../errors.ts';
import type { Hint, LoadedGrid } from '../grid/grid.ts';
import { plannedFrom } from '../place/planned.ts';
import { findingsOf } from '../preflight/report.ts';
import { plural } from '../report/format.ts';
import type { PlanExtra, PlanFinding, Approval as ShownApproval } from '../report/plan-comment.ts';
import { type Allowance, allowance, judgeMoney, likelyOf } from '../run/allowance.ts';
import { changesSince } from '../run/changes.ts';
import { controlsOf } from '../run/controls.ts';
import { type Prepared, prepare } from '../run/prepare.ts';
import { runKey } from '../store/keys.ts';
import { type Approval, approvalOf } from './approval.ts';
import type { Job } from './job.ts';
import type { ActionPlace } from './place.ts';
import { digestOf, type PlanEntry } from './plans.ts';
import type { Annotation } from './voice.ts';

export interface Planning extends Pick<ActionPlace, 'place' | 'hasCredentials'> {
  readonly job: Job;
  readonly inputs: {
    readonly environment: string;
    readonly 'approve-run'?: string | undefined;
    readonly 'approve-usd'?: number | undefined;
  };
  /** How many people the environment asks; read when somebody has to be asked. */
  readonly reviewers: () => Promise<number>;
}

export interface PlannedEntry {
  readonly entry: PlanEntry;
  readonly plan: Prepared['plan'];
  readonly extra: PlanExtra;
  readonly hints: readonly Annotation[];
}

/** Plans one grid, and says who has to agree to it. A pull request does without what cannot be asked. */
export async function planGrid(planning: Planning, loaded: LoadedGrid): Promise<PlannedEntry> {
  const { place, job, hasCredentials } = planning;
  const { deps, identify } = place;
  const mayLack = job.pull !== undefined;
  const prepared = await prepare(deps, { loaded, identify, withoutStore: mayLack });
  const { plan, run, images } = prepared;
  const allowed = await allowedOf(planning, loaded, prepared);
  const judged = await judge(planning, prepared, allowed);
  const reused = plan.reuse.known ? plan.reuse.combinations : null;
  const lacking = Object.values(images)
    .filter(({ kind, reference }) => kind === 'folder' && reference === undefined)
    .map(({ name }) => name);
  const checked = mayLack && hasCredentials ? await preflightOf(planning, loaded, prepared) : undefined;
  return {
    plan,
    entry: {
      ...{ path: loaded.path, grid: loaded.grid.name, run, digest: digestOf(prepared) },
      ...{ combinations: plan.combinations, new: plan.combinations - (reused ?? 0), reused },
      ...{ usd: plan.estimate.usd?.high ?? null, ceilingUsd: plan.estimate.ceilingUsd },
      ...{ images: place.local === undefined && hasCredentials ? lacking : [] },
      ...{ approval: judged.approval, approvedUsd: judged.approvedUsd },
    },
    extra: {
      onMerge: await onMerge(planning, loaded, run),
      ...(judged.shown !== undefined && { approval: judged.shown }),
      changes: await orNothing(changesSince(deps, loaded, prepared), []),
      findings: checked?.findings ?? judged.findings,
      unknown: [
        ...(hasCredentials
          ? []
          : ['Spot prices, images of the registry and the account: this job has no credentials']),
        ...(checked?.unknown ?? []),
      ],
      controls: controlsOf(deps.forge),
    },
    hints: plan.hints.map((hint) => annotationOf(hint, relative(job.workspace, place.root))),
  };
}

const annotationOf = ({ file, line, message, fix }: Hint, prefix: string): Annotation => ({
  ...{ level: 'notice', file: prefix === '' ? file : `${prefix}/${file}` },
  message: fix === undefined ? message : `${message}\n${fix}`,
  ...(line !== undefined && { line }),
});

/** Undefined: the month's limit is in a store that a pull request may do without. */
async function allowedOf(
  { place: { deps }, job }: Planning,
  { grid }: LoadedGrid,
  { run }: Prepared,
): Promise<Allowance> {
  const budget = grid.budget?.usd ?? null;
  try {
    return await allowance(deps, run, budget, undefined);
  } catch (error) {
    const lacks = error instanceof RemoteError || error instanceof ConfigurationError;
    if (job.pull === undefined || !lacks) throw error;
    const { monthUsd: _, ...money } = deps.settings.money;
    return allowance({ ...deps, settings: { ...deps.settings, money } }, run, budget, undefined);
  }
}

interface Judged {
  readonly approval: Approval;
  readonly approvedUsd: number | null;
  readonly shown?: ShownApproval;
  readonly findings: readonly PlanFinding[];
}

async function judge(planning: Planning, { plan, run }: Prepared, allowed: Allowance): Promise<Judged> {
  const { 'approve-run': typedRun, 'approve-usd': typedUsd, environment } = planning.inputs;
  const refused = judgeMoney(plan.estimate, allowed);
  if (refused?.limit !== 'approval') {
    return {
      approval: 'open',
      approvedUsd: null,
      findings: refused === undefined ? [] : [findingOf(refused)],
    };
  }
  const approvedUsd = typedRun === run && typedUsd !== undefined ? typedUsd : null;
  const typed =
    approvedUsd !== null && judgeMoney(plan.estimate, { ...allowed, approvedUsd })?.limit !== 'approval';
  const approval = approvalOf({ aboveThreshold: true, reviewers: await planning.reviewers(), typed });
  const amounts = { usd: likelyOf(plan.estimate), aboveUsd: allowed.approvalAboveUsd ?? 0 };
  const by = {
    gated: { by: 'reviewers', environment },
    held: { by: 'typing' },
    open: { by: 'typed' },
  } as const;
  return {
    ...{ approval, approvedUsd: approval === 'open' ? approvedUsd : null, findings: [] },
    shown: { ...amounts, ...by[approval] },
  };
}

const findingOf = ({ limit, why, fix }: { limit: string; why: string; fix: string }): PlanFinding => ({
  ...{ code: `money-${limit}`, severity: 'error', seen: why, why: 'A launch would be refused.', fix },
});

async function onMerge({ place: { deps } }: Planning, { grid }: LoadedGrid, run: string) {
  const exists = await orNothing(deps.store.stat(runKey(run)), undefined);
  if (exists !== undefined) return 'nothing';
  return grid.launch.on === 'manual' ? 'manual' : 'launches';
}

/** A pull request may do without the store. */
async function orNothing<T>(asked: Promise<T>, otherwise: T): Promise<T> {
  return asked.catch((error: unknown) => {
    if (error instanceof RemoteError || error instanceof ConfigurationError) return otherwise;
    throw error;
  });
}

/** What the account would say to a launch, without writing a probe to the bucket. */
async function preflightOf(
  { place }: Planning,
  loaded: LoadedGrid,
  prepared: Prepared,
): Promise<Pick<PlanExtra, 'findings' | 'unknown'> | undefined> {
  if (place.preflight === undefined) return undefined;
  const { checks } = await place.preflight([plannedFrom(place.deps, loaded, prepared)], false);
  const undone = checks.filter(({ notDone }) => notDone.length > 0);
  const calls = new Set(undone.flatMap(({ notDone }) => notDone.map(({ action }) => action)));
  return {
    findings: (['error', 'warning'] as const).flatMap((severity) =>
      findingsOf(checks, severity).map(({ code, about, seen, why, fix }) => ({
        ...{ code, severity, seen: `${about}: ${seen}`, why, fix },
      })),
    ),
    unknown:
      undone.length === 0
        ? []
        : [`${plural(undone.length, 'check')} of the preflight, for want of ${[...calls].sort().join(', ')}`],
  };
}
