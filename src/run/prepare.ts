import { createHash } from 'node:crypto';
import { ConfigurationError, RemoteError } from '../errors.ts';
import type { Hint, LoadedGrid } from '../grid/grid.ts';
import { runId, runIdentity } from '../grid/identity.ts';
import { resolveImage } from '../grid/resolve.ts';
import type { IdentifiedImage } from '../image/identity.ts';
import { type PreparedPlan, preparePlan } from '../plan/make-plan.ts';
import type { Ranges } from '../plan/plan.ts';
import * as ranges from '../plan/ranges.ts';
import type { Reuse } from '../plan/reuse.ts';
import { select } from '../plan/select.ts';
import type { RunDeps } from './deps.ts';
import { readHistory } from './history.ts';
import type { ReusedRecord } from './records.ts';
import { findReuse } from './reuse.ts';
import { lowest } from './round-record.ts';

export interface PlanRequest {
  readonly loaded: LoadedGrid;
  readonly identify: (image: string) => IdentifiedImage | Promise<IdentifiedImage>;
  /** A trial: only so many combinations, or only these. */
  readonly limit?: number;
  readonly select?: string;
  /** A plan that nobody launches may do without the store: what it would tell is then unknown, and called so. */
  readonly withoutStore?: boolean;
}

/** A plan with everything a launch writes. */
export interface Prepared extends PreparedPlan {
  readonly run: string;
  readonly images: Readonly<Record<string, IdentifiedImage>>;
  readonly selected: Ranges | null;
  readonly reused: readonly ReusedRecord[];
}

/** Gathers what a plan needs to know (images, history, published runs) and makes it. Writes nothing. */
export async function prepare(deps: RunDeps, request: PlanRequest): Promise<Prepared> {
  const { loaded } = request;
  const images = await identifyAll(request);
  const selected = await selectedOf(request);
  const run = runId(loaded.grid.name, identityOf(loaded, images, selected));
  const history = await orUnknown(request, () => readHistory(deps.store, loaded, images));
  const input = {
    loaded,
    runId: run,
    engine: deps.planEngine,
    limits: deps.engine.limits.arraySize,
    watchSeconds: deps.settings.watchSeconds,
    ...(selected !== null && { selected }),
    ...(history.known && history.value !== undefined && { history: history.value }),
  };
  const fresh = preparePlan({ ...input, reuse: { known: true, indexes: [], runs: [] } });
  // The store has answered by now: what goes wrong from here on is told, as of the grid that is expanded.
  const found = history.known
    ? await findReuse(deps, { loaded, run, images, prepared: fresh, selected })
    : { reuse: history, records: [] };
  const reuse: Reuse = found.reuse;
  const changes = !reuse.known || reuse.indexes.length > 0;
  const prepared = changes ? preparePlan({ ...input, reuse }) : fresh;
  const { runUsd } = deps.settings.money;
  const budgetUsd = lowest(prepared.plan.budgetUsd, runUsd);
  const isPlace = budgetUsd !== prepared.plan.budgetUsd;
  const budget = { budgetUsd, ...(isPlace && { budgetIsOf: 'place' as const }) };
  const plan = {
    ...prepared.plan,
    ...budget,
    hints: [...prepared.plan.hints, ...imageHints(loaded, images)],
  };
  return { ...prepared, plan, run, images, selected, reused: found.records };
}

type Told<T> = { readonly known: true; readonly value: T } | { readonly known: false; readonly why: string };

/** What the store tells, or why it tells nothing to one who may do without: no credentials, no rights, no network. */
async function orUnknown<T>({ withoutStore }: PlanRequest, ask: () => Promise<T>): Promise<Told<T>> {
  try {
    return { known: true, value: await ask() };
  } catch (error) {
    const lacks = error instanceof RemoteError || error instanceof ConfigurationError;
    if (withoutStore !== true || !lacks) throw error;
    const [problem] = error instanceof ConfigurationError ? error.problems : [];
    return {
      known: false,
      why: problem === undefined ? error.message : `${problem.file}: ${problem.message}`,
    };
  }
}

/** A trial is a run of its own: the whole grid takes its outputs over. */
function identityOf(
  loaded: LoadedGrid,
  images: Readonly<Record<string, IdentifiedImage>>,
  selected: Ranges | null,
): string {
  const identities = Object.fromEntries(Object.values(images).map(({ name, identity }) => [name, identity]));
  const whole = runIdentity(loaded, identities);
  if (selected === null) return whole;
  return createHash('sha256')
    .update(`${whole} ${JSON.stringify(selected)}`)
    .digest('hex')
    .slice(0, 12);
}

async function identifyAll({ loaded, identify }: PlanRequest): Promise<Prepared['images']> {
  const names = imageNames(loaded);
  const images = await Promise.all(names.map(async (name) => [name, await identify(name)] as const));
  return Object.fromEntries(images);
}

function imageNames(loaded: LoadedGrid): readonly string[] {
  const { image } = loaded.grid.program;
  if (!image.includes('{')) return [image];
  const names = new Set<string>();
  for (const combination of loaded.combinations()) names.add(resolveImage(loaded.grid, combination));
  return [...names].sort();
}

function imageHints(loaded: LoadedGrid, images: Readonly<Record<string, IdentifiedImage>>): readonly Hint[] {
  return Object.values(images)
    .filter(({ kind }) => kind === 'unknown')
    .map(({ name }) => ({
      file: loaded.path,
      message: `image \`${name}\` is neither a folder of docker/ nor a reference with a digest: its program is taken from PATH, and a new version of it is not noticed.`,
      fix: `Add docker/${name}, or write \`image: <reference>@sha256:<digest>\`.`,
    }));
}

async function selectedOf({ loaded, limit, select: spec }: PlanRequest): Promise<Ranges | null> {
  if (limit === undefined && spec === undefined) return null;
  const all = ranges.upTo(loaded.count());
  const chosen = spec === undefined ? all : (await select(spec, asMissing(loaded))).indexes;
  if (chosen.length === 0) {
    throw new ConfigurationError({
      file: 'command line',
      message: `\`--select ${spec}\` chooses no combination`,
    });
  }
  const taken = limit === undefined ? chosen : ranges.take(chosen, limit);
  return ranges.size(taken) === ranges.size(all) ? null : taken;
}

/** Before anything ran every combination can be selected. */
function* asMissing(loaded: LoadedGrid) {
  for (const { index, id, label, parameters } of loaded.combinations()) {
    yield { index, id, label, parameters, state: 'missing' as const };
  }
}
