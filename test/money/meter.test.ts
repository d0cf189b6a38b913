import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { overshootUsd } from '../../src/money/estimate.ts';
import { atSubmission, mayContinue, meter, type Reading } from '../../src/money/meter.ts';

const start = Date.parse('2026-11-20T00:00:00Z');
const at = (seconds: number) => new Date(start + seconds * 1000).toISOString();
const none = { submitted: 0, pending: 0, runnable: 0, starting: 0, running: 0, succeeded: 0, failed: 0 };
const reading = (seconds: number, counts: Partial<Reading['counts']>): Reading => ({
  counts: { ...none, ...counts },
  at: at(seconds),
});
const terms = { slices: 9, attempts: 1, timeoutSeconds: 3600, usdPerSliceHour: 0.36 }; // 1 cent in 100 s

describe('the meter', () => {
  test.each([
    { what: 'those that ran throughout', before: { running: 5 }, after: { running: 5 }, slices: 5 },
    { what: 'those that were starting', before: { starting: 3 }, after: { running: 3 }, slices: 3 },
    { what: 'those that ended since', before: { running: 4 }, after: { succeeded: 3, failed: 1 }, slices: 4 },
    {
      what: 'those that started since',
      before: { runnable: 6 },
      after: { runnable: 2, running: 4 },
      slices: 4,
    },
    {
      what: 'those that started and ended since',
      before: { submitted: 2 },
      after: { succeeded: 2 },
      slices: 2,
    },
    { what: 'nobody who only waits', before: { pending: 9 }, after: { runnable: 9 }, slices: 0 },
    { what: 'those that went back to the queue', before: { running: 2 }, after: { runnable: 2 }, slices: 2 },
  ])('charges $what', ({ before, after, slices }) => {
    // The other slices ended before the first look.
    const others = 9 - Object.values(before).reduce((sum, some) => sum + some, 0);
    const [one, other] = [before, after].map((counts) => ({
      ...counts,
      succeeded: ('succeeded' in counts ? counts.succeeded : 0) + others,
    }));
    const usd = meter(reading(0, one ?? {}), reading(100, other ?? {}), terms).usd;
    expect(usd).toBeCloseTo(slices * 0.01, 9);
  });

  test('takes slices that a young summary does not name for waiting', () => {
    const charged = meter(reading(0, { runnable: 2 }), reading(100, { runnable: 8, running: 1 }), terms);
    expect(charged.usd).toBeCloseTo(0.01, 9);
  });

  test('charges nobody for longer than all attempts may take, with what the last may be late', () => {
    const look = (attempts: number) =>
      meter(reading(0, { running: 1 }), reading(86_400, { succeeded: 1 }), { ...terms, slices: 1, attempts })
        .usd;
    expect(look(1)).toBeCloseTo(0.39, 9);
    expect(look(3)).toBeCloseTo(3 * 0.39, 9);
  });

  test('adds nothing for a look that is older or the same', () => {
    expect(meter(reading(50, { running: 1 }), reading(50, { running: 1 }), terms).usd).toBe(0);
    expect(meter(reading(50, { running: 1 }), reading(20, { running: 1 }), terms).usd).toBe(0);
  });

  test('burns what starts and runs now', () => {
    const after = reading(100, { starting: 1, running: 2, runnable: 9, succeeded: 5 });
    expect(meter(reading(0, { running: 3 }), after, terms).burnUsdPerHour).toBeCloseTo(3 * 0.36, 9);
  });
});

/** One attempt of a slice: waits, then holds a machine; the end of all but the last puts the slice back in the queue. */
const attempt = fc.record({ wait: fc.integer({ min: 0, max: 400 }), run: fc.integer({ min: 1, max: 500 }) });
const timeline = fc.record({
  slices: fc.array(fc.array(attempt, { minLength: 1, maxLength: 3 }), { minLength: 1, maxLength: 8 }),
  gaps: fc.array(fc.integer({ min: 1, max: 700 }), { minLength: 1, maxLength: 20 }),
});
type Attempts = readonly { readonly wait: number; readonly run: number }[];
interface Span {
  readonly from: number;
  readonly to: number;
  readonly last: boolean;
}

/** When each attempt of a slice held its machine. */
function spansOf(attempts: Attempts): readonly Span[] {
  let now = 0;
  return attempts.map(({ wait, run }, number) => {
    const from = now + wait;
    now = from + run;
    return { from, to: now, last: number === attempts.length - 1 };
  });
}

function summaryAt(slices: readonly (readonly Span[])[], seconds: number): Reading {
  const counts = { ...none };
  for (const spans of slices) {
    if (spans.some((span) => span.from <= seconds && seconds < span.to)) counts.running += 1;
    else if (spans.some((span) => span.last && span.to <= seconds)) counts.succeeded += 1;
    else counts.runnable += 1;
  }
  return { counts, at: at(seconds) };
}

const timeoutSeconds = 500;

/** A look may be at a summary that is older, and times may be any. */
function metering(slices: readonly (readonly Span[])[], gaps: readonly number[]) {
  let before = atSubmission(slices.length, at(0));
  let [now, metered, unseen] = [0, 0, 0];
  return gaps.map((gap) => {
    const [since, until] = [now, now + gap];
    const after = summaryAt(slices, until);
    const terms = { slices: slices.length, attempts: 3, timeoutSeconds, usdPerSliceHour: 3600 };
    const { usd } = meter(before, after, terms);
    metered += usd; // 1 USD a second
    unseen += slices.flat().filter((span) => !span.last && span.to > since && span.to <= until).length * gap;
    const spent = slices
      .flat()
      .reduce((sum, span) => sum + Math.max(0, Math.min(span.to, until) - Math.min(span.from, until)), 0);
    [before, now] = [after, until];
    return { usd, metered, spent, unseen };
  });
}

