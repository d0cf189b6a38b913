import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ConfigurationError } from '../errors.ts';
import type { Combination } from '../grid/combination.ts';
import type { LoadedGrid } from '../grid/grid.ts';
import { inParallel } from '../in-parallel.ts';
import * as ranges from '../plan/ranges.ts';
import {
  activeKey,
  combinationBlockKey,
  combinationsPerBlock,
  programFileKey,
  runKey,
} from '../store/keys.ts';
import { absent } from '../store/store.ts';
import { allowance, judgeMoney, likelyOf } from './allowance.ts';
import type { RunDeps } from './deps.ts';
import { createDocument, readDocument } from './documents.ts';
import { writing } from './half-launched.ts';
import type { Prepared } from './prepare.ts';
import { pricingOf } from './pricing.ts';
import { promise } from './promise.ts';
import { markerSchema, type ReusedRecord, type RunRecord, runSchema } from './records.ts';
import { writeReused } from './reused.ts';
import { pairs, roundRecord } from './round-record.ts';
import { storeWidth } from './settings.ts';
import { ensureStarted } from './start.ts';
import { activeRuns } from './watch.ts';

export interface LaunchRequest {
  readonly loaded: LoadedGrid;
  readonly prepared: Prepared;
  /** Of the repository; paths of program files are below it. */
  readonly root: string;
  readonly commit: string | null;
  /** Another run of the same grid may be active. */
  readonly alongside: boolean;
  /** USD that somebody agreed to; the estimate may be up to a tenth above it. */
  readonly approvedUsd?: number;
}

export type Launched =
  | { readonly outcome: 'launched' | 'exists'; readonly run: RunRecord }
  | { readonly outcome: 'refused'; readonly why: string; readonly fix: string };

/**
 * Writes the run and starts its first round. A run that exists is only continued: from then on everything comes from
 * the store. A death before `run.json` leaves nothing that counts, one after it is made good by whoever comes next.
 */
export async function launch(deps: RunDeps, request: LaunchRequest): Promise<Launched> {
  const { prepared } = request;
  const existing = await readDocument(deps.store, runKey(prepared.run), runSchema);
  if (existing === undefined) {
    const refusal = (await refuseNamesake(deps, request)) ?? (await refuseMoney(deps, request));
    if (refusal !== undefined) return { outcome: 'refused', ...refusal };
    await writing(deps, writeRun(deps, request), likelyOf(prepared.plan.estimate));
  }
  const { run } = await writing(deps, ensureStarted(deps, prepared.run), 0);
  return { outcome: existing === undefined ? 'launched' : 'exists', run };
}

async function refuseNamesake(deps: RunDeps, { loaded, prepared, alongside }: LaunchRequest) {
  if (alongside) return undefined;
  for await (const run of activeRuns(deps)) {
    if (run === prepared.run) continue;
    const marker = await readDocument(deps.store, activeKey(run), markerSchema);
    if (marker?.value.grid !== loaded.grid.name) continue;
    return {
      why: `${run}, another run of grid \`${loaded.grid.name}\`, is still active`,
      fix: `Wait for it, stop it (muster cancel ${run}), or launch with --alongside.`,
    };
  }
  return undefined;
}

async function refuseMoney(deps: RunDeps, { loaded, prepared: { plan, run }, approvedUsd }: LaunchRequest) {
  const allowed = await allowance(deps, run, loaded.grid.budget?.usd ?? null, approvedUsd);
  const refusal = judgeMoney(plan.estimate, allowed);
  if (refusal !== undefined) return refusal;
  const usd = likelyOf(plan.estimate);
  const booked = { run, createdAt: deps.clock.now().toISOString() };
  const promised = await promise(deps, booked, { spentUsd: 0, usd });
  if (promised.outcome === 'promised') return undefined;
  return judgeMoney(plan.estimate, { ...allowed, monthLeftUsd: promised.leftUsd });
}

