import { z } from 'zod';
import { mayContinue } from '../money/meter.ts';
import { spendKey } from '../store/keys.ts';
import type { RunDeps } from './deps.ts';
import { keepDocument, readDocument } from './documents.ts';
import type { RunRecord } from './records.ts';

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
      /** What all of it may come to, as its launch or rerun estimated; gone once the run is published. */
      promised: z.object({ totalUsd: z.number(), at: z.string() }).exactOptional(),
    }),
  ),
});

export type Spend = z.infer<typeof spendSchema>;

/** What the books need to know of a run. */
export type BookedRun = Pick<RunRecord, 'run' | 'createdAt'>;

export interface MonthSpend {
  readonly usd: number;
  /** Of all runs, at their last looks. */
  readonly usdPerHour: number;
}

export const monthOf = (date: Date) => date.toISOString().slice(0, 7);

/** This month, over all runs of the store. */
export async function monthSpend(deps: Pick<RunDeps, 'store' | 'clock'>): Promise<MonthSpend> {
  return sumOf((await readDocument(deps.store, spendKey(monthOf(deps.clock.now())), spendSchema))?.value);
}

interface Booking {
  readonly totalUsd: number;
  readonly usdPerHour: number;
  readonly isOver?: boolean;
}

/**
 * Books what a run has cost so far, and tells what the month has come to. May be repeated: totals are written, not
 * added. A run that began in an earlier month owes this one only what came since its last look before. `isOver`: nothing
 * more will come, and what was promised for it is free again.
 */
export async function book(
  deps: Pick<RunDeps, 'store' | 'clock' | 'settings'>,
  { run, createdAt }: BookedRun,
  { totalUsd, usdPerHour, isOver = false }: Booking,
): Promise<MonthSpend> {
  const free = totalUsd === 0 && usdPerHour === 0;
  if (free && deps.settings.money.monthUsd === undefined) return sumOf(undefined);
  const now = deps.clock.now();
  const earlier = await readDocument(deps.store, spendKey(monthOf(now)), spendSchema);
  const first = earlier?.value.runs[run] === undefined;
  // Free work needs no books.
  if (first && free) return sumOf(earlier?.value);
  const before = first ? await lineBefore(deps, { run, createdAt }, now) : undefined;
  let booked: Spend | undefined;
  await keepDocument(deps.store, spendKey(monthOf(now)), spendSchema, (present) => {
    const known = present?.runs[run];
    const promised = isOver ? undefined : (known ?? before)?.promised;
    const beforeUsd = known?.beforeUsd ?? before?.totalUsd ?? 0;
    const line = { beforeUsd, totalUsd, usdPerHour, ...(promised && { promised }) };
    const same = JSON.stringify(known) === JSON.stringify(line);
    booked = same ? present : { schema: 1, runs: { ...present?.runs, [run]: line } };
    return same ? undefined : booked;
  });
  return sumOf(booked);
}

/**
 * Of the last month that has one. A run may lie for months before somebody runs it again, and owes none of what it cost
 * then to this month.
 */
export async function lineBefore(
  { store }: Pick<RunDeps, 'store'>,
  { run, createdAt }: BookedRun,
  now: Date,
): Promise<Spend['runs'][string] | undefined> {
  const first = createdAt.slice(0, 7);
  for (let back = 1; ; back++) {
    const month = monthOf(new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() - back, 1)));
    if (month < first) return undefined;
    const line = (await readDocument(store, spendKey(month), spendSchema))?.value.runs[run];
    if (line !== undefined) return line;
  }
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