describe('the meter over a whole run', () => {
  test('is never below what was spent, but for attempts that went back: one look each at most', () => {
    fc.assert(
      fc.property(timeline, ({ slices, gaps }) => {
        for (const look of metering(slices.map(spansOf), gaps)) {
          expect(look.usd).toBeGreaterThanOrEqual(0);
          expect(look.metered + look.unseen).toBeGreaterThanOrEqual(look.spent - 1e-6);
        }
      }),
      { numRuns: 1000 },
    );
  });

  test('is never below what was spent while nothing goes back', () => {
    fc.assert(
      fc.property(timeline, ({ slices, gaps }) => {
        for (const { metered, spent } of metering(
          slices.map((attempts) => spansOf(attempts.slice(0, 1))),
          gaps,
        )) {
          expect(metered).toBeGreaterThanOrEqual(spent - 1e-6);
        }
      }),
      { numRuns: 1000 },
    );
  });

  test('charges a slice that was lost and runs again as one that ran all the time', () => {
    const lost = [
      spansOf([
        { wait: 0, run: 100 },
        { wait: 50, run: 400 },
      ]),
    ];
    const [, second] = metering(lost, [50, 150]);
    expect(second).toMatchObject({ metered: 200, spent: 150 });
  });

  test('is exact while everything runs', () => {
    const slices = [spansOf([{ wait: 0, run: 400 }]), spansOf([{ wait: 0, run: 400 }])];
    let [before, metered] = [summaryAt(slices, 0), 0];
    for (const seconds of [100, 200, 300]) {
      const after = summaryAt(slices, seconds);
      const terms = { slices: 2, attempts: 1, timeoutSeconds, usdPerSliceHour: 3600 };
      metered += meter(before, after, terms).usd;
      before = after;
    }
    expect(metered).toBeCloseTo(600, 6);
  });
});

describe('the budget', () => {
  const cold = fc.record({
    slices: fc.array(
      fc.record({ wait: fc.integer({ min: 0, max: 4000 }), run: fc.integer({ min: 1, max: 9000 }) }),
      {
        ...{ minLength: 1, maxLength: 12 },
      },
    ),
    budget: fc.integer({ min: 1, max: 30_000 }),
    /** By how much each watch is late. */
    late: fc.array(fc.integer({ min: 0, max: 600 }), { minLength: 60, maxLength: 60 }),
    /** How old the summary is that a watch sees. */
    lag: fc.integer({ min: 0, max: 60 }),
    /** From the stop to the last program's end. */
    stopping: fc.integer({ min: 0, max: 15 * 60 - 60 }),
  });

  test('is passed by no more than the plan says, even when all starts right after a look', () => {
    fc.assert(
      fc.property(cold, ({ slices, budget, late, lag, stopping }) => {
        const all = slices.map((one) => spansOf([one]));
        const terms = { slices: all.length, attempts: 1, timeoutSeconds: 9000, usdPerSliceHour: 3600 };
        let before = atSubmission(all.length, at(0));
        let [now, meteredUsd] = [0, 0];
        for (const more of late) {
          now += 600 + more;
          const after = summaryAt(all, now - lag);
          const { usd, burnUsdPerHour } = meter(before, after, terms);
          meteredUsd += usd;
          before = after;
          if (!mayContinue({ meteredUsd, burnUsdPerHour, budgetUsd: budget, watchSeconds: 600 }).go) break;
        }
        const end = now + stopping;
        const spent = all
          .flat()
          .reduce((sum, { from, to }) => sum + Math.max(0, Math.min(to, end) - Math.min(from, end)), 0);
        expect(spent).toBeLessThanOrEqual(budget + overshootUsd(all.length * 3600, 600));
      }),
      { numRuns: 2000 },
    );
  });
});

describe('the stop rule', () => {
  const spending = { meteredUsd: 13, burnUsdPerHour: 12, budgetUsd: 20, watchSeconds: 600 };

  test('stops when what stopping costs would reach the budget', () => {
    expect(mayContinue(spending)).toMatchObject({ go: false }); // 13 + 12 x 35 min = 20
  });

  test('goes on while it still fits', () => {
    expect(mayContinue({ ...spending, meteredUsd: 12.99 })).toEqual({ go: true });
  });

  test('looks further ahead when watches are rarer', () => {
    expect(mayContinue({ ...spending, meteredUsd: 9, watchSeconds: 1500 }).go).toBe(false); // 9 + 12 x 65 min = 22
  });

  test('never stops what has no budget', () => {
    expect(mayContinue({ ...spending, budgetUsd: null, meteredUsd: 1e9 })).toEqual({ go: true });
  });

  test('lets free work run on a budget of nothing', () => {
    expect(mayContinue({ ...spending, budgetUsd: 0, meteredUsd: 0, burnUsdPerHour: 0 })).toEqual({
      go: true,
    });
    expect(mayContinue({ ...spending, budgetUsd: 0, meteredUsd: 0, burnUsdPerHour: 1 }).go).toBe(false);
  });

  test('says what is spent and what stopping costs', () => {
    const stopped = mayContinue(spending);
    expect(stopped.go ? '' : stopped.why).toBe(
      'The budget of $20.00 is reached: at most $13.00 spent, and up to $7.00 more until everything has stopped.',
    );
  });
});