async function writeRun(deps: RunDeps, { loaded, prepared, root, commit }: LaunchRequest): Promise<void> {
  await writeProgramFiles(deps, loaded, prepared.run, root);
  await writeCombinations(deps, prepared.run, loaded.combinations());
  const reused = await recordReused(deps, prepared.run, prepared.reused);
  await createDocument(
    deps.store,
    runKey(prepared.run),
    runRecord(deps, loaded, prepared, commit, root, reused),
  );
}

async function writeProgramFiles(
  deps: RunDeps,
  loaded: LoadedGrid,
  run: string,
  root: string,
): Promise<void> {
  for (const { path, sha256, use } of loaded.data) {
    if (use !== 'program') continue;
    const bytes = readFileSync(join(root, path));
    if (createHash('sha256').update(bytes).digest('hex') !== sha256) {
      throw new ConfigurationError({
        file: path,
        message: 'changed while the run was being launched',
        fix: 'Launch again.',
      });
    }
    await deps.store.put(programFileKey(run, path), bytes, absent);
  }
}

async function writeCombinations(
  deps: RunDeps,
  run: string,
  combinations: Iterable<Combination>,
): Promise<void> {
  const write = ({ block, text }: Block) => deps.store.put(combinationBlockKey(run, block), text, absent);
  for await (const _ of inParallel(blocksOf(combinations), storeWidth, write));
}

interface Block {
  readonly block: number;
  readonly text: string;
}

function* blocksOf(combinations: Iterable<Combination>): Generator<Block> {
  let lines: string[] = [];
  let block = 0;
  for (const combination of combinations) {
    lines.push(`${JSON.stringify(combination)}\n`);
    if (lines.length < combinationsPerBlock) continue;
    yield { block, text: lines.join('') };
    block += 1;
    lines = [];
  }
  if (lines.length > 0) yield { block, text: lines.join('') };
}

async function recordReused(deps: RunDeps, run: string, records: readonly ReusedRecord[]) {
  if (records.length === 0) return null;
  const sha256 = createHash('sha256').update(JSON.stringify(records)).digest('hex');
  await writeReused(deps, run, sha256, records);
  return { combinations: records.length, sha256 };
}

function runRecord(
  deps: RunDeps,
  loaded: LoadedGrid,
  prepared: Prepared,
  commit: string | null,
  root: string,
  reused: RunRecord['reused'],
): RunRecord {
  const { run, plan, members, images, selected } = prepared;
  const all = ranges.upTo(plan.total);
  const leftOut = selected === null ? [] : ranges.difference(all, selected);
  const { usd, hours, ceilingUsd, overshootUsd, prices } = plan.estimate;
  const first = roundRecord(deps, { run }, 0, prepared.first, '');
  const pricing = pricingOf(deps.planEngine, first.classes);
  return {
    schema: 1,
    run,
    grid: loaded.grid,
    source: { path: loaded.path, sha256: digestOf(join(root, loaded.path)) },
    data: [...loaded.data],
    provenance: {
      repository: deps.forge.repository,
      commit,
      actor: deps.actor,
      engine: deps.engine.name,
      version: deps.version,
    },
    images: Object.fromEntries(Object.entries(images).map(([name, { kind, ...image }]) => [name, image])),
    classes: first.classes,
    members: members.map((one) => ({ class: one.class, indexes: pairs(one.indexes) })),
    combinations: plan.total,
    reused,
    settled: pairs(ranges.union(leftOut, ranges.fromIndexes(prepared.reused.map(({ index }) => index)))),
    selected: selected === null ? null : pairs(selected),
    pilot: plan.pilot,
    firstRound: first,
    axes: plan.axes.map((axis) => ({ ...axis, samples: [...axis.samples] })),
    ...(pricing && { pricing }),
    estimate: { usd, hours, ceilingUsd, overshootUsd, pricesDate: prices.date },
    budgetUsd: first.budgetUsd,
    createdAt: first.createdAt,
  };
}

const digestOf = (path: string) => createHash('sha256').update(readFileSync(path)).digest('hex');
