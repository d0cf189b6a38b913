import { z } from 'zod';
import { mayContinue } from '../money/meter.ts';
import { spendKey } from '../store/keys.ts';
import type { RunDeps } from './deps.ts';
import { keepDocument, readDocument } from './documents.ts';

/**
 * `spend/<yyyy-mm>.json`: what all runs of the store spent in a calendar month (UTC), a line a run, so that the month's
 * limit costs one read a look and not one of every run there ever was.
 */
export const spendSchema = z.object({
  schema: z.literal(1),
  runs: z.record(
    z.string(),
    z.object({
      /** USD that the run had cost before this month. */
      beforeUsd: z.number(),
      /** USD that it has cost in all: metered from above while it runs, exact once published. */
      totalUsd: z.number(),
      /** What runs now costs. */
      usdPerHour: z.number(),
    }),
  ),
});

type Spend = z.infer<typeof spendSchema>;

export interface MonthSpend {
  readonly usd: number;
  /** Of all runs, at their last looks. */
  readonly usdPerHour: number;
}

const monthOf = (date: Date) => date.toISOString().slice(0, 7);

/** This month, over all runs of the store. */
export async function monthSpend(deps: Pick<RunDeps, 'store' | 'clock'>): Promise<MonthSpend> {
  return sumOf((await readDocument(deps.store, spendKey(monthOf(deps.clock.now())), spendSchema))?.value);
}

/**
 * Books what a run has cost so far, and tells what the month has come to. May be repeated: totals are written, not
 * added. A run that began in an earlier month owes this one only what came since that month's last look.
 */
export async function book(
  deps: Pick<RunDeps, 'store' | 'clock' | 'settings'>,
  run: string,
  { totalUsd, usdPerHour }: { readonly totalUsd: number; readonly usdPerHour: number },
): Promise<MonthSpend> {
  const free = totalUsd === 0 && usdPerHour === 0;
  if (free && deps.settings.money.monthUsd === undefined) return sumOf(undefined);
  const now = deps.clock.now();
  const earlier = await readDocument(deps.store, spendKey(monthOf(now)), spendSchema);
  const first = earlier?.value.runs[run] === undefined;
  // Free work needs no books.
  if (first && free) return sumOf(earlier?.value);
  const beforeUsd = first ? await totalBefore(deps, run, now) : 0;
  let booked: Spend | undefined;
  await keepDocument(deps.store, spendKey(monthOf(now)), spendSchema, (present) => {
    const known = present?.runs[run];
    const line = { beforeUsd: known?.beforeUsd ?? beforeUsd, totalUsd, usdPerHour };
    const same = JSON.stringify(known) === JSON.stringify(line);
    booked = same ? present : { schema: 1, runs: { ...present?.runs, [run]: line } };
    return same ? undefined : booked;
  });
  return sumOf(booked);
}

/** Of the last month in which the run was seen; runs are watched at least once in two months. */
async function totalBefore(deps: Pick<RunDeps, 'store'>, run: string, now: Date): Promise<number> {
  const date = new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() - 1, 1));
  const last = await readDocument(deps.store, spendKey(monthOf(date)), spendSchema);
  return last?.value.runs[run]?.totalUsd ?? 0;
}

/** What was metered before the month's beginning may turn out to be more than it all cost: a month is never negative. */
function sumOf(spend: Spend | undefined): MonthSpend {
  let [usd, usdPerHour] = [0, 0];
  for (const line of Object.values(spend?.runs ?? {})) {
    usd += Math.max(0, line.totalUsd - line.beforeUsd);
    usdPerHour += line.usdPerHour;
  }
  return { usd, usdPerHour };
}

/** Why the runs of this month must stop now, if they must. Pure. */
export function monthReason(
  spend: MonthSpend,
  { money, watchSeconds }: RunDeps['settings'],
): string | undefined {
  const verdict = mayContinue({
    ...{ meteredUsd: spend.usd, burnUsdPerHour: spend.usdPerHour, watchSeconds },
    budgetUsd: money.monthUsd ?? null,
    limit: '`money.month_usd`, all runs of this month together,',
  });
  return verdict.go ? undefined : verdict.why;
}
