import { runKey, spendKey } from '../store/keys.ts';
import type { RunDeps } from './deps.ts';
import { keepDocument, readDocument } from './documents.ts';
import { type BookedRun, lineBefore, monthOf, type Spend, spendSchema } from './spend.ts';

/**
 * What launches and reruns mean to spend counts against `money.month_usd` from the moment they are let go, or three of
 * them in a minute would each be given all that the month has left.
 */

/** Seconds after which a promise is void whose run never came to be: its launch died before it wrote the run. */
export const voidAfterSeconds = 3600;

/** USD of `monthUsd` that neither have been spent nor are promised to other runs than this. */
export async function monthLeft(
  deps: Pick<RunDeps, 'store' | 'clock'>,
  monthUsd: number,
  run: string,
): Promise<number> {
  const now = deps.clock.now();
  const books = await readDocument(deps.store, spendKey(monthOf(now)), spendSchema);
  return monthUsd - takenUsd(books?.value, run, await voidPromises(deps, books?.value, now));
}

export type Promised =
  | { readonly outcome: 'promised' }
  | { readonly outcome: 'refused'; readonly leftUsd: number };

/**
 * Sets `usd` of this month aside for what the run is about to do, on top of what it has cost; unless others were
 * quicker. May be repeated.
 */
export async function promise(
  deps: Pick<RunDeps, 'store' | 'clock' | 'settings'>,
  booked: BookedRun,
  { spentUsd, usd }: { readonly spentUsd: number; readonly usd: number },
): Promise<Promised> {
  const { monthUsd } = deps.settings.money;
  if (monthUsd === undefined || usd === 0) return { outcome: 'promised' };
  const { run } = booked;
  const now = deps.clock.now();
  const key = spendKey(monthOf(now));
  const books = (await readDocument(deps.store, key, spendSchema))?.value;
  const voided = await voidPromises(deps, books, now);
  const before = books?.runs[run] === undefined ? await lineBefore(deps, booked, now) : undefined;
  let leftUsd = 0;
  let isRefused = false;
  await keepDocument(deps.store, key, spendSchema, (present): Spend | undefined => {
    leftUsd = monthUsd - takenUsd(present, run, voided);
    isRefused = usd > leftUsd;
    if (isRefused) return undefined;
    const known = present?.runs[run] ?? {
      beforeUsd: before?.totalUsd ?? 0,
      totalUsd: spentUsd,
      usdPerHour: 0,
    };
    const promised = { totalUsd: Math.max(spentUsd, known.totalUsd) + usd, at: now.toISOString() };
    return { schema: 1, runs: { ...present?.runs, [run]: { ...known, promised } } };
  });
  return isRefused ? { outcome: 'refused', leftUsd } : { outcome: 'promised' };
}

/** This month: spent by all runs, and promised to all but one. */
function takenUsd(books: Spend | undefined, except: string, voided: ReadonlySet<string>): number {
  let usd = 0;
  for (const [run, { beforeUsd, totalUsd, promised }] of Object.entries(books?.runs ?? {})) {
    const isHeld = promised !== undefined && run !== except && !voided.has(run);
    usd += Math.max(0, Math.max(totalUsd, isHeld ? promised.totalUsd : 0) - beforeUsd);
  }
  return usd;
}

async function voidPromises(
  { store }: Pick<RunDeps, 'store'>,
  books: Spend | undefined,
  now: Date,
): Promise<ReadonlySet<string>> {
  const voided = new Set<string>();
  for (const [run, { totalUsd, promised }] of Object.entries(books?.runs ?? {})) {
    if (promised === undefined || totalUsd > 0) continue;
    if (now.getTime() - Date.parse(promised.at) < voidAfterSeconds * 1000) continue;
    if ((await store.get(runKey(run))) === undefined) voided.add(run);
  }
  return voided;
}
